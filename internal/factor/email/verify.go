package email

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Verify checks a code that was typed and, if it is right, adds the fact. Refusals:
// *throttle.Refused; *Refused with Wrong or Gone.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, text string, source netip.Addr) error {
	code, ok := outofband.ParseLetters(text)
	if !ok {
		return &Refused{Wrong} // no guess: nothing to count
	}
	var i interaction.Interaction
	var found recipient
	if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		if i, err = interaction.Get(r, tenant, at.Interaction, at.Browser); err == nil {
			found, err = room.recipient(r, tenant, i, at.Session)
		}
		return err
	}); err != nil {
		return gone(err)
	}
	try := throttle.Try{Account: found.who, Name: i.Identifier, Kind: factor.Email, First: true, Source: source}
	if err := room.throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction)}
	return room.guard.Do(ctx, c, Prove.On(tenant, found.who, detail), func(tx *store.Tx) error {
		errand := room.errand(i.ID, found)
		sent, err := outofband.Spend(tx, room.root, tenant, errand, code)
		if errors.Is(err, store.ErrNotFound) {
			tx.OnRefusal(func(tx *store.Tx) error {
				if err := outofband.Missed(tx, tenant, errand); err != nil {
					return err
				}
				return room.throttle.Failed(tx, tenant, try)
			})
			return &Refused{Wrong}
		}
		if err != nil {
			return err
		}
		if detail.Failures, err = room.throttle.Succeeded(tx, tenant, try); err != nil {
			return err
		}
		return room.prove(tx, tenant, at, found.who, sent, detail.Failures, Wrong)
	})
}

// Letter is what a link says of itself to whoever opens it.
type Letter struct {
	Interaction interaction.ID // in which it proves something
	Code        string         // to type in the browser of that interaction
}

// Open looks at a link without using it up. Refusal: *Refused with Spent.
func (room *Room) Open(ctx context.Context, tenant id.Tenant, token string) (l Letter, err error) {
	link, err := secret.SignInLink.Parse(token)
	if err != nil {
		return l, &Refused{Spent}
	}
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		sent, err := outofband.ByLink(r, room.root, tenant, link)
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Spent}
		}
		l = Letter{interaction.ID(sent.Place), outofband.Letters(room.root, link)}
		return err
	})
	return l, err
}

// VerifyLink uses a link up, in the browser that asked for it, and adds the fact. Refusals: *Refused
// with Spent, Other or Gone; a link that is opened elsewhere stays good.
func (room *Room) VerifyLink(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, token string) error {
	link, err := secret.SignInLink.Parse(token)
	if err != nil {
		return &Refused{Spent}
	}
	var who account.ID
	if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		sent, err := outofband.ByLink(r, room.root, tenant, link)
		who = sent.Account
		return noneIfMissing(err)
	}); err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction), Link: true}
	return room.guard.Do(ctx, c, Prove.On(tenant, who, detail), func(tx *store.Tx) error {
		sent, err := outofband.SpendLink(tx, room.root, tenant, link)
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Spent}
		}
		if err != nil {
			return err
		}
		if sent.Place != string(at.Interaction) {
			return &Refused{Other}
		}
		return room.prove(tx, tenant, at, sent.Account, sent.At, 0, Spent)
	})
}

// prove adds the fact to the interaction: of a person who may still sign in, and whose password was
// not set after the message was sent. otherwise is the refusal where that is not so.
func (room *Room) prove(tx *store.Tx, tenant id.Tenant, at Place, who account.ID, sent time.Time, failures int, otherwise Reason) error {
	if _, err := account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
		return &Refused{otherwise}
	} else if err != nil {
		return err
	}
	set, err := credential.SetAt(tx.Read(), tenant, who, credential.Kind(factor.Password), credential.Only)
	if noneIfMissing(err) != nil {
		return err
	}
	if err == nil && set.After(sent) {
		return &Refused{otherwise} // whoever asked for it may be why the password was changed
	}
	i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
	if err != nil {
		return gone(err)
	}
	if i.About.Account != "" && i.About.Account != who {
		return &Refused{otherwise}
	}
	facts := i.Facts
	if i.Account != who {
		facts = nil
	}
	return interaction.SetFacts(tx, tenant, i.ID, who, factor.Add(facts, factor.Proved(factor.Email, tx.Now(), factor.Failures(failures))))
}
