package signin

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// question is one look at an interaction.
type question struct {
	room   *Room
	r      *store.Reader
	tenant id.Tenant
	i      interaction.Interaction
	from   Arrival
	least  factor.Level
}

// proof is who is there, as far as it is known, and what they have proved.
type proof struct {
	who   account.ID
	facts []factor.Fact // as they count now
	// whole is the facts without the ageing of the session: what a policy asks for at a sign-in need
	// not be given again while the session lives; a level that an application or the tenant asks
	// for must.
	whole []factor.Fact
}

// proved joins what was proved in the interaction, and before it in the session if that is of the
// same person. A fresh proof takes the place of an old one.
func proved(i interaction.Interaction, s *session.Session) proof {
	if s == nil || i.Account != "" && i.Account != s.Account || !fits(i, *s) {
		return proof{i.Account, i.Facts, i.Facts}
	}
	p := proof{s.Account, s.Facts, s.Proved}
	for _, f := range i.Facts {
		p.facts, p.whole = factor.Add(p.facts, f), factor.Add(p.whole, f)
	}
	return p
}

// fits reports whether the session's person will do.
func fits(i interaction.Interaction, s session.Session) bool {
	return i.About.Account == "" || i.About.Account == s.Account
}

// next computes what is missing: what was proved, what is wanted, and which factors lead there.
func (q question) next(s *session.Session) (Step, error) {
	if q.i.Kind == interaction.Recover {
		return q.recovering()
	}
	if !q.i.Kind.SignsIn() {
		return Step{}, nil
	}
	p := proved(q.i, s)
	want, h, err := q.wanted(p)
	if err != nil || want == nil {
		return Step{}, err
	}
	if len(q.i.Facts) > 0 && want.MetBy(p.facts) {
		return q.renewal(p, h)
	}
	offered, err := q.room.Offers(q.r, q.tenant)
	if err != nil {
		return Step{}, err
	}
	step := Step{Want: *want}
	var open []Enrolling
	for _, f := range q.room.factors {
		helps, err := q.helps(*want, p, f)
		if err != nil {
			return Step{}, err
		}
		if !helps || !slices.Contains(offered, f.Kind()) {
			continue
		}
		can := f.First()
		if p.who != "" && (can || len(p.facts) > 0) { // what is no first proof comes behind one
			if can, err = f.Enrolled(q.r, q.tenant, p.who); err != nil {
				return Step{}, err
			}
		}
		e, enrolling := f.(Enrolling)
		switch {
		case !can && enrolling:
			open = append(open, e)
		case !can:
		case step.Factor == nil:
			step.Verdict, step.Factor = Prove, f
		default:
			step.Others = append(step.Others, f)
		}
	}
	if step.Factor == nil && len(q.i.Facts) > 0 && len(open) > 0 {
		step, err = q.enrol(step, p, open)
	}
	// RFC 9470 §5: what an application needs and the person cannot prove, it is told
	step.Unmet = step.Verdict == Impossible && q.i.About.Needed
	return step, err
}

// enrol lets the person set up what is missing, if nothing that they have would do: what is set up
// must not take the place of a factor that could have been asked for.
func (q question) enrol(step Step, p proof, open []Enrolling) (Step, error) {
	all, err := q.room.promised(q.r, q.tenant, p.who)
	if err != nil {
		return Step{}, err
	}
	if factor.Assess(all).Meets(step.Want) {
		return step, nil
	}
	// What would still be too little with all of it is not set up in vain.
	for _, f := range open {
		fresh, err := promise(q.r, q.tenant, "", f, q.r.Now())
		if err != nil {
			return step, err
		}
		all = append(all, fresh)
	}
	if !factor.Assess(all).Meets(step.Want) {
		return step, nil
	}
	step.Verdict, step.Enrolments = Enrol, open
	return step, nil
}

// wanted is what must be proved, and what the policies say of it: what the interaction asks for, the
// tenant's least level, and, once it is known who is there, the policies' answer to the attempt
// with what is proved so far. nil is a sign-in that nothing would open.
func (q question) wanted(p proof) (*factor.Want, hearing, error) {
	aim, err := q.aim(p)
	if err != nil {
		return nil, hearing{}, err
	}
	want := q.i.About.Want.Stricter(aim).Stricter(factor.Want{Level: max(q.least, 1)})
	if p.who == "" || len(p.whole) == 0 {
		return &want, hearing{}, nil
	}
	h, err := q.hear(p)
	switch {
	case err != nil:
		return nil, h, err
	case h.verdict.Allowed:
	case h.verdict.Least == nil:
		return nil, h, nil
	default:
		want = want.Stricter(h.verdict.Least.Want())
	}
	return &want, h, nil
}

