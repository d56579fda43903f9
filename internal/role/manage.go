package role

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var (
	// ErrNone is the refusal that meets a wish about a role that does not exist.
	ErrNone = guard.NotFound("There is no such role. `cardea role list` shows those that there are.")

	errMoved = guard.Conflict("Somebody changed this role meanwhile. Look at it again and repeat your change.")
	errTaken = &guard.Problem{Code: "conflict", Field: "name", Public: "Another role has this name. Choose another."}
)

// Create makes a role. Refusals: invalid, conflict (the name is taken).
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, r Role) (Role, error) {
	if err := r.normalize(); err != nil {
		return r, err
	}
	r.CreatedAt, r.Version = g.Store().Now(), 1
	r.ID = ID(id.New("rol", r.CreatedAt))
	err := g.Do(ctx, c, Add.On(tenant, r.ID, &Detail{r.Name, r.Permissions}), func(tx *store.Tx) error {
		return settle(tx, insert(tx, tenant, r))
	})
	return r, err
}

// Update gives the role r.ID the name, description and permissions of r, if it still has
// r.Version. Refusals: invalid, not_found, conflict (the name is taken, or somebody else changed
// the role meanwhile).
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, r Role) (Role, error) {
	if err := r.ID.Check(); err != nil {
		return r, err
	}
	if err := r.normalize(); err != nil {
		return r, err
	}
	var out Role
	err := g.Do(ctx, c, Change.On(tenant, r.ID, &Detail{r.Name, r.Permissions}), func(tx *store.Tx) error {
		was, err := Get(tx.Read(), tenant, r.ID)
		if err != nil {
			return settle(tx, err)
		}
		if err = update(tx, tenant, r); errors.Is(err, store.ErrNotFound) {
			return errMoved
		}
		out = r
		out.CreatedAt, out.Version = was.CreatedAt, was.Version+1
		return settle(tx, err)
	})
	return out, err
}

// Delete removes a role and all its bindings. Refusal: not_found.
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, role ID) error {
	if err := role.Check(); err != nil {
		return err
	}
	return g.Do(ctx, c, Remove.On(tenant, role, nil), func(tx *store.Tx) error {
		return settle(tx, remove(tx, tenant, role))
	})
}

// Look returns a role to whoever may inspect. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, role ID) (out Role, err error) {
	if err := role.Check(); err != nil {
		return out, err
	}
	err = g.See(ctx, c, Show.On(tenant, role, nil), func(r *store.Reader) error {
		out, err = Get(r, tenant, role)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNone
		}
		return err
	})
	return out, err
}

// Page lists up to limit roles behind an id for whoever may inspect. Refusal: invalid (limit,
// after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, f Filter, after ID, limit int) (out []Role, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 roles at a time.")
	}
	if after != "" && after.Check() != nil {
		return nil, guard.Invalid("after", "Give the id of the last role of the page before.")
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant, f, after, limit)
		return err
	})
	return out, err
}

// settle turns what the database says into refusals and tells the caches of a change.
func settle(tx *store.Tx, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrNone
	case store.IsDuplicate(err):
		return errTaken
	case err != nil:
		return err
	}
	return tx.Touch(Topic)
}
