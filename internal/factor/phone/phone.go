package phone

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Hook is run in the transaction of a change to the account's number.
type Hook func(tx *store.Tx, tenant id.Tenant, who account.ID) error

// Options are what the room is made of.
type Options struct {
	Guard    *guard.Guard
	Root     *secret.Root
	Throttle *throttle.Room
	Notify   *notify.Room
	// SMS and Voice are how numbers begin that the gateway of the channel reaches; empty where there
	// is no gateway. AnyNumber stands for all.
	SMS, Voice []string
	// Added and Removed tell the person.
	Added, Removed Hook
}

// AnyNumber is how every number begins.
const AnyNumber = "+"

// Room keeps the account's number and checks codes that were sent to it. It is safe for concurrent
// use.
type Room struct {
	Options
	sms, voice *Way
}

// New returns the room. Both hooks are needed; an error is meant to stop the start.
func New(o Options) (*Room, error) {
	if o.Added == nil || o.Removed == nil {
		return nil, errors.New("phone: nobody is told of changes")
	}
	room := &Room{Options: o}
	room.sms = &Way{room, factor.SMS, notify.SMS, outofband.SMS, "/signin/sms", o.SMS}
	room.voice = &Way{room, factor.Voice, notify.Voice, outofband.Voice, "/signin/call", o.Voice}
	return room, nil
}

// SMS is the factor of a text message.
func (room *Room) SMS() *Way { return room.sms }

// Voice is the factor of a call.
func (room *Room) Voice() *Way { return room.voice }

// Way is one of the two factors.
type Way struct {
	room     *Room
	kind     factor.Kind
	channel  notify.Channel
	purpose  outofband.Purpose
	path     string
	prefixes []string
}

// Kind names the factor in facts.
func (w *Way) Kind() factor.Kind { return w.kind }

// Path is the page that asks for the code.
func (w *Way) Path() string { return w.path }

// First says that a code needs a first factor before it.
func (w *Way) First() bool { return false }

// Enrolled tells whether the account has a verified number that the channel reaches.
func (w *Way) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	to, err := w.number(r, tenant, who)
	return to != "", err
}

// number is the account's verified number, "" if it has none that the channel reaches.
func (w *Way) number(r *store.Reader, tenant id.Tenant, who account.ID) (string, error) {
	if len(w.prefixes) == 0 {
		return "", nil
	}
	a, err := account.Get(r, tenant, who)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil || a.PhoneVerifiedAt.IsZero() || !w.reaches(a.Claims.PhoneNumber) {
		return "", err
	}
	return a.Claims.PhoneNumber, nil
}

func (w *Way) reaches(number string) bool {
	return form.MatchString(number) && slices.ContainsFunc(w.prefixes, func(p string) bool { return strings.HasPrefix(number, p) })
}

// form is a number that messages go to: E.164 with its plus, without an extension.
var form = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Wish is how a message is to be written.
type Wish struct {
	App    string // name of what the person signs in to
	Client client.ID
	Locale string // of the page
}

// Reason says why something was refused.
type Reason string

// The reasons. A code that cannot be looked at yet is a *throttle.Refused.
const (
	Wrong       Reason = "wrong_code" // or used, replaced, expired
	Gone        Reason = "interaction_gone"
	Malformed   Reason = "no_number"   // what was typed is no telephone number
	Unreachable Reason = "unreachable" // the operator sends nothing to numbers that begin so
	Unasked     Reason = "not_offered" // no gateway, or the tenant does not offer it
)

// Refused is the refusal of a code or number.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "phone: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

var _ guard.Refusal = (*Refused)(nil)

// State is what a person sees of their number.
type State struct {
	Number  string
	Since   time.Time // when it was verified; zero for a number that is not
	Pending string    // the number that waits for its code in this session, "" for none
}
