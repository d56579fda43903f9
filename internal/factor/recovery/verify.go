package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Verify spends a code of the person whom the interaction is about and adds the fact. Refusals:
// *throttle.Refused; *Refused with Wrong or Gone.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, at interaction.Place) error {
	code, ok := ParseCode(text)
	if !ok {
		return &Refused{Wrong} // no guess: nothing to count
	}
	try := throttle.Try{Account: who, Kind: factor.RecoveryCode, Source: source}
	if err := room.throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	next, sealed, left, found, err := room.look(ctx, tenant, who, code)
	if err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction)}
	return room.guard.Do(ctx, c, Prove.On(tenant, who, detail), func(tx *store.Tx) error {
		wrong := func() error {
			tx.OnRefusal(func(tx *store.Tx) error { return room.throttle.Failed(tx, tenant, try) })
			return &Refused{Wrong}
		}
		if !found {
			return wrong()
		}
		if _, err := account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
			return &Refused{Wrong}
		} else if err != nil {
			return err
		}
		if enrolled, err := room.Enrolled(tx.Read(), tenant, who); err != nil {
			return err
		} else if !enrolled {
			return &Refused{Wrong}
		}
		// NIST SP 800-63B-4 §3.1.2.2: a look-up secret is used once: the set is written only in
		// place of the version that was looked at.
		if err := room.spend(tx, tenant, next, sealed, left); errors.Is(err, store.ErrNotFound) {
			return wrong()
		} else if err != nil {
			return err
		}
		failures, err := room.throttle.Succeeded(tx, tenant, try)
		if err != nil {
			return err
		}
		detail.Failures, detail.Left = failures, &left
		err = interaction.AddSecond(tx, tenant, at, who, factor.Proved(factor.RecoveryCode, tx.Now(), factor.Failures(failures)))
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Gone}
		}
		if err != nil {
			return err
		}
		return room.hooks.Spent(tx, tenant, who, left)
	})
}

// look finds a code in the account's set; next and sealed are the row without it.
func (room *Room) look(ctx context.Context, tenant id.Tenant, who account.ID, code string) (next credential.Credential, sealed []byte, left int, found bool, err error) {
	digest := room.digest(tenant, who, code)
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		found = false
		if next, err = credential.Get(r, room.root, tenant, who, kind, credential.Only); errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		s, err := parse(next.Data)
		if err != nil {
			return err
		}
		rest, ok := s.without(digest)
		if !ok {
			return nil
		}
		if next.Data, err = json.Marshal(rest); err != nil {
			return err
		}
		sealed, left, found = credential.Seal(room.root, tenant, next), len(rest.Digests), true
		return nil
	})
	return next, sealed, left, found, err
}

// spend writes the set without the code; with the last code the set is gone.
func (room *Room) spend(tx *store.Tx, tenant id.Tenant, next credential.Credential, sealed []byte, left int) error {
	if err := credential.Used(tx, tenant, next); err != nil || left > 0 {
		if err != nil {
			return err
		}
		return credential.Put(tx, tenant, next, sealed)
	}
	return credential.Delete(tx, tenant, next.Account, kind, credential.Only)
}
