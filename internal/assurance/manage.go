package assurance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var (
	errNone    = guard.NotFound("There is no such policy. `cardea assurance list` shows those that there are.")
	errMoved   = guard.Conflict("Somebody changed this policy meanwhile. Look at it again and repeat your change.")
	errTaken   = &guard.Problem{Code: "conflict", Field: "name", Public: "Another policy has this name. Choose another."}
	errBuiltin = guard.Conflict("This policy is built in: it can be switched off, and one of your own take its place.")
	errFloor   = guard.Conflict("This policy is the floor: without it nobody could sign in.")
	errMany    = guard.Conflict("There are 100 policies already. Put several statements into one, or remove what is no longer needed.")
	errLimit   = guard.Invalid("limit", "Ask for 1 to 200 at a time.")
	errAfter   = guard.Invalid("after", "Give the last of the page before.")
	errNobody  = guard.NotFound("There is no such sign-in. They are kept for 30 days; `cardea signin list` shows them.")
)

// Wish is what an administrator says of a policy.
type Wish struct {
	Name   string
	Source string // Cedar
}

func (w Wish) check() error {
	if !nameForm.MatchString(w.Name) {
		return guard.Invalid("name", "A policy's name has 1 to 64 characters: small letters a to z, digits, and . _ - between them.")
	}
	return nil
}

func (w Wish) detail() *PolicyDetail {
	sum := sha256.Sum256([]byte(w.Source))
	return &PolicyDetail{Name: w.Name, SHA256: hex.EncodeToString(sum[:])}
}

// Page lists up to limit policies behind an id, the built-in ones first, for whoever may inspect.
// Refusal: invalid (limit, after).
func (room *Room) Page(ctx context.Context, c caller.Caller, tenant id.Tenant, after PolicyID, limit int) (out []Policy, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	err = room.guard.See(ctx, c, ListPolicies.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = room.all(r, tenant)
		return err
	})
	if err != nil {
		return nil, err
	}
	if after != "" {
		at := slices.IndexFunc(out, func(p Policy) bool { return p.ID == after })
		if at < 0 {
			return nil, errAfter
		}
		out = out[at+1:]
	}
	return out[:min(limit, len(out))], nil
}

// Look returns a policy. Refusal: not_found.
func (room *Room) Look(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID) (out Policy, err error) {
	err = room.guard.See(ctx, c, ShowPolicy.On(tenant, p, nil), func(r *store.Reader) error {
		out, err = room.get(r, tenant, p)
		return err
	})
	return out, err
}

func (room *Room) get(r *store.Reader, tenant id.Tenant, p PolicyID) (Policy, error) {
	list, err := room.all(r, tenant)
	if err != nil {
		return Policy{}, err
	}
	i := slices.IndexFunc(list, func(x Policy) bool { return x.ID == p })
	if i < 0 {
		return Policy{}, errNone
	}
	return list[i], nil
}

// Create adds a policy of the tenant's own, switched on unless off. Refusals: invalid (name,
// source: with line and column), conflict (the name is taken, too many).
func (room *Room) Create(ctx context.Context, c caller.Caller, tenant id.Tenant, w Wish, off bool) (out Policy, err error) {
	p := PolicyID(id.New("apo", room.guard.Store().Now()))
	if err := w.check(); err != nil {
		return out, err
	}
	statements, err := room.parse(p, w.Source)
	if err != nil {
		return out, err
	}
	err = room.guard.Do(ctx, c, AddPolicy.On(tenant, p, w.detail()), func(tx *store.Tx) error {
		if err := known(tx.Read(), tenant, statements); err != nil {
			return err
		}
		own, err := policies(tx.Read(), tenant)
		if err != nil {
			return err
		}
		if len(own) >= maxPolicies {
			return errMany
		}
		return room.changed(tx, tenant, p, &out, insertPolicy(tx, tenant, Policy{ID: p, Name: w.Name, Source: w.Source, Enabled: !off}))
	})
	return out, err
}

