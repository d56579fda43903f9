package assurance

import (
	"strings"
	"testing"
	"time"
)

func (w *world) simulate(c Candidate) Simulation {
	w.t.Helper()
	s, err := w.room.Simulate(w.t.Context(), operator, here, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestSimulate(t *testing.T) {
	each(t, operatorFiles(t), func(w *world) {
		if s := w.simulate(Candidate{Source: passkey("principal", "resource")}); s.Attempts != 0 || len(s.Counts) != 0 {
			w.t.Errorf("nobody signed in: %+v", s)
		}
		w.signIn(Source{Address: vienna, DeviceKnown: true}, Attempt{}, password) // too long ago
		w.now = w.now.Add(Kept + time.Second)
		oldest := w.now
		for range 3 {
			w.signIn(Source{Address: vienna, DeviceKnown: true}, Attempt{}, password)
			w.now = w.now.Add(24 * time.Hour)
		}
		w.signIn(Source{Address: vienna}, Attempt{HasSecondFactor: true}, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}}) // a new device
		synced := Proof{Level: 2, PhishingResistant: true, Methods: []string{"mfa", "swk", "user"}}
		byKey, _ := w.signIn(Source{Address: vienna, DeviceKnown: true}, Attempt{HasSecondFactor: true}, synced)
		w.now = w.now.Add(24 * time.Hour)
		robot, v := w.signIn(Source{Address: nobody, Automated: true, Failures: 12}, Attempt{}, password)
		if v.Allowed || v.Least != nil || v.Outcome != Denied {
			w.t.Fatalf("%+v", v)
		}
		before := w.simulate(Candidate{Source: strings.Replace(passkey("principal", "resource"), "context.phishing_resistant", "true", 1)})
		if before.Attempts != 6 || before.Stopped != 0 || len(before.Examples) != 0 || !before.Since.Equal(oldest) || before.Partial {
			w.t.Errorf("a policy that never matches: %+v", before)
		}

		s := w.simulate(Candidate{Source: passkey("principal", "resource")})
		counts := map[[2]Outcome]Count{}
		for _, c := range s.Counts {
			counts[[2]Outcome{c.Was, c.WouldBe}] = c
		}
		if s.Attempts != 6 || len(counts) != 3 || counts[[2]Outcome{Allowed, Challenged}].Attempts != 3 || counts[[2]Outcome{Challenged, Challenged}].Attempts != 2 || counts[[2]Outcome{Denied, Denied}].Attempts != 1 {
			w.t.Errorf("%+v", s.Counts)
		}
		if c := counts[[2]Outcome{Challenged, Challenged}]; c.WasTold != 1 || c.WouldBeTold != 1 {
			w.t.Errorf("%+v", c)
		}
		// Three by password and one by an authenticator app got in and would have had to prove more.
		if s.Stopped != 4 || len(s.Examples) != 4 {
			w.t.Errorf("stopped %d, %+v", s.Stopped, s.Examples)
		}
		for _, e := range s.Examples {
			if e.ID == byKey || e.ID == robot || !e.Stopped || e.WouldBe != Challenged || e.Account != w.anna || e.Client != "account" ||
				len(e.Because) == 0 || e.Because[len(e.Because)-1] != "Payroll asks for a passkey." && e.Because[0] != "Payroll asks for a passkey." {
				w.t.Errorf("%+v", e)
			}
		}

		// Without a policy, and with one in its place.
		if s := w.simulate(Candidate{Instead: "signin-robot"}); len(s.Examples) != 1 || s.Examples[0].ID != robot || s.Examples[0].Was != Denied || s.Examples[0].WouldBe != Allowed || s.Stopped != 0 {
			w.t.Errorf("without signin-robot: %+v", s)
		}
		stricter := `@says("Programs get nowhere.") forbid (principal, action == Action::"signin", resource) when { context.automated_browser };`
		if s := w.simulate(Candidate{Source: stricter, Instead: "signin-robot"}); len(s.Examples) != 0 || s.Attempts != 6 {
			w.t.Errorf("in the place of signin-robot: %+v", s)
		}
		if w.decide(Attempt{}, password).Outcome != Allowed {
			w.t.Error("a simulation changed the policies")
		}
		for i, c := range []struct {
			try         Candidate
			code, words string
		}{
			{Candidate{}, "invalid", "1 to 20 statements"},
			{Candidate{Source: "x"}, "invalid", "line 1"},
			{Candidate{Instead: "signin-nothing"}, "not_found", "policy"},
			{Candidate{Instead: floor}, "conflict", "floor"},
			{Candidate{Source: passkey(`principal in Group::"nobody"`, "resource")}, "invalid", "nobody"},
		} {
			_, err := w.room.Simulate(w.t.Context(), operator, here, c.try)
			if err == nil {
				w.t.Errorf("%d was taken", i)
			}
			refused(w.t, err, c.code, c.words)
		}
	})
}

