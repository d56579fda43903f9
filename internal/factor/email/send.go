package email

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Wish is how a message is to be written.
type Wish struct {
	App    string    `json:"app"` // name of what the person signs in to
	Client client.ID `json:"client,omitempty"`
	Locale string    `json:"-"` // of the page
}

// Send asks for a code and a link for whomever the interaction is about. A name that was typed is
// looked up behind the answer: whether somebody has it, and whether their address has had enough
// messages, the caller does not learn. Refusal: *Refused with Gone.
func (room *Room) Send(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, w Wish) error {
	note, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, Send.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
		if err != nil {
			return gone(err)
		}
		who, err := named(tx.Read(), tenant, i, at.Session)
		if err != nil {
			return err
		}
		return room.mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(), Address: i.Identifier, Account: who, Note: note, Locale: w.Locale})
	})
}

// named is whom the interaction is about without a look at what was typed: whoever has proved
// something in it, or, where nobody has said who they are, whom it or the browser's session is about;
// "" for whoever was typed.
func named(r *store.Reader, tenant id.Tenant, i interaction.Interaction, s session.ID) (account.ID, error) {
	switch {
	case i.Account != "" && (len(i.Facts) > 0 || i.Identifier == ""):
		return i.Account, nil
	case i.Identifier != "":
		return "", nil
	case i.About.Account != "":
		return i.About.Account, nil
	case s == "":
		return "", nil
	}
	living, err := session.Get(r, tenant, s)
	return living.Account, noneIfMissing(err)
}

// resolve says where the message goes: to the address that was typed, if that is a verified one of
// the person's, else to their primary one.
func (room *Room) resolve(tx *store.Tx, tenant id.Tenant, row mailbox.Row) (to mailbox.Target, err error) {
	i, err := interaction.Get(tx.Read(), tenant, interaction.ID(row.Bound), row.Browser)
	if err != nil {
		return to, noneIfMissing(err)
	}
	who := row.Account
	if who == "" {
		if who, err = account.Lookup(tx.Read(), tenant, row.Address); err != nil {
			return to, noneIfMissing(err)
		}
	}
	if i.About.Account != "" && i.About.Account != who {
		return to, nil
	}
	if _, err := account.Active(tx.Read(), tenant, who); err != nil {
		return to, noneIfMissing(err)
	}
	a, err := account.Get(tx.Read(), tenant, who)
	if err != nil {
		return to, noneIfMissing(err)
	}
	e, ok := address(a, row.Address)
	if !ok {
		return to, nil
	}
	var w Wish
	if err := json.Unmarshal(row.Note, &w); err != nil {
		return to, err
	}
	return mailbox.Target{Account: who, To: e, Kind: notify.SignInCode, Client: w.Client, Proof: mailbox.Linked, Values: func(said mailbox.Said) (notify.Values, error) {
		link, err := room.notify.Link(tenant, PathLink, url.Values{ParamToken: {said.Link.Reveal()}})
		return notify.Values{"code": said.Code, "link": link, "minutes": mailbox.Minutes, "app": w.App}, err
	}}, nil
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{Gone}
	}
	return err
}