// aim is the one of the application's wishes that the person is led to: the best that they can
// prove. If they can prove none, it is the most modest where one is needed, so that they set up
// what is missing; a wish that is no more than that is let go.
func (q question) aim(p proof) (aim factor.Want, err error) {
	wishes := q.i.About.Wishes
	if len(wishes) == 0 {
		return aim, nil
	}
	if p.who != "" {
		able, err := q.room.able(q.r, q.tenant, p.who)
		if err != nil {
			return aim, err
		}
		for _, w := range wishes {
			if able.Meets(w) {
				return w, nil
			}
		}
	}
	// OpenID Connect Core 1.0 §5.5.1.1: a voluntary class that cannot be reached is no error
	if q.i.About.Needed {
		aim = wishes[len(wishes)-1]
	}
	return aim, nil
}

// hearing is an attempt and what the policies said of it.
type hearing struct {
	attempt assurance.Attempt
	proof   assurance.Proof
	verdict assurance.Verdict
}

// hear asks the policies about the attempt as it stands.
func (q question) hear(p proof) (hearing, error) {
	digest := q.room.Devices.DeviceDigest(q.from.Device)
	known, err := q.room.Devices.KnowsDevice(q.r, q.tenant, p.who, digest)
	if err != nil {
		return hearing{}, err
	}
	source := assurance.Source{Account: p.who, Address: q.from.Address, Device: digest, DeviceKnown: known, Automated: q.from.Automated}
	for _, f := range q.i.Facts {
		source.Failures = max(source.Failures, f.Failures())
		source.Breached = source.Breached || f.Breached()
	}
	signals, err := q.room.Assurance.Signals(q.r, q.tenant, source)
	if err != nil {
		return hearing{}, err
	}
	signals.Remembered = signals.Remembered || q.from.InSession
	all, err := q.room.promised(q.r, q.tenant, p.who)
	if err != nil {
		return hearing{}, err
	}
	h := hearing{
		attempt: assurance.Attempt{
			Account: p.who, Client: q.i.About.Client, Signals: signals, MFAEnforced: q.least > 1,
			HasSecondFactor: factor.Assess(all).Level > 1, Address: q.from.Address, At: q.r.Now(),
		},
		proof: assurance.ProofOf(factor.Assess(p.whole)),
	}
	h.verdict, err = q.room.Assurance.Decide(q.r, q.tenant, h.attempt, h.proof)
	return h, err
}

// suffices reports whether a session is enough by itself.
func (q question) suffices(s session.Session) (bool, error) {
	if !q.i.Kind.SignsIn() || !fits(q.i, s) {
		return false, nil
	}
	want, _, err := q.wanted(proof{s.Account, s.Facts, s.Proved})
	return err == nil && want != nil && want.MetBy(s.Facts), err
}

// helps reports whether a fresh proof by a factor would bring the facts nearer to what is wanted:
// it is enough, it is the first, or it adds something known or owned where both are needed.
func (q question) helps(want factor.Want, p proof, f Factor) (bool, error) {
	at := q.r.Now()
	if want.NotOlder.After(at) {
		at = want.NotOlder // the request came in by a node whose clock is a little ahead
	}
	fresh, err := promise(q.r, q.tenant, p.who, f, at)
	if err != nil {
		return false, err
	}
	with := factor.Add(p.facts, fresh)
	if want.MetBy(with) {
		return true, nil
	}
	is, was := factor.Assess(with), factor.Assess(p.facts)
	trait := factor.TraitOf(f.Kind())
	switch {
	case want.PhishingResistant && is.PhishingResistant && !was.PhishingResistant,
		want.HardwareProtected && is.HardwareProtected && !was.HardwareProtected,
		want.Level > was.Level && is.Level > max(was.Level, 1):
		return true, nil
	case want.Level < 2:
		return was.Level == 0, nil
	}
	var knows, has bool
	for _, old := range p.facts {
		t := factor.TraitOf(old.Kind())
		knows, has = knows || t.Knows, has || t.Has
	}
	return trait.Knows && !knows || trait.Has && !has, nil
}
