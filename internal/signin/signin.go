package signin

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// Factor is one way to prove who one is.
type Factor interface {
	// Kind names it in facts.
	Kind() factor.Kind
	// Path is the page that verifies it, below the tenant's root: "/signin". It takes ?i=ID.
	Path() string
	// First tells whether it can begin a sign-in, when nobody knows yet who is there.
	First() bool
	// Enrolled tells whether the person can prove it.
	Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error)
}

// Promising is a factor whose proofs have marks that depend on what the person enrolled: a passkey
// that verifies its user reaches more than one that does not.
type Promising interface {
	// Promise is the marks of the strongest proof that the person can give.
	Promise(r *store.Reader, tenant id.Tenant, who account.ID) ([]factor.Mark, error)
}

// Enrolling is a factor that can be set up in the middle of a sign-in that asks for more than the
// person has.
type Enrolling interface {
	Factor
	// EnrolPath is the page that sets it up, below the tenant's root. It takes ?i=ID.
	EnrolPath() string
}

// Renewing is a factor whose secret may have to be replaced by another, once it was proved and before
// the session begins.
type Renewing interface {
	Factor
	// RenewPath is the page that takes the new secret, below the tenant's root. It takes ?i=ID.
	RenewPath() string
	// MustRenew tells whether the account's secret is one to be replaced.
	MustRenew(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error)
}

// Asking is what people are asked for once they have proved who they are, before the session begins:
// to accept new terms, say.
type Asking interface {
	// AskPath is the page that takes the answer, below the tenant's root. It takes ?i=ID.
	AskPath() string
	// Asks tells whether the account is to be asked in this sign-in.
	Asks(r *store.Reader, tenant id.Tenant, who account.ID, i interaction.Interaction) (bool, error)
}

// Offering tells which factors a tenant offers; the room credential's setting.
type Offering func(r *store.Reader, tenant id.Tenant) ([]factor.Kind, error)

// Devices knows the browsers in which people signed in before.
type Devices interface {
	// DeviceDigest is how rows know the device cookie's text; nil for text that is none.
	DeviceDigest(text string) []byte
	// KnowsDevice tells whether the account was signed in to with the device.
	KnowsDevice(r *store.Reader, tenant id.Tenant, who account.ID, digest []byte) (bool, error)
	// KeepDevice notes that it was, just now.
	KeepDevice(tx *store.Tx, tenant id.Tenant, who account.ID, digest []byte) error
	// LastingDevice is the device cookie for a browser that has just signed in: the one that it has, if
	// we gave it out, else a fresh one.
	LastingDevice(ctx context.Context, tenant id.Tenant, text string) (digest []byte, fresh secret.Secret, err error)
}

// Notice tells a person of a sign-in that is unusual for them.
type Notice func(tx *store.Tx, tenant id.Tenant, who account.ID, a assurance.Attempt, agent string) error

// Options are what the dispatcher is made of. All but Asking are required.
type Options struct {
	Guard     *guard.Guard
	Tenants   *tenant.Directory
	Lifetimes session.Lifetimes
	Assurance *assurance.Room
	Devices   Devices
	Offers    Offering
	Unusual   Notice
	Asking    []Asking // in the order in which they ask
}

// Room is the dispatcher. It is safe for concurrent use.
type Room struct {
	Options
	factors []Factor
}

// New returns the dispatcher over factors in the order in which they are preferred. An error is
// meant to stop the start.
func New(o Options, factors ...Factor) (*Room, error) {
	if o.Lifetimes.Idle < time.Second || o.Lifetimes.Absolute < o.Lifetimes.Idle {
		return nil, errors.New("signin: a session lives for at least a second, and unused no longer than in all")
	}
	if o.Guard == nil || o.Tenants == nil || o.Assurance == nil || o.Devices == nil || o.Offers == nil || o.Unusual == nil {
		return nil, errors.New("signin: something that the dispatcher needs is missing")
	}
	first := false
	for _, f := range factors {
		first = first || f.First()
	}
	if !first {
		return nil, errors.New("signin: no factor can begin a sign-in")
	}
	return &Room{o, factors}, nil
}

// Arrival is where a request comes from.
type Arrival struct {
	Address   netip.Addr
	Agent     string // User-Agent
	Device    string // the device cookie's text, not trusted
	Automated bool   // a program seems to have sent it
	// InSession: the person is in the middle of a session at the account pages. Whoever sets up a
	// second factor there is not asked for it on the next page; policies see a remembered browser.
	InSession bool
}

// Verdict is what Next says.
type Verdict int

// The verdicts. The zero value asks for the impossible.
const (
	Impossible Verdict = iota // nothing that the person has, or could set up, would be enough
	Prove                     // the person must prove Step.Factor, or one of Step.Others
	Enrol                     // the person has proved all they have and must set up more
	Enough                    // nothing is missing
	Renew                     // nothing is missing but a new secret in the place of the one proved
	Answer                    // nothing is missing but an answer to Step.Asking
)

