package tenant

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var (
	errNone     = guard.NotFound("There is no such tenant. `cardea tenant list` shows those that there are.")
	errDefault  = guard.Conflict("The default tenant holds the installation together: it cannot be disabled or deleted.")
	errMoved    = guard.Conflict("Somebody changed this tenant meanwhile. Look at it again and repeat your change.")
	errNameUsed = &guard.Problem{Code: "conflict", Field: "name", Public: "Another tenant has this name. Choose another."}
)

// check refuses what cannot be a tenant's identifier before anything is asked of it.
func check(target id.Tenant) error {
	if target != id.Default && id.Check("ten", string(target)) != nil {
		return errNone
	}
	return nil
}

// governs refuses who does not govern tenants: policy has found an owner or the operator, and
// an owner of any tenant but the default one reaches no further than his own.
func governs(c caller.Caller, tenant, target id.Tenant, action string, own bool) error {
	if tenant == id.Default || c.Kind == caller.Operator || own && tenant == target {
		return nil
	}
	return &guard.Denied{Action: action}
}

// Create makes a tenant with the Name, DisplayName and MFAEnforced of in. Only an owner of the
// default tenant and the operator may. Refusals: invalid, conflict (the name is taken).
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in Tenant) (Tenant, error) {
	if err := CheckName(in.Name); err != nil {
		return in, err
	}
	if err := in.normalize(); err != nil {
		return in, err
	}
	in.CreatedAt, in.DisabledAt, in.Version = g.Store().Now(), time.Time{}, 1
	in.ID = id.Tenant(id.New("ten", in.CreatedAt))
	err := g.Do(ctx, c, Add.On(tenant, in.ID, &Detail{in.Name, in.MFAEnforced}), func(tx *store.Tx) error {
		if err := governs(c, tenant, in.ID, Add.Name(), false); err != nil {
			return err
		}
		err := insert(tx, in)
		if store.IsDuplicate(err) {
			return errNameUsed
		}
		return settle(tx, err)
	})
	return in, err
}

// Update sets DisplayName and MFAEnforced of the tenant in.ID, if it still has in.Version.
// Refusals: invalid, not_found, conflict (somebody changed it meanwhile).
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in Tenant) (Tenant, error) {
	if err := check(in.ID); err != nil {
		return in, err
	}
	if err := in.normalize(); err != nil {
		return in, err
	}
	var out Tenant
	err := g.Do(ctx, c, Change.On(tenant, in.ID, &Detail{MFAEnforced: in.MFAEnforced}), func(tx *store.Tx) error {
		if err := governs(c, tenant, in.ID, Change.Name(), true); err != nil {
			return err
		}
		was, err := Get(tx.Read(), in.ID)
		if err != nil {
			return settle(tx, err)
		}
		if in.DisplayName == "" {
			in.DisplayName = was.Name
		}
		if err = update(tx, in); errors.Is(err, store.ErrNotFound) {
			return errMoved
		}
		out = was
		out.DisplayName, out.MFAEnforced, out.Version = in.DisplayName, in.MFAEnforced, was.Version+1
		return settle(tx, err)
	})
	return out, err
}

// Disable ends all service of a tenant until Enable. Refusals: not_found, conflict (the default
// tenant).
func Disable(ctx context.Context, g *guard.Guard, c caller.Caller, tenant, target id.Tenant) error {
	if err := check(target); err != nil {
		return err
	}
	return g.Do(ctx, c, TurnOff.On(tenant, target, nil), func(tx *store.Tx) error {
		if err := governs(c, tenant, target, TurnOff.Name(), false); err != nil {
			return err
		}
		if target == id.Default {
			return errDefault
		}
		return settle(tx, setDisabled(tx, target, tx.Now()))
	})
}

// Enable ends what Disable began. Refusal: not_found.
func Enable(ctx context.Context, g *guard.Guard, c caller.Caller, tenant, target id.Tenant) error {
	if err := check(target); err != nil {
		return err
	}
	return g.Do(ctx, c, TurnOn.On(tenant, target, nil), func(tx *store.Tx) error {
		if err := governs(c, tenant, target, TurnOn.Name(), false); err != nil {
			return err
		}
		return settle(tx, setDisabled(tx, target, time.Time{}))
	})
}

// Delete removes a tenant and its rows in every table; the log stays. Refusals: not_found,
// conflict (the default tenant).
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant, target id.Tenant) error {
	if err := check(target); err != nil {
		return err
	}
	detail := &DeleteDetail{}
	return g.Do(ctx, c, Remove.On(tenant, target, detail), func(tx *store.Tx) error {
		if err := governs(c, tenant, target, Remove.Name(), false); err != nil {
			return err
		}
		if target == id.Default {
			return errDefault
		}
		t, err := Get(tx.Read(), target)
		if err != nil {
			return settle(tx, err)
		}
		detail.Name = t.Name
		if detail.Rows, err = erase(tx, g.Store().Dialect(), target); err != nil {
			return err
		}
		return settle(tx, remove(tx, target))
	})
}

// Look returns a tenant to whoever may inspect: in the default tenant all, elsewhere their own.
// Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant, target id.Tenant) (out Tenant, err error) {
	if err := check(target); err != nil {
		return out, err
	}
	err = g.See(ctx, c, Show.On(tenant, target, nil), func(r *store.Reader) error {
		if governs(c, tenant, target, Show.Name(), true) != nil {
			return errNone
		}
		out, err = Get(r, target)
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
	return out, err
}

// Page lists up to limit tenants behind an id for whoever may inspect the default tenant.
// Refusals: invalid (limit, after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant, after id.Tenant, limit int) (out []Tenant, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 tenants at a time.")
	}
	if after != "" && check(after) != nil {
		return nil, guard.Invalid("after", "Give the id of the last tenant of the page before.")
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		if err := governs(c, tenant, "", ListAll.Name(), false); err != nil {
			return err
		}
		out, err = List(r, after, limit)
		return err
	})
	return out, err
}

// settle turns a missing row into a refusal and tells the caches of a change.
func settle(tx *store.Tx, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errNone
	}
	if err != nil {
		return err
	}
	return tx.Touch(Topic)
}
