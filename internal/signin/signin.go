package signin

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
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

// Room is the dispatcher. It is safe for concurrent use.
type Room struct {
	guard   *guard.Guard
	tenants *tenant.Directory
	factors []Factor
	life    session.Lifetimes
}

// New returns the dispatcher over factors in the order in which they are asked for. An error is
// meant to stop the start.
func New(g *guard.Guard, tenants *tenant.Directory, life session.Lifetimes, factors ...Factor) (*Room, error) {
	if life.Idle < time.Second || life.Absolute < life.Idle {
		return nil, errors.New("signin: a session lives for at least a second, and unused no longer than in all")
	}
	first := false
	for _, f := range factors {
		first = first || f.First()
	}
	if !first {
		return nil, errors.New("signin: no factor can begin a sign-in")
	}
	return &Room{g, tenants, factors, life}, nil
}

// Verdict is what Next says.
type Verdict int

// The verdicts. The zero value asks for the impossible.
const (
	Impossible Verdict = iota // the person has no factor that would be enough
	Prove                     // the person must prove Step.Factor
	Enough                    // nothing is missing
)

// Step is what comes next.
type Step struct {
	Verdict Verdict
	Factor  Factor // with Prove
}

// Next says what is missing in an interaction. s is the browser's living session, nil for none;
// what was proved in it counts if it is of the person whom the interaction is about.
func (room *Room) Next(ctx context.Context, tenant id.Tenant, i interaction.Interaction, s *session.Session) (step Step, err error) {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return step, err
	}
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		step, err = room.next(r, tenant, i, s, atLeast(i.About.Want, least))
		return err
	})
	return step, err
}

// least is the level that the tenant asks of every sign-in.
func (room *Room) least(ctx context.Context, tenant id.Tenant) (factor.Level, error) {
	t, err := room.tenants.ByID(ctx, tenant)
	if t.MFAEnforced {
		return 2, err
	}
	return 1, err
}

func atLeast(w factor.Want, l factor.Level) factor.Want {
	w.Level = max(w.Level, l)
	return w
}

func (room *Room) next(r *store.Reader, tenant id.Tenant, i interaction.Interaction, s *session.Session, want factor.Want) (Step, error) {
	who, facts := proved(i, s)
	if len(i.Facts) > 0 && want.MetBy(facts) {
		return Step{Verdict: Enough}, nil
	}
	for _, f := range room.factors {
		if !helps(want, facts, f.Kind(), r.Now()) {
			continue
		}
		if who == "" {
			if f.First() {
				return Step{Prove, f}, nil
			}
			continue
		}
		enrolled, err := f.Enrolled(r, tenant, who)
		if err != nil {
			return Step{}, err
		}
		if enrolled {
			return Step{Prove, f}, nil
		}
	}
	return Step{}, nil
}

// proved is who is there, as far as it is known, and what they have proved: in the interaction,
// and before it in the session if that is theirs. A fresh proof takes the place of an old one.
func proved(i interaction.Interaction, s *session.Session) (account.ID, []factor.Fact) {
	who, facts := i.Account, i.Facts
	if s == nil || who != "" && who != s.Account || i.About.Account != "" && i.About.Account != s.Account {
		return who, facts
	}
	all := s.Facts
	for _, f := range facts {
		all = factor.Add(all, f)
	}
	return s.Account, all
}

// helps reports whether a fresh proof would bring the facts nearer to what is wanted.
func helps(want factor.Want, facts []factor.Fact, kind factor.Kind, now time.Time) bool {
	if want.NotOlder.After(now) {
		now = want.NotOlder // the request came in by a node whose clock is a little ahead
	}
	with := factor.Add(facts, factor.Proved(kind, now))
	return factor.Assess(with).Level > factor.Assess(facts).Level || want.MetBy(with)
}

// Reach is the highest level that an account's factors prove together.
func (room *Room) Reach(ctx context.Context, tenant id.Tenant, who account.ID) (l factor.Level, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		l, err = room.reach(r, tenant, who)
		return err
	})
	return l, err
}

func (room *Room) reach(r *store.Reader, tenant id.Tenant, who account.ID) (factor.Level, error) {
	var facts []factor.Fact
	for _, f := range room.factors {
		enrolled, err := f.Enrolled(r, tenant, who)
		if err != nil {
			return 0, err
		}
		if enrolled {
			facts = append(facts, factor.Proved(f.Kind(), r.Now()))
		}
	}
	return factor.Assess(facts).Level, nil
}

// Suffices reports whether the browser's session alone is enough for an interaction, so that the
// person need only say that they are the one.
func (room *Room) Suffices(ctx context.Context, tenant id.Tenant, i interaction.Interaction, s session.Session) (bool, error) {
	least, err := room.least(ctx, tenant)
	return err == nil && fits(i, s) && atLeast(i.About.Want, least).MetBy(s.Facts), err
}

// fits reports whether the session's person will do.
func fits(i interaction.Interaction, s session.Session) bool {
	return i.About.Account == "" || i.About.Account == s.Account
}
