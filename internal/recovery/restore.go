package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Restore ends a recovery: the account gets a new password, and all that was running for it ends. The
// person is told at every address. forget gives up the account's other factors, where two recovery
// ways were proved. It returns the sign-in to go on with, "" for none. Refusals: ErrGone,
// ErrIncomplete, those of the password.
func (room *Room) Restore(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, raw string, forget bool) (back interaction.ID, err error) {
	s, err := room.State(ctx, tenant, at)
	if err != nil {
		return "", err
	}
	if s.Step != StepPassword || forget && !s.MayForget {
		return "", ErrIncomplete // nothing is hashed for whoever has proved nothing
	}
	about, keep, err := room.choose(ctx, tenant, s.account, raw)
	if err != nil {
		return "", err
	}
	detail := &Detail{Interaction: string(at.Interaction)}
	err = room.Guard.Do(ctx, c, Restore.On(tenant, about.ID, detail), func(tx *store.Tx) error {
		s, err := room.state(tx.Read(), tenant, at)
		if err != nil {
			return err
		}
		if s.Step != StepPassword || s.account != about.ID || forget && !s.MayForget {
			return ErrIncomplete
		}
		detail.Ways, detail.WithoutFactors = s.ways, forget
		if err := room.restore(tx, tenant, about.ID, keep, detail); err != nil {
			return err
		}
		for _, p := range []mailbox.Purpose{Primary, Secondary} {
			if err := mailbox.End(tx, tenant, at.key(p)); err != nil && !errors.Is(err, mailbox.ErrGone) {
				return err
			}
		}
		if back = Back(s.Interaction); back != "" {
			if _, err := interaction.Get(tx.Read(), tenant, back, at.Browser); errors.Is(err, store.ErrNotFound) {
				back = ""
			} else if err != nil {
				return err
			} else if err := interaction.SetIdentifier(tx, tenant, back, s.Interaction.Identifier); err != nil {
				return err
			}
		}
		err = interaction.Finish(tx, tenant, at.Interaction)
		if errors.Is(err, store.ErrNotFound) {
			return ErrGone
		}
		return err
	})
	return back, err
}

func (room *Room) choose(ctx context.Context, tenant id.Tenant, who account.ID, raw string) (a account.Account, keep func(*store.Tx, account.ID) error, err error) {
	if err := room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		a, err = account.Get(r, tenant, who)
		return err
	}); err != nil {
		return a, nil, err
	}
	keep, err = room.Choose(ctx, tenant, raw, a)
	return a, keep, err
}

// restore writes the password and ends what is running.
func (room *Room) restore(tx *store.Tx, tenant id.Tenant, who account.ID, keep func(*store.Tx, account.ID) error, detail *Detail) error {
	if detail.WithoutFactors {
		if _, err := credential.DeleteAll(tx, tenant, who); err != nil {
			return err
		}
	}
	if err := keep(tx, who); err != nil {
		return err
	}
	ended, err := room.end(tx, tenant, who)
	if err != nil {
		return err
	}
	detail.Ended = ended
	return room.Letters.Warn(tx, tenant, who, notify.Recovered, nil)
}

// end ends sessions, grants and API tokens, and what is on the way to any of them: what was proved in
// sign-ins and recoveries that are not over, and codes that were sent. It forgets browsers.
func (room *Room) end(tx *store.Tx, tenant id.Tenant, who account.ID) (int, error) {
	ended, err := session.EndAll(tx, tenant, who, "")
	if err != nil {
		return 0, err
	}
	if _, err := issued.RevokeOf(tx, tenant, who, ""); err != nil {
		return 0, err
	}
	if err := account.BumpEpoch(tx, tenant, who); err != nil {
		return 0, err
	}
	if err := interaction.Disprove(tx, tenant, who); err != nil {
		return 0, err
	}
	if err := mailbox.Forget(tx, tenant, who); err != nil {
		return 0, err
	}
	for _, forget := range room.Forget {
		if err := forget(tx, tenant, who); err != nil {
			return 0, err
		}
	}
	return len(ended), nil
}

// PathLink is the page of an administrator's link, below the tenant's root; Param its query parameter.
const (
	PathLink = "/recover/link"
	Param    = "t"
)

// Link is a link that an administrator made.
type Link struct {
	URL       secret.Secret // empty where it was sent by mail
	ExpiresAt time.Time
}

// Wish is what an administrator asks for.
type Wish struct {
	WithoutFactors bool // the link also takes the account's other factors away
	Mail           bool // send it to the primary address in place of showing it
}

// grant is what a link is worth: the account as it was when the link was made.
type grant struct {
	Account        account.ID `json:"account"`
	Epoch          int64      `json:"epoch"`
	Password       int64      `json:"password"` // its version; 0 for none
	WithoutFactors bool       `json:"without_factors,omitempty"`
}

