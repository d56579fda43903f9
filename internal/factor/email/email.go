package email

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// PathLink is the page that the link of a message opens, below the tenant's root. It takes ?t=.
const PathLink = "/signin/email/link"

// ParamToken names the parameter and the field that carry the link's token.
const ParamToken = "t"

// Room sends and checks codes and links. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	root     *secret.Root
	throttle *throttle.Room
	notify   *notify.Room
	mail     bool
}

// New returns the room. mail says whether messages can get out; without, the factor is nobody's.
func New(g *guard.Guard, root *secret.Root, t *throttle.Room, n *notify.Room, mail bool) *Room {
	return &Room{g, root, t, n, mail}
}

// Place is the interaction of the browser with this binding, and that browser's session.
type Place struct {
	Interaction interaction.ID
	Browser     []byte     // digest of the binding cookie
	Session     session.ID // the browser's session, "" for none
}

// Reason says why a code or link was refused.
type Reason string

// The reasons. A code that cannot be looked at yet is a *throttle.Refused.
const (
	Wrong Reason = "wrong_code" // or used, replaced, expired; and whatever is typed for nobody
	Spent Reason = "link_spent" // the link was used, replaced, or has expired
	Gone  Reason = "interaction_gone"
	Other Reason = "other_browser" // the link belongs to another browser's interaction
)

// Refused is the refusal of a code or link.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "email: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

var _ guard.Refusal = (*Refused)(nil)

// recipient is whom an interaction is about and which address of theirs a message goes to.
type recipient struct {
	who account.ID // "" for nobody who could sign in so
	to  account.EmailAddress
}

// recipient finds the person: whoever has proved something in the interaction, else whoever the
// person said they are, else whom the interaction or the browser's session is about. An address
// that was typed is written to if it is the account's own; else the primary one.
func (room *Room) recipient(r *store.Reader, tenant id.Tenant, i interaction.Interaction, s session.ID) (recipient, error) {
	who, err := subject(r, tenant, i, s)
	if err != nil || who == "" {
		return recipient{}, err
	}
	if i.About.Account != "" && i.About.Account != who {
		return recipient{}, nil
	}
	if _, err := account.Active(r, tenant, who); err != nil {
		return recipient{}, noneIfMissing(err)
	}
	a, err := account.Get(r, tenant, who)
	if err != nil {
		return recipient{}, noneIfMissing(err)
	}
	to, ok := address(a, i.Identifier)
	if !ok {
		return recipient{}, nil
	}
	return recipient{who, to}, nil
}

func subject(r *store.Reader, tenant id.Tenant, i interaction.Interaction, s session.ID) (account.ID, error) {
	switch {
	case i.Account != "" && (len(i.Facts) > 0 || i.Identifier == ""):
		return i.Account, nil
	case i.Identifier != "":
		who, err := account.Lookup(r, tenant, i.Identifier)
		return who, noneIfMissing(err)
	case i.About.Account != "":
		return i.About.Account, nil
	case s == "":
		return "", nil
	}
	living, err := session.Get(r, tenant, s)
	return living.Account, noneIfMissing(err)
}

// address picks the verified address: the one that was typed, else the primary one, else the first.
func address(a account.Account, typed string) (to account.EmailAddress, ok bool) {
	wanted, err := account.ParseEmail(typed)
	for _, e := range a.Emails { // the primary one comes first
		if e.VerifiedAt.IsZero() {
			continue
		}
		if err == nil && e.Address.Key() == wanted.Key() {
			return e.Address, true
		}
		if !ok {
			to, ok = e.Address, true
		}
	}
	return to, ok
}

func noneIfMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (room *Room) errand(i interaction.ID, to recipient) outofband.Errand {
	return outofband.Errand{Purpose: outofband.Email, Place: string(i), Account: to.who, To: to.to.Key()}
}

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.Email }

// Path is the page that asks for the code.
func (room *Room) Path() string { return "/signin/email" }

// First says that mail may begin a sign-in, where mail can be sent at all.
func (room *Room) First() bool { return room.mail }

// Enrolled tells whether the account has a verified address, and mail can be sent.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	if !room.mail {
		return false, nil
	}
	a, err := account.Get(r, tenant, who)
	if err != nil {
		return false, noneIfMissing(err)
	}
	_, ok := address(a, "")
	return ok, nil
}
