package password

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Minimum is the least length of a new password of the tenant, in characters.
func (room *Room) Minimum(ctx context.Context, tenant id.Tenant) (int, error) {
	t, err := room.tenants.ByID(ctx, tenant)
	return room.policy.Minimum(t.MFAEnforced), err
}

// Prepare judges a new password and hashes it, outside of any transaction. about is the account
// as it is or will be. Errors: those of plaintext.Parse, *policy.Refusal, *argon.ErrBusy.
func (room *Room) Prepare(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (Prepared, error) {
	p, err := plaintext.Parse(raw)
	if err != nil {
		return Prepared{}, err
	}
	return room.prepare(ctx, tenant, p, about)
}

func (room *Room) prepare(ctx context.Context, tenant id.Tenant, p plaintext.Password, about account.Account) (Prepared, error) {
	t, err := room.tenants.ByID(ctx, tenant)
	if err != nil {
		return Prepared{}, fmt.Errorf("the tenant of a new password: %w", err)
	}
	email, _ := about.PrimaryEmail()
	c := about.Claims
	if err := room.policy.Check(p, policy.Setting{
		WithFactor: t.MFAEnforced, Tenant: t.DisplayName, Username: string(about.Username), Email: string(email.Address),
		Names: []string{t.Name, c.Name, c.GivenName, c.FamilyName, c.Nickname},
	}); err != nil {
		return Prepared{}, err
	}
	phc, err := room.hasher.Hash(ctx, p)
	return Prepared{room, phc}, err
}

// Prepared is a password that has been judged and hashed and can be stored.
type Prepared struct {
	room *Room
	phc  string
}

// Store makes it the account's password inside of a guarded operation. Failures and known devices
// are forgotten, the device with the digest but excepted, and with them what was proved in sign-ins
// and recoveries under way: whoever proved the password of before has to begin again.
func (p Prepared) Store(tx *store.Tx, tenant id.Tenant, who account.ID, but []byte) error {
	if p.room == nil {
		return errors.New("password: nothing was prepared")
	}
	c := credential.Credential{Account: who, Kind: kind, ID: credential.Only, Data: []byte(p.phc)}
	if err := credential.Replace(tx, tenant, c, credential.Seal(p.room.root, tenant, c)); err != nil {
		return err
	}
	if err := dropRecord(tx, tenant, p.room.row(throttle.Account(string(who)))); err != nil {
		return err
	}
	if err := dropTemporary(tx, tenant, who); err != nil {
		return err
	}
	if err := interaction.Disprove(tx, tenant, who); err != nil {
		return err
	}
	return dropDevices(tx, tenant, who, but)
}

// Initial is Prepare for an account that is about to be made: keep writes the password in the
// transaction that makes the account.
func (room *Room) Initial(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (keep func(*store.Tx, account.ID) error, err error) {
	prepared, err := room.Prepare(ctx, tenant, raw, about)
	return func(tx *store.Tx, who account.ID) error { return prepared.Store(tx, tenant, who, nil) }, err
}

// Set gives an account a new password on an administrator's word, and tells the person. With end all
// its sessions end, and with them every grant and API token of before.
// Refusals: not_found, invalid (the field is password); *argon.ErrBusy.
func (room *Room) Set(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, raw string, end bool) error {
	return room.set(ctx, c, tenant, who, raw, end, false)
}

// SetTemporary is Set, with all sessions ended, of a password that the person has to change at the
// next sign-in.
func (room *Room) SetTemporary(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, raw string) error {
	return room.set(ctx, c, tenant, who, raw, true, true)
}

func (room *Room) set(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, raw string, end, temporary bool) error {
	var about account.Account
	if err := who.Check(); err != nil {
		return err
	}
	// Whether the caller may is asked before the account is looked at, and again below.
	if err := room.guard.See(ctx, c, Set.On(tenant, who, nil), func(r *store.Reader) (err error) {
		about, err = account.Get(r, tenant, who)
		return none(err)
	}); err != nil {
		return err
	}
	prepared, err := room.Prepare(ctx, tenant, raw, about)
	if err != nil {
		return Unfit(err)
	}
	detail := &SetDetail{Temporary: temporary}
	return room.guard.Do(ctx, c, Set.On(tenant, who, detail), func(tx *store.Tx) error {
		if _, err := account.Get(tx.Read(), tenant, who); err != nil {
			return none(err)
		}
		if err := prepared.Store(tx, tenant, who, nil); err != nil {
			return err
		}
		if temporary {
			if err := setTemporary(tx, tenant, who); err != nil {
				return err
			}
		}
		if err := room.changed(tx, tenant, who); err != nil {
			return err
		}
		if err := endSessions(tx, tenant, who, "", end, detail); err != nil || !end {
			return err
		}
		// Whoever had the password may have connected applications that outlive sessions, or made
		// API tokens (security rows CG10, AU27).
		return account.BumpEpoch(tx, tenant, who)
	})
}

// Wish is what a person asks for their own password.
type Wish struct {
	Attempt     // the present password; Account is the caller's
	New         string
	KeepSession session.ID // the session that asks
	EndOthers   bool       // end all other sessions
}

// ChangeOwn gives the caller a new password if they know the present one. Refusals: *Refused with
// Wrong, Throttled or Same; the errors of Prepare.
func (room *Room) ChangeOwn(ctx context.Context, c caller.Caller, tenant id.Tenant, w Wish) error {
	w.Identifier, w.Account = "", account.ID(c.ID)
	next, err := plaintext.Parse(w.New)
	if err != nil {
		return err
	}
	var about account.Account
	if err := room.guard.See(ctx, c, Change.On(tenant, w.Account, nil), func(r *store.Reader) (err error) {
		about, err = account.Get(r, tenant, w.Account)
		return none(err)
	}); err != nil {
		return err
	}
	s, ok, _, err := room.check(ctx, c, tenant, w.Attempt)
	if err != nil {
		return err
	}
	var prepared Prepared
	if ok {
		if w.Password == next {
			return &Refused{Reason: Same}
		}
		if prepared, err = room.prepare(ctx, tenant, next, about); err != nil {
			return err
		}
	}
	detail := &SetDetail{}
	return room.guard.Do(ctx, c, Change.On(tenant, w.Account, detail), func(tx *store.Tx) error {
		if !ok {
			return room.failed(tx, tenant, s, &AttemptDetail{})
		}
		if err := room.succeeded(tx, tenant, s); err != nil {
			return err
		}
		if err := prepared.Store(tx, tenant, w.Account, s.device); err != nil {
			return err
		}
		if err := room.changed(tx, tenant, w.Account); err != nil {
			return err
		}
		if w.EndOthers {
			// What was connected with the old password and outlives sessions ends too, but for what
			// the session that asks has connected.
			if _, err := issued.RevokeElsewhere(tx, tenant, w.Account, string(w.KeepSession)); err != nil {
				return err
			}
		}
		return endSessions(tx, tenant, w.Account, w.KeepSession, w.EndOthers, detail)
	})
}

func endSessions(tx *store.Tx, tenant id.Tenant, who account.ID, but session.ID, end bool, detail *SetDetail) error {
	if !end {
		return nil
	}
	ended, err := session.EndAll(tx, tenant, who, but)
	detail.Ended = len(ended)
	return err
}

// Unfit turns what Prepare and Initial say of a password into an administrator's refusal; other
// errors stay what they are.
func Unfit(err error) error {
	var refusal *policy.Refusal
	switch {
	case errors.As(err, &refusal):
		return &guard.Problem{Code: "invalid", Field: "password", Public: sentence(refusal.Error()) + " Several unrelated words make a long password that is easy to keep.", Cause: err}
	case errors.Is(err, plaintext.ErrEmpty), errors.Is(err, plaintext.ErrTooLong), errors.Is(err, plaintext.ErrEncoding):
		return &guard.Problem{Code: "invalid", Field: "password", Public: sentence(err.Error()), Cause: err}
	}
	return err
}

// sentence makes a public sentence of an error text of this family.
func sentence(text string) string { return string(text[0]-'a'+'A') + text[1:] + "." }

func none(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return account.ErrNone
	}
	return err
}
