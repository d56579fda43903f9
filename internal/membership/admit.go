package membership

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
)

// Places are the groups and roles that somebody is to have who has no account yet.
type Places struct {
	Groups []GroupID `json:"groups,omitempty"`
	Roles  []Role    `json:"roles,omitempty"`
}

// Promises tells whether a caller may give somebody these places, as Join and Bind would, now.
// Refusals: invalid, not_found; *guard.Denied.
func (p Places) Promises(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant) error {
	for _, x := range p.Roles {
		if err := x.Check(); err != nil {
			return err
		}
		action := BindRole
		if x.Builtin() {
			action = Empower
		}
		if allowed, err := g.May(ctx, c, action.On(tenant, x, nil)); err != nil {
			return err
		} else if !allowed {
			return &guard.Denied{Action: action.Name()}
		}
	}
	for _, group := range p.Groups {
		if err := group.Check(); err != nil {
			return err
		}
		action := JoinGroup
		if err := g.Store().Read(ctx, tenant, func(r *store.Reader) error {
			governs, err := governing(r, tenant, group)
			if governs {
				action = Enlist
			}
			return err
		}); err != nil {
			return err
		}
		if allowed, err := g.May(ctx, c, action.On(tenant, group, nil)); err != nil {
			return err
		} else if !allowed {
			return &guard.Denied{Action: action.Name()}
		}
	}
	return g.Store().Read(ctx, tenant, func(r *store.Reader) error { return p.exist(r, tenant) })
}

func (p Places) exist(r *store.Reader, tenant id.Tenant) error {
	for _, x := range p.Roles {
		if x.Builtin() {
			continue
		}
		if _, err := role.Get(r, tenant, role.ID(x)); errors.Is(err, store.ErrNotFound) {
			return role.ErrNone
		} else if err != nil {
			return err
		}
	}
	for _, group := range p.Groups {
		if _, err := Get(r, tenant, group); errors.Is(err, store.ErrNotFound) {
			return ErrNoGroup
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Admit gives an account that was made in this transaction its places. What does not exist any more
// is left out. Whoever calls it has asked Promises just before.
func (p Places) Admit(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	for _, x := range p.Roles {
		left := Places{Roles: []Role{x}}
		if err := left.exist(tx.Read(), tenant); errors.Is(err, role.ErrNone) {
			continue
		} else if err != nil {
			return err
		}
		if err := bind(tx, tenant, x, Subject{Account: who}); err != nil {
			return err
		}
	}
	for _, group := range p.Groups {
		left := Places{Groups: []GroupID{group}}
		if err := left.exist(tx.Read(), tenant); errors.Is(err, ErrNoGroup) {
			continue
		} else if err != nil {
			return err
		}
		if err := join(tx, tenant, group, who); err != nil {
			return err
		}
	}
	return tx.Touch(Topic)
}
