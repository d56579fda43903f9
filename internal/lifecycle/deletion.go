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
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
)

// Deletion is how people delete their own accounts.
type Deletion struct {
	Allowed   bool `json:"allowed"`    // whether people may delete their own accounts
	GraceDays int  `json:"grace_days"` // how long a person may call the deletion off
}

// maxGrace bounds the grace period, in days: GDPR Art. 12(3) gives a month.
const maxGrace = 30

// Deletions is the setting.
var Deletions = setting.Declare("deletion", "How people delete their own accounts, and how many days they may call that off.",
	Deletion{Allowed: true, GraceDays: 14}, func(d Deletion) error {
		if d.GraceDays < 0 || d.GraceDays > maxGrace {
			return guard.Invalid("grace_days", "Give 0 to 30 days.")
		}
		return nil
	})

// Letters tell a person what happens to the account; a nil one tells nothing. They write rows of
// the outbox.
type Letters struct {
	DeletionAsked     func(tx *store.Tx, tenant id.Tenant, who account.ID, due time.Time) error
	DeletionCancelled func(tx *store.Tx, tenant id.Tenant, who account.ID) error
	Erased            func(tx *store.Tx, tenant id.Tenant, was account.Account) error // runs before the rows go
}

var (
	errNotLeaving = guard.Conflict("No deletion of this account was asked for.")
	errNotAllowed = guard.Conflict("People do not delete their own accounts here. Ask an administrator.")
	errLater      = guard.Conflict("The deletion of this account is not due.")
)

// AskDeletion ends all that the account has running, now, and has it erased when the grace period
// is over. Until then whoever signs in may call it off and do nothing else. Asking again changes
// nothing. Refusals: not_found, conflict (the last owner, or the tenant does not allow it).
func (l *Lifecycle) AskDeletion(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) (due time.Time, err error) {
	detail := &account.DeletionDetail{}
	err = l.leave(ctx, c, tenant, who, account.AskDeletion.On(tenant, who, detail), func(tx *store.Tx, a account.Account) error {
		if a.Leaving() {
			due, detail.Due = a.DeletionDueAt, a.DeletionDueAt
			return nil
		}
		rules, err := Deletions.Get(tx.Read(), tenant)
		if err != nil {
			return err
		}
		if !rules.Allowed {
			return errNotAllowed
		}
		due = tx.Now().AddDate(0, 0, rules.GraceDays)
		detail.Due = due
		if err := account.SetDeletion(tx, tenant, who, due); err != nil {
			return err
		}
		if err := account.BumpEpoch(tx, tenant, who); err != nil {
			return err
		}
		if l.Letters.DeletionAsked == nil {
			return nil
		}
		return l.Letters.DeletionAsked(tx, tenant, who, due)
	})
	return due, err
}

// CancelDeletion keeps the account after all. What ended stays ended. Refusals: not_found,
// conflict (no deletion was asked for).
func (l *Lifecycle) CancelDeletion(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	if err := who.Check(); err != nil {
		return err
	}
	return l.guard.Do(ctx, c, account.CancelDeletion.On(tenant, who, nil), func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), tenant, who)
		if err != nil {
			return missing(err)
		}
		if !a.Leaving() {
			return errNotLeaving
		}
		if err := account.SetDeletion(tx, tenant, who, time.Time{}); err != nil {
			return err
		}
		if l.Letters.DeletionCancelled != nil {
			if err := l.Letters.DeletionCancelled(tx, tenant, who); err != nil {
				return err
			}
		}
		return tx.Touch(membership.Topic)
	})
}

// Erase removes the account with all that belongs to it, and all that is personal of it in the
// log, whose events stay. Of an account that was deleted before it erases what the log has.
// Refusals: not_found, conflict (the last owner).
func (l *Lifecycle) Erase(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	if err := who.Check(); err != nil {
		return err
	}
	return l.guard.Do(ctx, c, account.Forget.On(tenant, who, nil), func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), tenant, who)
		if errors.Is(err, store.ErrNotFound) {
			known, err := l.guard.Log().Knows(tx.Read(), tenant, string(who))
			if err != nil {
				return err
			}
			if !known {
				return account.ErrNone
			}
			return l.guard.Log().Erase(tx, tenant, string(who))
		}
		if err != nil {
			return err
		}
		return l.erase(tx, tenant, a)
	})
}

// erase removes a person: what is running ends, what other rooms keep goes, then the account with
// what refers to it, and the key of what the log has.
func (l *Lifecycle) erase(tx *store.Tx, tenant id.Tenant, a account.Account) error {
	return membership.KeepOwner(tx, tenant, func() error {
		for i, effect := range append(l.effects[:len(l.effects):len(l.effects)], l.Traces...) {
			if err := effect(tx, tenant, a.ID); err != nil {
				return fmt.Errorf("effect %d on %s: %w", i+1, a.ID, err)
			}
		}
		if l.Letters.Erased != nil {
			if err := l.Letters.Erased(tx, tenant, a); err != nil {
				return err
			}
		}
		if err := account.Erase(tx, tenant, a.ID); err != nil {
			return missing(err)
		}
		if err := l.guard.Log().Erase(tx, tenant, string(a.ID)); err != nil {
			return err
		}
		return tx.Touch(membership.Topic)
	})
}

// dueBatch bounds how many accounts are looked up at once.
const dueBatch = 50

// EraseDue erases the accounts whose grace period is over and returns how many it erased. One that
// refuses does not keep the others.
func (l *Lifecycle) EraseDue(ctx context.Context) (erased int, err error) {
	var faults []error
	for skip := 0; ; {
		var due []account.Due
		if err := l.guard.Store().Read(ctx, id.AllTenants, func(r *store.Reader) (err error) {
			due, err = account.DueDeletions(r, skip, dueBatch)
			return err
		}); err != nil {
			return erased, errors.Join(append(faults, err)...)
		}
		for _, d := range due {
			if err := l.eraseDue(ctx, d); err != nil {
				faults = append(faults, fmt.Errorf("erase %s: %w", d.Account, err))
				skip++
				continue
			}
			erased++
		}
		if len(due) < dueBatch || ctx.Err() != nil {
			return erased, errors.Join(faults...)
		}
	}
}

func (l *Lifecycle) eraseDue(ctx context.Context, d account.Due) error {
	return l.guard.Do(ctx, caller.Job("erase"), account.ForgetDue.On(d.Tenant, d.Account, nil), func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), d.Tenant, d.Account)
		if err != nil {
			return missing(err)
		}
		if !a.Leaving() || a.DeletionDueAt.After(tx.Now()) {
			return errLater // it was called off meanwhile
		}
		return l.erase(tx, d.Tenant, a)
	})
}
