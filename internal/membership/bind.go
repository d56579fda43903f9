package membership

import (
	"context"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
)

var (
	errBound   = guard.Conflict("The role is held already.")
	errUnbound = guard.NotFound("The role is not held. `cardea role bindings` shows who holds which.")
)

// Bind gives a role to an account or a group; an owner's act if the role is a built-in one.
// Refusals: invalid, not_found (the role or the subject), conflict (it is held already).
func Bind(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, x Role, s Subject) error {
	if err := check(x, s); err != nil {
		return err
	}
	action := BindRole
	if x.Builtin() {
		action = Empower
	}
	return g.Do(ctx, c, action.On(tenant, x, &s), func(tx *store.Tx) error {
		if !x.Builtin() {
			if _, err := role.Get(tx.Read(), tenant, role.ID(x)); err != nil {
				return settle(tx, err, role.ErrNone, errBound)
			}
		}
		err := bind(tx, tenant, x, s)
		if store.IsMissingReference(err) {
			if s.Group != "" {
				return ErrNoGroup
			}
			return account.ErrNone
		}
		return settle(tx, err, errUnbound, errBound)
	})
}

// Unbind takes a role from an account or a group; an owner's act if the role is a built-in one.
// Refusals: invalid, not_found, conflict (the last owner).
func Unbind(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, x Role, s Subject) error {
	if err := check(x, s); err != nil {
		return err
	}
	action := UnbindRole
	if x.Builtin() {
		action = Demote
	}
	return g.Do(ctx, c, action.On(tenant, x, &s), func(tx *store.Tx) error {
		return KeepOwner(tx, tenant, func() error {
			return settle(tx, unbind(tx, tenant, x, s), errUnbound, errBound)
		})
	})
}

func check(x Role, s Subject) error {
	if err := x.Check(); err != nil {
		return err
	}
	return s.Check()
}

// PageBindings lists up to limit bindings behind another for whoever may inspect. Refusals:
// invalid (limit, after), not_found (the filter names what cannot exist).
func PageBindings(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, f BindingFilter, after Binding, limit int) (out []Binding, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	if after != (Binding{}) && check(after.Role, after.Subject) != nil {
		return nil, errAfter
	}
	for _, given := range []struct {
		present bool
		err     error
	}{{f.Role != "", f.Role.Check()}, {f.Account != "", f.Account.Check()}, {f.Group != "", f.Group.Check()}} {
		if given.present && given.err != nil {
			return nil, given.err
		}
	}
	err = g.See(ctx, c, ListBindings.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = bindings(r, tenant, f, after, limit)
		return err
	})
	return out, err
}
