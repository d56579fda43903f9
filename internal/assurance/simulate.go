package assurance

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// Candidate is a policy to try.
type Candidate struct {
	Source string // Cedar
	// Instead is the policy whose place it takes, "" for none. With an empty Source it is what
	// happens without that policy.
	Instead PolicyID
}

// The bounds of a simulation.
const (
	maxTried    = 20_000 // attempts, the newest
	maxExamples = 20
)

// Simulation compares the policies of today with those that there would be.
type Simulation struct {
	Since    time.Time `json:"since"`    // the oldest attempt that was looked at
	Attempts int       `json:"attempts"` // how many were
	Partial  bool      `json:"partial"`  // there are older ones, which were not
	Counts   []Count   `json:"counts"`
	// Stopped are those that became a session although what was proved would not be enough: these
	// people would have had to prove more.
	Stopped  int       `json:"stopped"`
	Examples []Example `json:"examples"` // of attempts that would go another way, the newest
}

// Count is how many attempts would go which way.
type Count struct {
	Was         Outcome `json:"was"` // under the policies of today
	WouldBe     Outcome `json:"would_be"`
	Attempts    int     `json:"attempts"`
	WasTold     int     `json:"was_told"` // of how many of them the person is told today
	WouldBeTold int     `json:"would_be_told"`
}

// Example is an attempt that would go another way.
type Example struct {
	ID      SignInID   `json:"id"`
	Account account.ID `json:"account"`
	Client  string     `json:"client_id"`
	At      time.Time  `json:"at"`
	Was     Outcome    `json:"was"`
	WouldBe Outcome    `json:"would_be"`
	Stopped bool       `json:"stopped"`
	Because []string   `json:"because"` // what the policies that decide would say
}

// Simulate tries a candidate on the recorded attempts of the last 30 days. Groups and roles are
// those that people have today. Refusals: invalid (source), not_found (instead).
func (room *Room) Simulate(ctx context.Context, c caller.Caller, tenant id.Tenant, candidate Candidate) (out Simulation, err error) {
	const trial PolicyID = "candidate"
	var statements []policy.Statement
	if candidate.Source != "" || candidate.Instead == "" {
		if statements, err = room.parse(trial, candidate.Source); err != nil {
			return out, err
		}
	}
	err = room.guard.See(ctx, c, Trial.On(tenant, candidate.Instead, nil), func(r *store.Reader) error {
		if err := known(r, tenant, statements); err != nil {
			return err
		}
		if candidate.Instead == floor {
			return errFloor
		}
		if candidate.Instead != "" {
			if _, err := room.get(r, tenant, candidate.Instead); err != nil {
				return err
			}
		}
		today, err := room.set(r, tenant)
		if err != nil {
			return err
		}
		then, err := room.compile(r, tenant, func(list []Policy) []Policy {
			list = slices.DeleteFunc(list, func(p Policy) bool { return p.ID == candidate.Instead })
			if len(statements) > 0 {
				list = append(list, Policy{ID: trial, Source: candidate.Source, Enabled: true})
			}
			return list
		})
		if err != nil {
			return err
		}
		out, err = replay(r, tenant, today, then)
		return err
	})
	return out, err
}

// replay judges recorded attempts by two sets of policies.
func replay(r *store.Reader, tenant id.Tenant, today, then *policy.Set) (Simulation, error) {
	out := Simulation{Since: r.Now(), Counts: []Count{}, Examples: []Example{}}
	oldest := r.Now().Add(-Kept)
	in := map[account.ID][2][]policy.Entity{}
	for before := SignInID(""); ; {
		page, err := all(r, tenant, before, MaxPage)
		if err != nil {
			return out, err
		}
		for _, s := range page {
			if s.At.Before(oldest) {
				return out, nil
			}
			if out.Attempts == maxTried {
				out.Partial = true
				return out, nil
			}
			if err := out.try(r, tenant, s, today, then, in); err != nil {
				return out, err
			}
			before = s.ID
		}
		if len(page) < MaxPage {
			return out, nil
		}
	}
}

func (out *Simulation) try(r *store.Reader, tenant id.Tenant, s SignIn, today, then *policy.Set, in map[account.ID][2][]policy.Entity) error {
	groups, seen := in[s.Account]
	var gists [2]gist
	var later *hearing
	made := contexts{}
	for i, set := range []*policy.Set{today, then} {
		var err error
		if !seen {
			if groups[i], err = belongs(r, tenant, set, s.Account); err != nil {
				return err
			}
		}
		later = hearingOf(set, groups[i], s.Attempt, made)
		if gists[i], err = later.gist(s.Proof); err != nil {
			return err
		}
	}
	in[s.Account] = groups
	was, would := gists[0], gists[1]
	stopped := !s.Refused && was.allowed && !would.allowed
	out.count(was, would)
	out.Attempts++
	out.Since = s.At
	if stopped {
		out.Stopped++
	}
	if was.outcome == would.outcome && !stopped || len(out.Examples) == maxExamples {
		return nil
	}
	v, err := later.judge(s.Proof)
	if err != nil {
		return err
	}
	e := Example{s.ID, s.Account, string(s.Client), s.At, was.outcome, would.outcome, stopped, []string{}}
	for _, reason := range v.Reasons {
		if reason.Effect == StepUp || reason.Effect == Deny {
			e.Because = append(e.Because, reason.Says)
		}
	}
	out.Examples = append(out.Examples, e)
	return nil
}

// gist is as much of a verdict as is counted.
type gist struct {
	outcome       Outcome
	allowed, told bool
}

func (h *hearing) gist(p Proof) (g gist, err error) {
	if g.outcome, _, err = h.outcome(); err != nil {
		return g, err
	}
	proved, err := h.ask(signIn, p)
	if err != nil {
		return g, err
	}
	quiet, err := h.told(p)
	g.allowed, g.told = proved.Allowed, !quiet.Allowed
	return g, err
}

func (out *Simulation) count(was, would gist) {
	at := slices.IndexFunc(out.Counts, func(c Count) bool { return c.Was == was.outcome && c.WouldBe == would.outcome })
	if at < 0 {
		at = len(out.Counts)
		out.Counts = append(out.Counts, Count{Was: was.outcome, WouldBe: would.outcome})
	}
	c := &out.Counts[at]
	c.Attempts++
	if was.told {
		c.WasTold++
	}
	if would.told {
		c.WouldBeTold++
	}
	slices.SortStableFunc(out.Counts, func(a, b Count) int { return strings.Compare(string(a.Was+a.WouldBe), string(b.Was+b.WouldBe)) })
}
