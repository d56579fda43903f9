package phone

import (
	"context"
	"errors"
	"net/netip"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Send sends a code to the person's number, for an interaction in which they have proved a first
// factor. That the number has had enough messages the person does not learn. Refusal: *Refused with
// Gone.
func (w *Way) Send(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, at interaction.Place, wish Wish) error {
	link, err := w.room.Notify.Link(tenant, w.path, nil) // the message for telephones has no place for it
	if err != nil {
		return err
	}
	code := outofband.Digits()
	detail := &SendDetail{Factor: w.kind, Interaction: string(at.Interaction)}
	return w.room.Guard.Do(ctx, c, Send.On(tenant, who, detail), func(tx *store.Tx) error {
		// Nobody causes a message who has proved nothing (security row AU33).
		if _, err := interaction.AwaitsSecond(tx.Read(), tenant, at, who); err != nil {
			return gone(err)
		}
		to, err := w.number(tx.Read(), tenant, who)
		if err != nil {
			return err
		}
		if to == "" {
			return &Refused{Gone}
		}
		if err := outofband.Put(tx, w.room.Root, tenant, w.errand(at, who, to), code); err != nil {
			return err
		}
		detail.Sent, err = w.room.Notify.Tell(tx, tenant, notify.Letter{
			Kind: notify.SignInCode, Channel: w.channel, To: to, Account: who, Locale: wish.Locale, Client: wish.Client,
			Values: notify.Values{"code": code, "link": link, "minutes": outofband.Minutes, "app": wish.App},
		})
		return err
	})
}

func (w *Way) errand(at interaction.Place, who account.ID, to string) outofband.Errand {
	return outofband.Errand{Purpose: w.purpose, Place: string(at.Interaction), Account: who, To: to}
}

// Verify checks a code of the person whom the interaction is about and, if it is right, adds the
// fact. Refusals: *throttle.Refused; *Refused with Wrong or Gone.
func (w *Way) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, at interaction.Place) error {
	code, ok := outofband.ParseDigits(text)
	if !ok {
		return &Refused{Wrong} // no guess: nothing to count
	}
	try := throttle.Try{Account: who, Kind: w.kind, Source: source}
	if err := w.room.Throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	detail := &VerifyDetail{Factor: w.kind, Interaction: string(at.Interaction)}
	return w.room.Guard.Do(ctx, c, Prove.On(tenant, who, detail), func(tx *store.Tx) error {
		to, err := w.number(tx.Read(), tenant, who) // the one of now: a code to the number before is worth nothing
		if err != nil {
			return err
		}
		if err := w.room.spend(tx, tenant, w.errand(at, who, to), code, try); err != nil {
			return err
		}
		if _, err := account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
			return &Refused{Wrong}
		} else if err != nil {
			return err
		}
		if detail.Failures, err = w.room.Throttle.Succeeded(tx, tenant, try); err != nil {
			return err
		}
		return gone(interaction.AddSecond(tx, tenant, at, who, factor.Proved(w.kind, tx.Now(), factor.Failures(detail.Failures))))
	})
}

// spend uses a code up, or counts the miss.
func (room *Room) spend(tx *store.Tx, tenant id.Tenant, e outofband.Errand, code string, try throttle.Try) error {
	err := outofband.Spend(tx, room.Root, tenant, e, code)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	tx.OnRefusal(func(tx *store.Tx) error {
		if err := outofband.Missed(tx, tenant, e); err != nil {
			return err
		}
		return room.Throttle.Failed(tx, tenant, try)
	})
	return &Refused{Wrong}
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{Gone}
	}
	return err
}