// MakeLink makes a link that is worth one new password, until the password changes by another way or
// everything of the account ends. Refusals: not_found, conflict (no verified address to send it to).
func (room *Room) MakeLink(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, w Wish) (out Link, err error) {
	if err := who.Check(); err != nil {
		return out, err
	}
	token := secret.RecoveryLink.Mint()
	digest := room.Root.Digest(secret.RecoveryLink, token)
	link, err := room.Letters.Link(tenant, PathLink, url.Values{Param: {token.Reveal()}})
	if err != nil {
		return out, err
	}
	detail := &LinkDetail{WithoutFactors: w.WithoutFactors, Mailed: w.Mail}
	err = room.Guard.Do(ctx, c, Offer.On(tenant, who, detail), func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), tenant, who)
		if errors.Is(err, store.ErrNotFound) {
			return account.ErrNone
		}
		if err != nil {
			return err
		}
		rules, err := Settings.Get(tx.Read(), tenant)
		if err != nil {
			return err
		}
		g, err := room.present(tx.Read(), tenant, a)
		if err != nil {
			return err
		}
		g.WithoutFactors = w.WithoutFactors
		payload, err := json.Marshal(g)
		if err != nil {
			return err
		}
		out.ExpiresAt = tx.Now().Add(time.Duration(rules.LinkHours) * time.Hour)
		detail.Until = out.ExpiresAt
		if err := issued.Put(tx, tenant, secret.RecoveryLink, digest, string(payload), out.ExpiresAt); err != nil {
			return err
		}
		if !w.Mail {
			out.URL = secret.Of(link)
			return nil
		}
		return room.mail(tx, tenant, a, link, rules.LinkHours)
	})
	return out, err
}

func (room *Room) mail(tx *store.Tx, tenant id.Tenant, a account.Account, link string, hours int) error {
	verified := a.Verified()
	if len(verified) == 0 {
		return errNoMail
	}
	sent, err := room.Letters.Tell(tx, tenant, notify.Letter{Kind: notify.RecoveryLink, To: string(verified[0]), Account: a.ID,
		Values: notify.Values{"link": link, "hours": strconv.Itoa(hours)}})
	if err == nil && !sent {
		err = errTold
	}
	return err
}

// present is what a link of the account has to match.
func (room *Room) present(r *store.Reader, tenant id.Tenant, a account.Account) (grant, error) {
	g := grant{Account: a.ID, Epoch: a.Epoch}
	c, err := credential.Get(r, room.Root, tenant, a.ID, credential.Kind(factor.Password), credential.Only)
	if errors.Is(err, store.ErrNotFound) {
		return g, nil
	}
	g.Password = c.Version
	return g, err
}

// LookLink checks a link and uses nothing up; without tells whether it takes factors away. Refusal:
// ErrLink.
func (room *Room) LookLink(ctx context.Context, tenant id.Tenant, text string) (who account.ID, without bool, err error) {
	digest, err := room.digest(text)
	if err != nil {
		return "", false, err
	}
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		payload, _, err := issued.Unspent(r, tenant, secret.RecoveryLink, digest)
		if errors.Is(err, store.ErrNotFound) {
			return ErrLink
		}
		if err != nil {
			return err
		}
		g, err := room.still(r, tenant, payload)
		who, without = g.Account, g.WithoutFactors
		return err
	})
	return who, without, err
}

func (room *Room) digest(text string) ([]byte, error) {
	token, err := secret.RecoveryLink.Parse(text)
	if err != nil {
		return nil, ErrLink
	}
	return room.Root.Digest(secret.RecoveryLink, token), nil
}

// still reads what a link is worth, if the account is as it was.
func (room *Room) still(r *store.Reader, tenant id.Tenant, payload string) (g grant, err error) {
	if err := json.Unmarshal([]byte(payload), &g); err != nil {
		return g, err
	}
	a, err := active(r, tenant, g.Account)
	if err != nil {
		return g, err
	}
	now, err := room.present(r, tenant, a)
	if now.WithoutFactors = g.WithoutFactors; err == nil && (a.ID == "" || now != g) {
		err = ErrLink
	}
	return g, err
}

// Redeem spends a link: the account gets a new password, and all that was running ends. Refusals:
// ErrLink, those of the password.
func (room *Room) Redeem(ctx context.Context, c caller.Caller, tenant id.Tenant, text, raw string) error {
	who, _, err := room.LookLink(ctx, tenant, text)
	if err != nil {
		return err
	}
	digest, err := room.digest(text)
	if err != nil {
		return err
	}
	_, keep, err := room.choose(ctx, tenant, who, raw)
	if err != nil {
		return err
	}
	detail := &Detail{Ways: []string{"link"}}
	return room.Guard.Do(ctx, c, Restore.On(tenant, who, detail), func(tx *store.Tx) error {
		payload, _, err := issued.Spend(tx, tenant, secret.RecoveryLink, digest, string(who))
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, issued.ErrSpent) {
			return ErrLink
		}
		if err != nil {
			return err
		}
		g, err := room.still(tx.Read(), tenant, payload)
		if err != nil {
			return err
		}
		detail.WithoutFactors = g.WithoutFactors
		return room.restore(tx, tenant, who, keep, detail)
	})
}
