package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/store"
)

// Effect ends in one room what an account that leaves has running there: its sessions, its
// refresh families. It writes rows and does nothing else; it may run again after a conflict.
type Effect func(tx *store.Tx, tenant id.Tenant, who account.ID) error

// Lifecycle does the use cases. It is safe for concurrent use.
type Lifecycle struct {
	// Traces remove what rooms keep of a person without a reference to the account; erasing runs
	// them. Set before use.
	Traces []Effect
	// Letters tell the person. Set before use.
	Letters Letters

	guard   *guard.Guard
	effects []Effect
}

// New returns the use cases with the effects of the program's rooms.
func New(g *guard.Guard, effects ...Effect) *Lifecycle { return &Lifecycle{guard: g, effects: effects} }

// Disable ends all that the account has running and lets it begin nothing new until Enable.
// Disabling twice is no error. Refusals: not_found, conflict (the last owner).
func (l *Lifecycle) Disable(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	return l.leave(ctx, c, tenant, who, account.TurnOff.On(tenant, who, nil), func(tx *store.Tx, _ account.Account) error {
		return account.SetDisabled(tx, tenant, who, tx.Now())
	})
}

// Delete removes the account with all that belongs to it. The log still says from where it was
// used: Erase takes that as well, also later. Refusals: not_found, conflict (the
// last owner).
func (l *Lifecycle) Delete(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	return l.leave(ctx, c, tenant, who, account.Remove.On(tenant, who, nil), func(tx *store.Tx, _ account.Account) error {
		return account.Erase(tx, tenant, who)
	})
}

// leave runs the effects while the account is there, then what happens to itself.
func (l *Lifecycle) leave(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, d guard.Deed, end func(*store.Tx, account.Account) error) error {
	if err := who.Check(); err != nil {
		return err
	}
	return l.guard.Do(ctx, c, d, func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), tenant, who)
		if err != nil {
			return missing(err)
		}
		return membership.KeepOwner(tx, tenant, func() error {
			for i, effect := range l.effects {
				if err := effect(tx, tenant, who); err != nil {
					return fmt.Errorf("effect %d on %s: %w", i+1, who, err)
				}
			}
			if err := end(tx, a); err != nil {
				return missing(err)
			}
			return tx.Touch(membership.Topic)
		})
	})
}

// Enable lets a disabled account sign in again; what ended with Disable stays ended. Refusal:
// not_found.
func (l *Lifecycle) Enable(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	if err := who.Check(); err != nil {
		return err
	}
	return l.guard.Do(ctx, c, account.TurnOn.On(tenant, who, nil), func(tx *store.Tx) error {
		if err := account.SetDisabled(tx, tenant, who, time.Time{}); err != nil {
			return missing(err)
		}
		return tx.Touch(membership.Topic)
	})
}

func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return account.ErrNone
	}
	return err
}
