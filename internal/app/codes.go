package app

import (
	"strconv"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// codes makes the factors whose proof is a code, and says whom they tell of what.
func (a *App) codes() (err error) {
	if a.Throttle, err = throttle.New(a.Guard, a.Root, throttle.Default(), a.failures); err != nil {
		return err
	}
	a.TOTP, err = totp.New(a.Guard, a.Root, a.Throttle, totp.Hooks{
		Added: a.tell(notify.FactorAdded, factor.TOTP), Removed: a.tell(notify.FactorRemoved, factor.TOTP),
	})
	if err != nil {
		return err
	}
	a.Recovery, err = recovery.New(a.Guard, a.Root, a.Throttle, recovery.Hooks{
		Made: a.tell(notify.FactorAdded, factor.RecoveryCode),
		Spent: func(tx *store.Tx, tenant id.Tenant, who account.ID, left int) error {
			return a.Notify.Warn(tx, tenant, who, notify.RecoveryCodesLow, notify.Values{"left": strconv.Itoa(left)})
		},
		Beside: a.hasSecond,
	})
	if err != nil {
		return err
	}
	return a.channels()
}

// tell warns a person of a change of a factor of theirs.
func (a *App) tell(what notify.Kind, kind factor.Kind) func(*store.Tx, id.Tenant, account.ID) error {
	return func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
		return a.Notify.Warn(tx, tenant, who, what, notify.Values{"factor": string(kind)})
	}
}

// hasSecond tells whether an account has a factor of something owned that recovery codes and
// approvals can stand in for.
func (a *App) hasSecond(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	for _, f := range a.factors() {
		if f.Kind() == factor.RecoveryCode || f.Kind() == factor.Approval || !factor.TraitOf(f.Kind()).Has {
			continue
		}
		if enrolled, err := f.Enrolled(r, tenant, who); err != nil || enrolled {
			return enrolled, err
		}
	}
	return false, nil
}