// Update gives a policy of the tenant's own another name and text, if it still has the version.
// Refusals: not_found, invalid, conflict (built in, the name is taken, changed meanwhile).
func (room *Room) Update(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID, w Wish, version int64) (out Policy, err error) {
	if err := w.check(); err != nil {
		return out, err
	}
	statements, err := room.parse(p, w.Source)
	if err != nil {
		return out, err
	}
	err = room.guard.Do(ctx, c, ChangePolicy.On(tenant, p, w.detail()), func(tx *store.Tx) error {
		if err := room.own(tx, tenant, p); err != nil {
			return err
		}
		if err := known(tx.Read(), tenant, statements); err != nil {
			return err
		}
		err := updatePolicy(tx, tenant, Policy{ID: p, Name: w.Name, Source: w.Source, Version: version})
		if errors.Is(err, store.ErrNotFound) {
			return errMoved
		}
		return room.changed(tx, tenant, p, &out, err)
	})
	return out, err
}

// own refuses policies that are built in or do not exist.
func (room *Room) own(tx *store.Tx, tenant id.Tenant, p PolicyID) error {
	if room.find(p) >= 0 {
		return errBuiltin
	}
	_, err := getPolicy(tx.Read(), tenant, p)
	if errors.Is(err, store.ErrNotFound) {
		return errNone
	}
	return err
}

// changed settles a change: every node compiles anew, and out is what it came to.
func (room *Room) changed(tx *store.Tx, tenant id.Tenant, p PolicyID, out *Policy, err error) error {
	switch {
	case store.IsDuplicate(err):
		return errTaken
	case errors.Is(err, store.ErrNotFound):
		return errNone
	case err != nil:
		return err
	}
	if err := bumpVersion(tx, tenant); err != nil || out == nil {
		return err
	}
	*out, err = room.get(tx.Read(), tenant, p)
	return err
}

// Enable switches a policy on. One that is on is no error. Refusals: not_found, and invalid for
// one that no longer compiles.
func (room *Room) Enable(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID) error {
	return room.toggle(ctx, c, tenant, p, EnablePolicy, true)
}

// Disable switches a policy off; of the built-in ones all but the floor. One that is off is no
// error. Refusals: not_found, conflict (the floor).
func (room *Room) Disable(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID) error {
	return room.toggle(ctx, c, tenant, p, StopPolicy, false)
}

func (room *Room) toggle(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID, action guard.Action[PolicyID, PolicyDetail], on bool) error {
	detail := &PolicyDetail{}
	return room.guard.Do(ctx, c, action.On(tenant, p, detail), func(tx *store.Tx) error {
		if room.find(p) >= 0 {
			if p == floor && !on {
				return errFloor
			}
			*detail = PolicyDetail{Name: string(p)}
			return room.changed(tx, tenant, p, nil, setBuiltin(tx, tenant, p, on))
		}
		was, err := getPolicy(tx.Read(), tenant, p)
		if err != nil {
			return room.changed(tx, tenant, p, nil, err)
		}
		*detail = *Wish{was.Name, was.Source}.detail()
		if on {
			if _, err := room.parse(p, was.Source); err != nil {
				return err
			}
		}
		return room.changed(tx, tenant, p, nil, setEnabled(tx, tenant, p, on))
	})
}

// Delete removes a policy of the tenant's own. Refusals: not_found, conflict (built in).
func (room *Room) Delete(ctx context.Context, c caller.Caller, tenant id.Tenant, p PolicyID) error {
	detail := &PolicyDetail{}
	return room.guard.Do(ctx, c, RemovePolicy.On(tenant, p, detail), func(tx *store.Tx) error {
		if err := room.own(tx, tenant, p); err != nil {
			return err
		}
		was, err := getPolicy(tx.Read(), tenant, p)
		if err != nil {
			return err
		}
		*detail = *Wish{was.Name, was.Source}.detail()
		return room.changed(tx, tenant, p, nil, removePolicy(tx, tenant, p))
	})
}