func TestExplainSaysWhyInPlainWords(t *testing.T) {
	each(t, operatorFiles(t), func(w *world) {
		w.signIn(Source{Address: vienna, DeviceKnown: true}, Attempt{}, password)
		w.now = w.now.Add(time.Hour)
		for _, c := range []struct {
			name string
			s    Source
			a    Attempt
			p    Proof
			want []string
			not  []string
		}{
			{"as always", Source{Address: vienna, DeviceKnown: true}, Attempt{}, password,
				[]string{"wanted to sign in to the pages of Cardea as anna (acc_", "They came from Vienna, AT, address 198.51.100.7, network AS64500, by a phone.",
					"No policy asked for more than one factor.", "Proved: one factor (AAL1): pwd.", "The sign-in succeeded: session ses_1."},
				[]string{"because"}},
			{"challenged", Source{Address: tokyo, Failures: 5}, Attempt{HasSecondFactor: true, Client: "cli_gone"}, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}},
				[]string{"sign in to the application cli_gone, which is no longer there, as anna", "The person had not signed in by this browser before.",
					"Nobody gets here so soon", "Failed attempts since the last that succeeded: 5.", "More than one factor was asked for, because:",
					"- A sign-in from a country that is new for the person asks for the second factor. (policy signin-new-country)",
					"Proved: two factors (AAL2): mfa, otp, pwd.", "The person was to be told, because:", "- The person is told of a sign-in from a device that is new for them. (policy signin-tell-device)"},
				[]string{"refused", "another password"}},
			{"refused", Source{Address: vienna, DeviceKnown: true, Breached: true}, Attempt{MFAEnforced: true}, password,
				[]string{"- Everybody here signs in with a second factor. (policy signin-enforced)", "The sign-in was refused.", "The person had to choose another password, because:"}, []string{"succeeded: session"}},
			{"denied", Source{Address: nobody, Automated: true, Failures: 20}, Attempt{}, password,
				[]string{"Nothing would have been enough, because:", "- A program that guesses passwords", "The address is on the list", "The browser looks like a program."}, []string{"More than one factor"}},
		} {
			w.now = w.now.Add(time.Second)
			id, _ := w.signIn(c.s, c.a, c.p)
			s, why, err := w.room.Explain(w.t.Context(), operator, here, id)
			if err != nil || s.ID != id {
				w.t.Fatal(err)
			}
			text := strings.Join(why, "\n")
			for _, words := range c.want {
				if !strings.Contains(text, words) {
					w.t.Errorf("%s: %q is not in\n%s", c.name, words, text)
				}
			}
			for _, words := range c.not {
				if strings.Contains(text, words) {
					w.t.Errorf("%s: %q is in\n%s", c.name, words, text)
				}
			}
		}
		list, err := w.room.SignIns(w.t.Context(), operator, here, w.anna, "", 3)
		if err != nil || len(list) != 3 || list[0].ID <= list[1].ID || list[0].Outcome != Denied {
			w.t.Errorf("%+v, %v", list, err)
		}
		rest, err := w.room.SignIns(w.t.Context(), operator, here, "", list[2].ID, 10)
		if err != nil || len(rest) != 2 {
			w.t.Errorf("%d more, %v", len(rest), err)
		}
		for _, id := range []SignInID{"", "att_x", "att_00000000000000000000000000"} {
			_, _, err := w.room.Explain(w.t.Context(), operator, here, id)
			refused(w.t, err, "not_found", "30 days")
		}
	})
}
