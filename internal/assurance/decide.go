package assurance

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// The actions of the schema.
const (
	signIn    = "signin"
	silently  = "signin_silently"
	unchanged = "signin_unchanged"
)

// ladder is the proofs that there are to ask for, from least to most, with the methods that each
// has for certain.
var ladder = []Proof{
	{Level: 1},
	{Level: 2, Methods: []string{"mfa"}},
	{Level: 2, PhishingResistant: true, Methods: []string{"mfa", "user"}},
	{Level: 3, PhishingResistant: true, Methods: []string{"hwk", "mfa", "user"}},
}

// methods are those that a policy may insist on (RFC 8176 §2).
var methods = func() []string {
	out := []string{"hwk", "swk", "user"}
	for _, k := range factor.Kinds() {
		out = append(out, factor.TraitOf(k).AMR...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}()

// covers reports whether p is at least as strong as q, as far as levels go.
func (p Proof) covers(q Proof) bool {
	return p.Level >= q.Level && (p.PhishingResistant || !q.PhishingResistant)
}

// with adds methods to those of the proof.
func (p Proof) with(methods ...string) Proof {
	p.Methods = slices.Concat(p.Methods, methods)
	return p
}

// Decide answers for an attempt with what was proved in it. It reads the tenant's policies and
// the person's groups and roles with r, so that in a transaction the answer is of one piece with
// what is written.
func (room *Room) Decide(r *store.Reader, tenant id.Tenant, a Attempt, p Proof) (Verdict, error) {
	set, err := room.set(r, tenant)
	if err != nil {
		return Verdict{}, err
	}
	c, err := hear(r, tenant, set, a)
	if err != nil {
		return Verdict{}, err
	}
	return c.judge(p)
}

// hearing is one attempt before one set of policies.
type hearing struct {
	set     *policy.Set
	attempt Attempt
	q       policy.Question
	seen    contexts
}

// contexts are those that were made for an attempt, by proof: making one costs more than asking.
type contexts map[string]policy.Context

func (c contexts) of(a Attempt, p Proof) (policy.Context, error) {
	key := strconv.Itoa(int(p.Level)) + strconv.FormatBool(p.PhishingResistant) + strings.Join(p.Methods, " ")
	made, ok := c[key]
	if ok {
		return made, nil
	}
	made, err := policy.ContextOf(p, a)
	c[key] = made
	return made, err
}

func hear(r *store.Reader, tenant id.Tenant, set *policy.Set, a Attempt) (*hearing, error) {
	in, err := belongs(r, tenant, set, a.Account)
	return hearingOf(set, in, a, contexts{}), err
}

func hearingOf(set *policy.Set, in []policy.Entity, a Attempt, seen contexts) *hearing {
	on := a.Client
	if on == "" {
		on = Pages
	}
	return &hearing{set, a, policy.Question{
		Principal: policy.Entity{Type: "Account", ID: string(a.Account)}, In: in, Resource: policy.Entity{Type: "Client", ID: string(on)},
	}, seen}
}

func (h *hearing) question(action string, p Proof) (q policy.Question, err error) {
	q = h.q
	q.Action = action
	q.Context, err = h.seen.of(h.attempt, p)
	return q, err
}

func (h *hearing) ask(action string, p Proof) (policy.Answer, error) {
	q, err := h.question(action, p)
	return h.set.Ask(q), err
}

func (h *hearing) judge(p Proof) (v Verdict, err error) {
	v.Outcome, v.Least, err = h.outcome()
	if err != nil {
		return v, err
	}
	proved, err := h.ask(signIn, p)
	if err != nil {
		return v, err
	}
	if v.Allowed = proved.Allowed; !v.Allowed {
		if v.Least, err = h.least(p, p.Methods); err != nil {
			return v, err
		}
	}
	return v, h.reasons(&v, p, proved)
}

// outcome is what the policies ask for, whatever was proved, and the least proof that is enough.
func (h *hearing) outcome() (Outcome, *Proof, error) {
	demand, err := h.least(Proof{}, nil)
	switch {
	case err != nil || demand == nil:
		return Denied, nil, err
	case demand.Level <= 1 && len(demand.Methods) == 0:
		return Allowed, demand, nil
	}
	return Challenged, demand, nil
}

// told asks whether the person is told of a sign-in with this proof.
func (h *hearing) told(p Proof) (policy.Answer, error) { return h.ask(silently, p.atLeastOne()) }

// atLeastOne is the proof for questions about a sign-in that is let through: the floor permits
// nothing to whoever has proved nothing.
func (p Proof) atLeastOne() Proof {
	p.Level = max(p.Level, 1)
	return p
}

// least finds the least proof that is allowed and is more than what there is: first by level,
// then by a method that some policy insists on.
func (h *hearing) least(have Proof, proved []string) (*Proof, error) {
	for _, step := range ladder {
		if have.Level > 0 && have.covers(step) {
			continue
		}
		if answer, err := h.ask(signIn, step.with(proved...)); err != nil || answer.Allowed {
			return &Proof{Level: step.Level, PhishingResistant: step.PhishingResistant}, err
		}
	}
	for _, step := range ladder {
		if !step.covers(have) {
			continue
		}
		for _, m := range methods {
			if slices.Contains(proved, m) {
				continue
			}
			if answer, err := h.ask(signIn, step.with(proved...).with(m)); err != nil || answer.Allowed {
				return &Proof{Level: step.Level, PhishingResistant: step.PhishingResistant, Methods: []string{m}}, err
			}
		}
	}
	return nil, nil //nolint:nilnil // nothing is enough
}

// reasons lists the policies that ask for more than one factor, that deny, that want the person
// told and the password changed.
func (h *hearing) reasons(v *Verdict, p Proof, proved policy.Answer) error {
	low, err := h.ask(signIn, ladder[0])
	if err != nil {
		return err
	}
	top, err := h.ask(signIn, ladder[len(ladder)-1])
	if err != nil {
		return err
	}
	for _, answer := range []policy.Answer{low, proved} {
		if answer.Allowed {
			continue
		}
		for _, s := range answer.Because {
			if !s.Forbids {
				continue
			}
			effect := StepUp
			if v.Least == nil && !top.Allowed && contains(top.Because, s) {
				effect = Deny
			}
			v.add(Reason{s.ID, effect, s.Says})
		}
		for _, failed := range answer.Failures {
			v.add(Reason{failed, Deny, "This policy could not be evaluated, so its answer is no."})
		}
	}
	quiet, err := h.told(p)
	if err != nil {
		return err
	}
	keep, err := h.ask(unchanged, p.atLeastOne())
	if err != nil {
		return err
	}
	v.Notify, v.ChangePassword = !quiet.Allowed, !keep.Allowed
	for effect, answer := range map[Effect]policy.Answer{Notify: quiet, Change: keep} {
		for _, s := range answer.Because {
			if s.Forbids {
				v.add(Reason{s.ID, effect, s.Says})
			}
		}
	}
	slices.SortStableFunc(v.Reasons, func(a, b Reason) int { return cmp.Compare(a.Effect.order(), b.Effect.order()) })
	return nil
}

func contains(list []policy.Statement, s policy.Statement) bool {
	return slices.ContainsFunc(list, func(o policy.Statement) bool { return o.ID == s.ID })
}

func (v *Verdict) add(r Reason) {
	if !slices.Contains(v.Reasons, r) {
		v.Reasons = append(v.Reasons, r)
	}
}
