package email

import (
	"context"
	"errors"
	"net/url"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Wish is how a message is to be written.
type Wish struct {
	App    string // name of what the person signs in to
	Client client.ID
	Locale string // of the page
}

// Send sends a code and a link to whomever the interaction is about. Whether there is such a person,
// and whether their address has had enough messages, the caller does not learn. Refusal: *Refused
// with Gone.
func (room *Room) Send(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, w Wish) error {
	var found recipient
	if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		i, err := interaction.Get(r, tenant, at.Interaction, at.Browser)
		if err == nil {
			found, err = room.recipient(r, tenant, i, at.Session)
		}
		return err
	}); err != nil {
		return gone(err)
	}
	link := secret.SignInLink.Mint()
	code := outofband.Letters(room.root, link)
	detail := &SendDetail{Interaction: string(at.Interaction)}
	return room.guard.Do(ctx, c, Send.On(tenant, found.who, detail), func(tx *store.Tx) error {
		i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
		if err != nil {
			return gone(err)
		}
		to, err := room.recipient(tx.Read(), tenant, i, at.Session)
		if err != nil {
			return err
		}
		if to != found {
			return &Refused{Gone} // somebody typed another name meanwhile
		}
		if err := outofband.Put(tx, room.root, tenant, room.errand(i.ID, to), code, link); err != nil || to.who == "" {
			return err
		}
		target, err := room.notify.Link(tenant, PathLink, url.Values{ParamToken: {link.Reveal()}})
		if err != nil {
			return err
		}
		detail.Sent, err = room.notify.Tell(tx, tenant, notify.Letter{
			Kind: notify.SignInCode, To: string(to.to), Account: to.who, Locale: w.Locale, Client: w.Client,
			Values: notify.Values{"code": code, "link": target, "minutes": outofband.Minutes, "app": w.App},
		})
		return err
	})
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{Gone}
	}
	return err
}