// Step is what comes next.
type Step struct {
	Verdict Verdict
	Factor  Factor   // with Prove: the preferred one
	Others  []Factor // with Prove: other ways
	// Enrolments is, with Enrol, what the person may set up.
	Enrolments []Enrolling
	Renewal    Renewing // with Renew: what has to be replaced
	Asking     Asking   // with Answer: who asks
	// Unmet is, with Impossible, that the application needs what the person cannot prove: it is told.
	Unmet bool
	Want  factor.Want
}

// Page is the page of a step that is left when all is proved, below the tenant's root; "" for other
// steps.
func (s Step) Page() string {
	switch s.Verdict {
	case Renew:
		return s.Renewal.RenewPath()
	case Answer:
		return s.Asking.AskPath()
	case Impossible, Prove, Enrol, Enough:
	}
	return ""
}

// Offers reports whether the step takes a factor.
func (s Step) Offers(kind factor.Kind) bool {
	if s.Verdict != Prove {
		return false
	}
	for _, f := range append([]Factor{s.Factor}, s.Others...) {
		if f.Kind() == kind {
			return true
		}
	}
	return false
}

// Next says what is missing in an interaction. s is the browser's living session, nil for none;
// what was proved in it counts if it is of the person whom the interaction is about.
func (room *Room) Next(ctx context.Context, tenant id.Tenant, i interaction.Interaction, s *session.Session, from Arrival) (step Step, err error) {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return step, err
	}
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		q := question{room, r, tenant, i, from, least}
		step, err = q.next(s)
		return err
	})
	return step, err
}

// least is the level that the tenant asks of every sign-in.
func (room *Room) least(ctx context.Context, tenant id.Tenant) (factor.Level, error) {
	t, err := room.Tenants.ByID(ctx, tenant)
	if t.MFAEnforced {
		return 2, err
	}
	return 1, err
}

// Suffices reports whether a session alone is enough for an interaction, so that the person need
// only say that they are the one.
func (room *Room) Suffices(ctx context.Context, tenant id.Tenant, i interaction.Interaction, s session.Session, from Arrival) (enough bool, err error) {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return false, err
	}
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		q := question{room, r, tenant, i, from, least}
		enough, err = q.suffices(s)
		return err
	})
	return enough, err
}

// Reach is the highest level that an account's factors prove together.
func (room *Room) Reach(ctx context.Context, tenant id.Tenant, who account.ID) (l factor.Level, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		l, err = room.ReachNow(r, tenant, who)
		return err
	})
	return l, err
}

// able is the strength of all that a person can prove with what the tenant offers.
func (room *Room) able(r *store.Reader, tenant id.Tenant, who account.ID) (factor.Strength, error) {
	offered, err := room.Offers(r, tenant)
	if err != nil {
		return factor.Strength{}, err
	}
	all, err := room.promised(r, tenant, who)
	return factor.Assess(slices.DeleteFunc(all, func(f factor.Fact) bool { return !slices.Contains(offered, f.Kind()) })), err
}

// Best is the strength of the best proof that factors give together: what a server with them can
// ask for.
func Best(factors ...Factor) factor.Strength {
	var facts []factor.Fact
	for _, f := range factors {
		facts = append(facts, factor.Proved(f.Kind(), time.Time{}, factor.UserVerified))
	}
	return factor.Assess(facts)
}

// ReachNow is Reach inside of another operation.
func (room *Room) ReachNow(r *store.Reader, tenant id.Tenant, who account.ID) (factor.Level, error) {
	all, err := room.promised(r, tenant, who)
	return factor.Assess(all).Level, err
}

// promised are the proofs that a person can give.
func (room *Room) promised(r *store.Reader, tenant id.Tenant, who account.ID) (facts []factor.Fact, err error) {
	for _, f := range room.factors {
		enrolled, err := f.Enrolled(r, tenant, who)
		if err != nil {
			return nil, err
		}
		if !enrolled {
			continue
		}
		fact, err := promise(r, tenant, who, f, r.Now())
		if err != nil {
			return nil, err
		}
		facts = append(facts, fact)
	}
	return facts, nil
}

// promise is the proof that a person would give with a factor at a time.
func promise(r *store.Reader, tenant id.Tenant, who account.ID, f Factor, at time.Time) (factor.Fact, error) {
	var marks []factor.Mark
	if p, ok := f.(Promising); ok && who != "" {
		var err error
		if marks, err = p.Promise(r, tenant, who); err != nil {
			return factor.Fact{}, err
		}
	}
	return factor.Proved(f.Kind(), at, marks...), nil
}
