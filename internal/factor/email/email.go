package email

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// PathLink is the page that the link of a message opens, below the tenant's root. It takes ?t=.
const PathLink = "/signin/email/link"

// ParamToken names the parameter and the field that carry the link's token.
const ParamToken = "t"

// Purpose is that of the codes which the room asks for.
const Purpose mailbox.Purpose = "signin"

// Room sends and checks codes and links. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	mailbox  *mailbox.Room
	throttle *throttle.Room
	notify   *notify.Room
	mail     bool
}

// New returns the room and answers for its codes. mail says whether messages can get out; without,
// the factor is nobody's.
func New(g *guard.Guard, m *mailbox.Room, t *throttle.Room, n *notify.Room, mail bool) *Room {
	room := &Room{g, m, t, n, mail}
	m.Serve(Purpose, room.resolve)
	return room
}

// Place is the interaction of the browser with this binding, and that browser's session.
type Place struct {
	Interaction interaction.ID
	Browser     []byte     // digest of the binding cookie
	Session     session.ID // the browser's session, "" for none
}

func (p Place) key() mailbox.Key {
	return mailbox.Key{Purpose: Purpose, Bound: string(p.Interaction), Browser: p.Browser}
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
