package app

import (
	"context"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/address"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/store"
)

// joining makes the rooms by which people get accounts, and get back into them. It comes after the
// factors and the dispatcher.
func (a *App) joining() {
	a.Recover = recovery.New(recovery.Options{
		Guard: a.Guard, Root: a.Root, Mailbox: a.Mailbox, Letters: a.Notify, Choose: a.Passwords.Initial, Reach: a.signin.ReachNow,
		Forget: []recovery.Effect{
			func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
				return assurance.Forget(tx, tenant, who, nil)
			},
			a.Passwords.ForgetDevices, approval.Forget, outofband.Forget,
		},
	})
	a.Addresses = address.New(a.Guard, a.Mailbox, a.Notify.Warn)
}

// firstPassword is how a new account gets its password, as room registration wants it.
func (a *App) firstPassword(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (registration.Chosen, error) {
	prepared, err := a.Passwords.Prepare(ctx, tenant, raw, about)
	return func(tx *store.Tx, who account.ID, at registration.Place) error {
		return prepared.First(tx, tenant, who, password.Place{Interaction: at.Interaction, Browser: at.Browser})
	}, err
}

// passwordChanged tells a person that the password is another one now.
func (a *App) passwordChanged(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	return a.Notify.Warn(tx, tenant, who, notify.PasswordChanged, nil)
}

// registers tells whether a tenant lets people make accounts for themselves.
func (a *App) registers(ctx context.Context, tenant id.Tenant) (bool, error) {
	rules, err := a.Registration.Rules(ctx, tenant)
	return rules.Open, err
}
