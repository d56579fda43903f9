package email

import (
	"context"
	"errors"
	"net/netip"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Verify checks a code that was typed and, if it is right, adds the fact. Nobody is looked up: the
// row of the message knows whom it went to, "" for nobody. Refusals: *throttle.Refused; *Refused with
// Wrong or Gone.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, text string, source netip.Addr) error {
	code, ok := mailbox.ParseLetters(text)
	if !ok {
		return &Refused{Wrong} // no guess: nothing to count
	}
	try := throttle.Try{Kind: factor.Email, First: true, Source: source}
	if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		i, err := interaction.Get(r, tenant, at.Interaction, at.Browser)
		if err != nil {
			return gone(err)
		}
		row, err := room.mailbox.Asked(r, tenant, at.key())
		if err != nil && !errors.Is(err, mailbox.ErrGone) {
			return err
		}
		try.Account, try.Name = row.Account, i.Identifier
		return nil
	}); err != nil {
		return err
	}
	if err := room.throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction)}
	return room.guard.Do(ctx, c, Prove.On(tenant, try.Account.OrNobody(), detail), func(tx *store.Tx) error {
		row, err := room.mailbox.Check(tx, tenant, at.key(), code)
		if errors.Is(err, mailbox.ErrWrong) || errors.Is(err, mailbox.ErrGone) || err == nil && row.Account != try.Account {
			tx.OnRefusal(func(tx *store.Tx) error { return room.throttle.Failed(tx, tenant, try) })
			return &Refused{Wrong}
		}
		if err != nil {
			return err
		}
		if detail.Failures, err = room.throttle.Succeeded(tx, tenant, try); err != nil {
			return err
		}
		return room.prove(tx, tenant, at, row, detail.Failures, Wrong)
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
	row, err := room.linked(ctx, tenant, link)
	return Letter{interaction.ID(row.Bound), room.mailbox.Letters(link)}, err
}

func (room *Room) linked(ctx context.Context, tenant id.Tenant, link secret.Secret) (row mailbox.Row, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		row, err = room.mailbox.ByLink(r, tenant, Purpose, link)
		return spent(err)
	})
	return row, err
}

func spent(err error) error {
	if errors.Is(err, mailbox.ErrGone) {
		return &Refused{Spent}
	}
	return err
}

// VerifyLink uses a link up, in the browser that asked for it, and adds the fact. Refusals: *Refused
// with Spent, Other or Gone; a link that is opened elsewhere stays good.
func (room *Room) VerifyLink(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, token string) error {
	link, err := secret.SignInLink.Parse(token)
	if err != nil {
		return &Refused{Spent}
	}
	row, err := room.linked(ctx, tenant, link)
	if err != nil {
		return err
	}
	detail := &VerifyDetail{Interaction: string(at.Interaction), Link: true}
	return room.guard.Do(ctx, c, Prove.On(tenant, row.Account, detail), func(tx *store.Tx) error {
		row, err := room.mailbox.ByLink(tx.Read(), tenant, Purpose, link)
		if err != nil {
			return spent(err)
		}
		if row.Bound != string(at.Interaction) {
			return &Refused{Other}
		}
		return room.prove(tx, tenant, at, row, 0, Spent)
	})
}

// prove uses the message up, code and link, and adds the fact to the interaction: of a person who may
// still sign in, and whose password was not set after the message was sent. otherwise is the refusal
// where that is not so.
func (room *Room) prove(tx *store.Tx, tenant id.Tenant, at Place, row mailbox.Row, failures int, otherwise Reason) error {
	who := row.Account
	if err := mailbox.End(tx, tenant, at.key()); errors.Is(err, mailbox.ErrGone) {
		return &Refused{otherwise} // another browser's, or another request was first
	} else if err != nil {
		return err
	}
	if _, err := account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
		return &Refused{otherwise}
	} else if err != nil {
		return err
	}
	set, err := credential.SetAt(tx.Read(), tenant, who, credential.Kind(factor.Password), credential.Only)
	if noneIfMissing(err) != nil {
		return err
	}
	if err == nil && set.After(row.SentAt) {
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
