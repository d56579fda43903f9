package password

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// RenewPath is the page that takes another password in the middle of a sign-in.
func (room *Room) RenewPath() string { return "/signin/password-change" }

// MustRenew tells whether an administrator gave the account its password for the time being.
func (room *Room) MustRenew(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	var one int
	err := r.One([]any{&one}, "SELECT 1 FROM password_temporary WHERE tenant = $1 AND account = $2", tenant, who)
	return err == nil, zeroIfNone(err)
}

func setTemporary(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("INSERT INTO password_temporary (tenant, account, set_at) VALUES ($1, $2, $3)", tenant, who, tx.Now())
	return err
}

func dropTemporary(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM password_temporary WHERE tenant = $1 AND account = $2", tenant, who)
	return err
}

// ForgetDevices makes all browsers strangers in which the account was signed in to.
func (room *Room) ForgetDevices(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	return dropDevices(tx, tenant, who, nil)
}

// Another is Prepare of a password that takes the place of the account's present one. Refusal:
// *Refused with Same; the errors of Prepare.
func (room *Room) Another(ctx context.Context, tenant id.Tenant, who account.ID, raw string) (Prepared, error) {
	p, err := plaintext.Parse(raw)
	if err != nil {
		return Prepared{}, err
	}
	var about account.Account
	s := subject{account: who}
	if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		if about, err = account.Get(r, tenant, who); err != nil {
			return none(err)
		}
		s.cred, err = credential.Get(r, room.root, tenant, who, kind, credential.Only)
		return zeroIfNone(err)
	}); err != nil {
		return Prepared{}, err
	}
	if s.stored = string(s.cred.Data); s.stored != "" {
		same, _, err := room.judge(ctx, p, s)
		if err != nil {
			return Prepared{}, err
		}
		if same {
			return Prepared{}, &Refused{Reason: Same}
		}
	}
	return room.prepare(ctx, tenant, p, about)
}

// Renew stores the password in the place of the one that was proved in an interaction of the account,
// and tells the person. The proof is of the new password then. Refusal: *Refused with Gone.
func (p Prepared) Renew(tx *store.Tx, tenant id.Tenant, who account.ID, at Place) error {
	i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) || err == nil && i.Account != who {
		return &Refused{Reason: Gone}
	}
	if err != nil {
		return err
	}
	if err := p.Store(tx, tenant, who, nil); err != nil {
		return err
	}
	if err := p.room.changed(tx, tenant, who); err != nil {
		return err
	}
	return interaction.SetFacts(tx, tenant, i.ID, who, factor.Add(i.Facts, factor.Proved(factor.Password, tx.Now())))
}

// First stores the first password of an account that was made in this transaction, and adds to an
// interaction in which nothing is proved of anybody else that it was proved: its owner has just
// chosen it. Refusal: *Refused with Gone.
func (p Prepared) First(tx *store.Tx, tenant id.Tenant, who account.ID, at Place) error {
	if had, err := Has(tx.Read(), tenant, who); err != nil || had {
		return errors.Join(err, fmt.Errorf("password: %s had one before", who))
	}
	if err := p.Store(tx, tenant, who, nil); err != nil {
		return err
	}
	i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{Reason: Gone}
	}
	if err != nil {
		return err
	}
	facts := i.Facts
	if i.Account != who {
		facts = nil
	}
	return interaction.SetFacts(tx, tenant, i.ID, who, factor.Add(facts, factor.Proved(factor.Password, tx.Now())))
}
