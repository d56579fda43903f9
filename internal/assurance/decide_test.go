package assurance

import (
	"reflect"
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/policy"
)

// The table of the built-in policies: circumstances, what was proved, and what is asked for
// (levels of NIST SP 800-63B-4 §2). want is the level that is enough, 0 where none is.
func TestBuiltinPolicies(t *testing.T) {
	one, two, keyed, three := Proof{Level: 1, Methods: []string{"pwd"}}, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}},
		Proof{Level: 2, PhishingResistant: true, Methods: []string{"mfa", "swk", "user"}}, Proof{Level: 3, PhishingResistant: true, Methods: []string{"hwk", "mfa", "user"}}
	for _, c := range []struct {
		name   string
		a      Attempt
		p      Proof
		allow  bool
		want   int
		notify bool
		change bool
		by     string // a policy among the reasons
	}{
		{name: "a password on a known device", p: one, allow: true, want: 1},
		{name: "nothing proved", a: Attempt{}, p: Proof{}, want: 1},
		{name: "the tenant enforces", a: Attempt{MFAEnforced: true}, p: one, want: 2, by: "signin-enforced"},
		{name: "the tenant enforces, two proved", a: Attempt{MFAEnforced: true}, p: two, allow: true, want: 2, by: "signin-enforced"},
		{name: "remembered does not skip what the tenant enforces", a: Attempt{MFAEnforced: true, Signals: Signals{Remembered: true}}, p: one, want: 2, by: "signin-enforced"},
		{name: "a factor enrolled", a: Attempt{HasSecondFactor: true}, p: one, want: 2, by: "signin-enrolled"},
		{name: "a factor enrolled, passkey proved", a: Attempt{HasSecondFactor: true}, p: keyed, allow: true, want: 2},
		{name: "a factor enrolled, security key proved", a: Attempt{HasSecondFactor: true}, p: three, allow: true, want: 2},
		{name: "a factor enrolled, remembered", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true}}, p: one, allow: true, want: 1},
		{name: "remembered does not skip risk", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, NewCountry: true}}, p: one, want: 2, notify: true, by: "signin-new-country"},
		{name: "travel", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, ImpossibleTravel: true}}, p: one, want: 2, notify: true, by: "signin-travel"},
		{name: "reputation", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, BadReputation: true}}, p: one, want: 2, notify: true, by: "signin-reputation"},
		{name: "dormant", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, Dormant: true}}, p: one, want: 2, notify: true, by: "signin-dormant"},
		{name: "failures", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, Failures: 5}}, p: one, want: 2, notify: true, by: "signin-failures"},
		{name: "four failures", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, Failures: 4}}, p: one, allow: true, want: 1},
		{name: "breached", a: Attempt{HasSecondFactor: true, Signals: Signals{Remembered: true, BreachedPassword: true}}, p: one, want: 2, change: true, by: "signin-breached"},
		{name: "risk without a second factor locks nobody out", a: Attempt{Signals: Signals{NewCountry: true, ImpossibleTravel: true, BadReputation: true, Dormant: true, Failures: 9}}, p: one, allow: true, want: 1, notify: true, by: "signin-tell-risk"},
		{name: "breached without a second factor", a: Attempt{Signals: Signals{BreachedPassword: true}}, p: one, allow: true, want: 1, change: true, by: "signin-change-breached"},
		{name: "the first sign-in is no news", a: Attempt{Signals: Signals{FirstSignIn: true, NewDevice: true}}, p: one, allow: true, want: 1},
		{name: "a new device", a: Attempt{Signals: Signals{NewDevice: true}}, p: one, allow: true, want: 1, notify: true, by: "signin-tell-device"},
		{name: "a new network is nothing", a: Attempt{Signals: Signals{NewNetwork: true}}, p: one, allow: true, want: 1},
		{name: "an automated browser alone is nothing", a: Attempt{Signals: Signals{AutomatedBrowser: true}}, p: one, allow: true, want: 1},
		{name: "a guessing program", a: Attempt{Signals: Signals{AutomatedBrowser: true, BadReputation: true, Failures: 10}}, p: three, notify: true, by: "signin-robot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			room, err := New(nil, Options{})
			if err != nil {
				t.Fatal(err)
			}
			h := bench(t, room, c.a)
			v, err := h.judge(c.p)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			if v.Least != nil {
				got = int(v.Least.Level)
			}
			by := c.by == "" || slices.ContainsFunc(v.Reasons, func(r Reason) bool { return r.Policy == c.by && r.Says != "" })
			if v.Allowed != c.allow || got != c.want || v.Notify != c.notify || v.ChangePassword != c.change || !by {
				t.Errorf("got %+v, least %+v", v, v.Least)
			}
			if outcome := map[bool]Outcome{true: Challenged, false: Allowed}[c.want > 1]; c.want > 0 && v.Outcome != outcome || c.want == 0 && v.Outcome != Denied {
				t.Errorf("outcome %s", v.Outcome)
			}
			for _, r := range v.Reasons {
				if deny := v.Outcome == Denied && r.Policy == "signin-robot"; (r.Effect == Deny) != deny {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

// bench is an attempt before the built-in policies and some more.
func bench(t *testing.T, room *Room, a Attempt, more ...string) *hearing {
	t.Helper()
	statements := slices.Clone(room.builtin)
	for i, text := range more {
		own, err := room.parse(PolicyID("apo_"+string(rune('a'+i))), text)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, own...)
	}
	set, err := policy.NewSet(statements...)
	if err != nil {
		t.Fatal(err)
	}
	a.Account = "acc_1"
	return hearingOf(set, nil, a, contexts{})
}

// What policies may ask for beyond a level.
func TestLeastProof(t *testing.T) {
	room, err := New(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const start = `@says("x") forbid (principal, action == Action::"signin", resource) `
	password := Proof{Level: 1, Methods: []string{"pwd"}}
	for _, c := range []struct {
		policy string
		p      Proof
		least  *Proof
	}{
		{`unless { context.phishing_resistant };`, password, &Proof{Level: 2, PhishingResistant: true}},
		{`unless { context.phishing_resistant };`, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}}, &Proof{Level: 2, PhishingResistant: true}},
		{`unless { context.level >= 3 };`, Proof{Level: 2, PhishingResistant: true}, &Proof{Level: 3, PhishingResistant: true}},
		{`unless { context.methods.contains("otp") };`, password, &Proof{Level: 1, Methods: []string{"otp"}}},
		{`unless { context.methods.contains("otp") };`, Proof{Level: 3, PhishingResistant: true, Methods: []string{"hwk"}}, &Proof{Level: 3, PhishingResistant: true, Methods: []string{"otp"}}},
		{`unless { context.methods.contains("mfa") };`, password, &Proof{Level: 2}},
		{`when { context.methods.contains("sms") };`, Proof{Level: 2, Methods: []string{"mfa", "pwd", "sms"}}, nil},
		{`when { context.level == 2 };`, Proof{Level: 2}, &Proof{Level: 3, PhishingResistant: true}},
		{`;`, password, nil},
	} {
		v, err := bench(t, room, Attempt{}, start+c.policy).judge(c.p)
		if err != nil {
			t.Fatal(err)
		}
		if v.Allowed || !reflect.DeepEqual(v.Least, c.least) {
			t.Errorf("%s after %+v: %v, %+v", c.policy, c.p, v.Allowed, v.Least)
		}
		if v.Least != nil && met(v.Least.Want(), c.p) {
			t.Errorf("%s after %+v: what is asked for next is there already", c.policy, c.p)
		}
		if !slices.ContainsFunc(v.Reasons, func(r Reason) bool { return r.Policy == "apo_a" && r.Says == "x" }) {
			t.Errorf("%s gives no reason: %+v", c.policy, v.Reasons)
		}
	}
}

// met is factor.Want.MetBy for a proof.
func met(w factor.Want, p Proof) bool {
	return p.Level >= w.Level && (p.PhishingResistant || !w.PhishingResistant) && (w.Method == "" || slices.Contains(p.Methods, w.Method))
}

// AU10: what a dispatcher asks for after a no is never met by what was proved, whatever tenants
// write: meeting it would let somebody in whom a policy keeps out.
func TestAU10_WhatIsAskedForIsNeverThereAlready(t *testing.T) {
	room, err := New(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	proofs := append(slices.Clone(ladder), Proof{}, Proof{Level: 1, Methods: []string{"pwd"}}, Proof{Level: 1, PhishingResistant: true, Methods: []string{"hwk", "user"}},
		Proof{Level: 1, Methods: []string{"email"}}, Proof{Level: 2, Methods: []string{"mfa", "pwd", "sms"}}, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}})
	conditions := []string{"context.level >= 2", "context.level == 2", "context.level != 1", "context.phishing_resistant", "context.methods.contains(\"otp\")", "context.methods.contains(\"sms\")",
		"context.methods.containsAll([\"otp\", \"pwd\"])", "context.methods.contains(\"hwk\") && context.level < 3", "context.methods.isEmpty()", "context.new_country"}
	asked := 0
	for _, one := range conditions {
		for _, two := range conditions {
			text := `@says("x") forbid (principal, action == Action::"signin", resource) unless { ` + one + ` }; @says("x") forbid (principal, action == Action::"signin", resource) when { ` + two + ` };`
			for _, p := range proofs {
				v, err := bench(t, room, Attempt{HasSecondFactor: true}, text).judge(p)
				if err != nil {
					t.Fatal(err)
				}
				if v.Allowed || v.Least == nil {
					continue
				}
				asked++
				if met(v.Least.Want(), p) {
					t.Errorf("unless %s, when %s: after %+v %+v is asked for", one, two, p, *v.Least)
				}
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d verdicts ask for more", asked)
	}
}

// A proof that is stronger is never asked for more, whatever the circumstances: the built-in
// policies know no way around a factor.
func TestStrongerProofIsNeverAskedForMore(t *testing.T) {
	room, err := New(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for bits := range 1 << 11 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		a := Attempt{HasSecondFactor: on(0), MFAEnforced: on(1), Signals: Signals{Remembered: on(2), NewCountry: on(3), ImpossibleTravel: on(4),
			BadReputation: on(5), Dormant: on(6), BreachedPassword: on(7), AutomatedBrowser: on(8), NewDevice: on(9), FirstSignIn: on(10), Failures: bits % 13}}
		h := bench(t, room, a)
		before := false
		for _, step := range ladder {
			answer, err := h.ask(signIn, step)
			if err != nil || len(answer.Failures) > 0 {
				t.Fatal(err, answer.Failures)
			}
			if before && !answer.Allowed {
				t.Fatalf("%+v: %+v is refused where less was enough", a, step)
			}
			before = answer.Allowed
		}
		if deny := a.AutomatedBrowser && a.BadReputation && a.Failures >= 10; before == deny {
			t.Fatalf("%+v: the strongest proof: %v", a, before)
		}
		risk := a.NewCountry || a.ImpossibleTravel || a.BadReputation || a.Dormant || a.BreachedPassword || a.Failures >= 5
		if answer, _ := h.ask(signIn, ladder[0]); answer.Allowed && (a.MFAEnforced || a.HasSecondFactor && (risk || !a.Remembered)) {
			t.Fatalf("%+v: one factor is enough", a)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	room, err := New(nil, Options{})
	if err != nil {
		b.Fatal(err)
	}
	set, err := policy.NewSet(room.builtin...)
	if err != nil {
		b.Fatal(err)
	}
	a := Attempt{Account: "acc_1", HasSecondFactor: true, Signals: Signals{NewDevice: true, Network: "AS64500", Country: "AT"}}
	for b.Loop() {
		if v, err := hearingOf(set, nil, a, contexts{}).judge(Proof{Level: 1, Methods: []string{"pwd"}}); err != nil || v.Allowed {
			b.Fatal(v, err)
		}
	}
}
