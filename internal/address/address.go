// Package address is the e-mail addresses that people have in their own accounts: adding one by a
// code that goes there, making one the primary one, and removing one. Each change is told to all
// verified addresses, and to the one that goes.
//
// The last verified address stays, whatever factors the account has: it is where warnings go and the
// first way back in. Whoever wants another adds that first.
package address

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
)

// Purpose is that of the codes which the room asks for.
const Purpose mailbox.Purpose = "address"

// Warn tells every verified address of an account, and those in also; room notify.
type Warn func(tx *store.Tx, tenant id.Tenant, who account.ID, k notify.Kind, v notify.Values, also ...string) error

// Room keeps people's addresses. It is safe for concurrent use.
type Room struct {
	guard   *guard.Guard
	mailbox *mailbox.Room
	warn    Warn
}

// New returns the room and answers for its codes.
func New(g *guard.Guard, m *mailbox.Room, warn Warn) *Room {
	m.Serve(Purpose, resolve)
	return &Room{g, m, warn}
}

func key(who account.ID, browser []byte) mailbox.Key {
	return mailbox.Key{Purpose: Purpose, Bound: string(who), Browser: browser}
}

// Ask sends a code to an address that the caller wants to add. Whether somebody else has it is not
// told. Refusals: invalid; not_found.
func (room *Room) Ask(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, browser []byte, text, locale string) error {
	e, err := account.ParseEmail(text)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, account.AddOwnEmail.On(tenant, who, nil), func(tx *store.Tx) error {
		return room.mailbox.Begin(tx, tenant, mailbox.Ask{Key: key(who, browser), Address: string(e), Account: who, Locale: locale})
	})
}

// resolve sends the code to the address that was asked for, unless another account has verified it.
func resolve(tx *store.Tx, tenant id.Tenant, row mailbox.Row) (mailbox.Target, error) {
	to, err := account.ParseEmail(row.Address)
	if err != nil {
		return mailbox.Target{}, err
	}
	if had, err := account.Lookup(tx.Read(), tenant, row.Address); err == nil && had != row.Account {
		return mailbox.Target{}, nil // its owner has nothing to do: somebody mistyped, or tries
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return mailbox.Target{}, err
	}
	return mailbox.Target{Account: row.Account, To: to, Kind: notify.VerifyCode, Proof: mailbox.Code, Values: func(said mailbox.Said) (notify.Values, error) {
		return notify.Values{"code": said.Code, "minutes": mailbox.Minutes}, nil
	}}, nil
}

// Asked is the address that a code was asked for in this browser; "" for none.
func (room *Room) Asked(ctx context.Context, tenant id.Tenant, who account.ID, browser []byte) (e account.EmailAddress, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		row, err := room.mailbox.Asked(r, tenant, key(who, browser))
		if errors.Is(err, mailbox.ErrGone) {
			return nil
		}
		e = account.EmailAddress(row.Address)
		return err
	})
	return e, err
}

// Confirm takes the code and adds the address. Refusals: those of mailbox.Prove, of
// account.AddVerified.
func (room *Room) Confirm(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, browser []byte, code string) error {
	return room.mailbox.Prove(ctx, c, tenant, account.AddOwnEmail.On(tenant, who, nil), key(who, browser), code, func(tx *store.Tx, row mailbox.Row) error {
		added, err := account.AddVerified(tx, tenant, who, account.EmailAddress(row.Address))
		if err != nil {
			return err
		}
		if err := mailbox.End(tx, tenant, row.Key); err != nil || !added {
			return err
		}
		return room.warn(tx, tenant, who, notify.EmailAdded, notify.Values{"address": row.Address})
	})
}

// Prefer makes a verified address the primary one. Refusals: invalid, not_found, conflict.
func (room *Room) Prefer(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string) error {
	e, err := account.ParseEmail(text)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, account.PreferOwnEmail.On(tenant, who, nil), func(tx *store.Tx) error {
		if err := account.MakePrimary(tx, tenant, who, e); err != nil {
			return err
		}
		return room.warn(tx, tenant, who, notify.EmailPreferred, notify.Values{"address": string(e)})
	})
}

// Remove takes an address away. Refusals: invalid, not_found, conflict (it is the only verified one).
func (room *Room) Remove(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string) error {
	e, err := account.ParseEmail(text)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, account.RemoveOwnEmail.On(tenant, who, nil), func(tx *store.Tx) error {
		verified, err := account.Drop(tx, tenant, who, e)
		if err != nil || !verified {
			return err // nobody has shown to read there: who does gets no mail of ours
		}
		return room.warn(tx, tenant, who, notify.EmailRemoved, notify.Values{"address": string(e)}, string(e))
	})
}
