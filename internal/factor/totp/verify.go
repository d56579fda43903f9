package totp

import (
	"context"
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

// Verify checks a code of the person whom the interaction is about and, if it is right, adds the
// fact. Refusals: *throttle.Refused; *Refused with Wrong, Used or Gone.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, at interaction.Place) error {
	code, ok := ParseCode(text)
	if !ok {
		return &Refused{Wrong} // no guess: nothing to count
	}
	// RFC 4226 §7.3: the number of tries is limited, whatever runs in parallel.
	try := throttle.Try{Account: who, Kind: factor.TOTP, Source: source}
	if err := room.throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	next, sealed, reason, err := room.look(ctx, tenant, who, code)
	if err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction)}
	return room.guard.Do(ctx, c, Prove.On(tenant, who, detail), func(tx *store.Tx) error {
		if reason == Wrong {
			tx.OnRefusal(func(tx *store.Tx) error { return room.throttle.Failed(tx, tenant, try) })
		}
		if reason != "" {
			return &Refused{reason} // a used code was no guess
		}
		if _, err := account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
			return &Refused{Wrong}
		} else if err != nil {
			return err
		}
		// RFC 6238 §5.2: the second time that a code comes it is refused, also at the same moment:
		// the row is written only in place of the version that was looked at.
		if err := credential.Put(tx, tenant, next, sealed); errors.Is(err, store.ErrNotFound) {
			return &Refused{Used}
		} else if err != nil {
			return err
		}
		next := next
		next.Version++
		if err := credential.Used(tx, tenant, next); err != nil {
			return err
		}
		var err error
		if detail.Failures, err = room.throttle.Succeeded(tx, tenant, try); err != nil {
			return err
		}
		err = interaction.AddSecond(tx, tenant, at, who, factor.Proved(factor.TOTP, tx.Now(), factor.Failures(detail.Failures)))
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Gone}
		}
		return err
	})
}

// look compares a code with the account's app. With no reason against it, next and sealed are the
// row in which the code's step is the last.
func (room *Room) look(ctx context.Context, tenant id.Tenant, who account.ID, code string) (next credential.Credential, sealed []byte, reason Reason, err error) {
	reason = Wrong
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		if next, err = credential.Get(r, room.root, tenant, who, kind, credential.Only); errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		d, err := parse(next.Data)
		if err != nil {
			return err
		}
		step, ok := match(d.Seed, code, r.Now())
		if !ok {
			return nil
		}
		// RFC 6238 §5.2: a code is accepted once; codes of steps before the last used one are refused too.
		if step <= d.Step {
			reason = Used
			return nil
		}
		d.Step, reason = step, ""
		next.Data, err = d.bytes()
		sealed = credential.Seal(room.root, tenant, next)
		return err
	})
	return next, sealed, reason, err
}
