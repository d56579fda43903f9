package totp_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/factortest"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

type world struct {
	*totp.Room
	*factortest.World
	bob, eve account.ID
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	eachWith(t, throttle.Rules{}, fn)
}

func eachWith(t *testing.T, rules throttle.Rules, fn func(t *testing.T, w *world)) {
	t.Helper()
	factortest.Each(t, func(t *testing.T, base *factortest.World) {
		w := &world{World: base, bob: base.Person("bob"), eve: base.Person("eve")}
		hook := func(what string) totp.Hook {
			return func(tx *store.Tx, _ id.Tenant, who account.ID) error { w.Tell(tx, who, what); return nil }
		}
		limits, err := throttle.New(w.Guard, factortest.Root, rules, func(tx *store.Tx, _ id.Tenant, who account.ID, kind factor.Kind, n int) error {
			w.Tell(tx, who, fmt.Sprint(kind, " failed ", n))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if w.Room, err = totp.New(w.Guard, factortest.Root, limits, totp.Hooks{Added: hook("added"), Removed: hook("removed")}); err != nil {
			t.Fatal(err)
		}
		fn(t, w)
	})
}

// begin starts an interaction in which who has proved the facts.
func (w *world) begin(who account.ID, kinds ...factor.Kind) interaction.Place {
	w.T.Helper()
	return w.SignIn(interaction.About{}, who, w.Facts(kinds...)...)
}

func (w *world) kinds(at interaction.Place) (out []string) {
	w.T.Helper()
	for _, f := range w.Interaction(at.Interaction).Facts {
		out = append(out, string(f.Kind()))
	}
	return out
}

func self(who account.ID) caller.Caller {
	return caller.Person(string(who), "ses_here", "aal2", "192.0.2.1", "")
}

// enrol gives a person an app and steps on, so that its first code is over.
func (w *world) enrol(who account.ID) totp.Setup {
	w.T.Helper()
	s, err := w.Begin(w.T.Context(), self(who), id.Default, who, "ses_here")
	if err == nil {
		err = w.Add(w.T.Context(), self(who), id.Default, who, "ses_here", s.Code(w.Clock.Now()))
	}
	if err != nil {
		w.T.Fatal(err)
	}
	w.Clock.Advance(2 * totp.Period)
	return s
}

// said is what came of an attempt, in a word.
func (w *world) said(err error) string {
	var refused *totp.Refused
	var slow *throttle.Refused
	switch {
	case err == nil:
		return "in"
	case errors.As(err, &refused):
		return refused.RefusalCode()
	case errors.As(err, &slow):
		return slow.RefusalCode()
	}
	w.T.Error(err)
	return ""
}

func (w *world) try(who account.ID, code string, at interaction.Place) string {
	w.T.Helper()
	return w.said(w.Verify(w.T.Context(), factortest.Nobody, id.Default, who, code, factortest.Here, at))
}

func TestARightCodeBecomesAFact(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.enrol(w.bob)
		at := w.begin(w.bob, factor.Password)
		if got := w.try(w.bob, "000000", at); got != "wrong_code" && s.Code(w.Clock.Now()) != "000000" {
			t.Fatal(got)
		}
		if got := w.kinds(at); !slices.Equal(got, []string{"password"}) {
			t.Fatalf("after a wrong code: %v", got)
		}
		code := s.Code(w.Clock.Now())
		if got := w.try(w.bob, code[:3]+" "+code[3:], at); got != "in" {
			t.Fatal(got)
		}
		if i := w.Interaction(at.Interaction); len(i.Facts) != 2 || i.Facts[1].Kind() != factor.TOTP || i.Facts[1].Failures() != 1 || !i.Facts[1].At().Equal(w.Clock.Now()) {
			t.Errorf("facts %+v", i.Facts)
		}
		w.Read(func(r *store.Reader) error {
			state, err := w.State(r, id.Default, w.bob)
			if !state.Used.Equal(w.Clock.Now()) || state.Since.IsZero() {
				t.Errorf("%+v", state)
			}
			return err
		})
	})
}

// AU09: the same code a hundred times in parallel is right once, then never again; nor is an older
// one that was not used.
func TestAU09_ACodeIsUsedOnce(t *testing.T) {
	rules := throttle.Default()
	rules.SecondFactor, rules.Address = throttle.Limit{Emission: time.Millisecond, Burst: 10_000}, throttle.Limit{Emission: time.Millisecond, Burst: 10_000}
	eachWith(t, rules, func(t *testing.T, w *world) {
		s := w.enrol(w.bob)
		older, code := s.Code(w.Clock.Now().Add(-totp.Period)), s.Code(w.Clock.Now())
		places := make([]interaction.Place, 100)
		for i := range places {
			places[i] = w.begin(w.bob, factor.Password)
		}
		var wg sync.WaitGroup
		said := make([]string, len(places))
		for i := range places {
			wg.Go(func() { said[i] = w.try(w.bob, code, places[i]) })
		}
		wg.Wait()
		in, facts := 0, 0
		for i := range places {
			if said[i] == "in" {
				in++
			}
			if slices.Contains(w.kinds(places[i]), "totp") {
				facts++
			}
		}
		if in != 1 || facts != 1 {
			t.Errorf("%d successes, %d facts", in, facts)
		}
		at := w.begin(w.bob, factor.Password)
		for name, text := range map[string]string{"the code again": code, "the one before": older} {
			if got := w.try(w.bob, text, at); got == "in" {
				t.Errorf("%s: %s", name, got)
			}
		}
		w.Clock.Advance(totp.Period)
		if got := w.try(w.bob, code, at); got == "in" {
			t.Errorf("the code in the next step: %s", got)
		}
		if got := w.try(w.bob, s.Code(w.Clock.Now()), at); got != "in" {
			t.Errorf("the next code: %s", got)
		}
	})
}

// AU09: the code that confirmed the app is used up by that.
func TestAU09_TheFirstCodeSignsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s, err := w.Begin(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")
		if err != nil {
			t.Fatal(err)
		}
		code := s.Code(w.Clock.Now())
		if err := w.Add(t.Context(), self(w.bob), id.Default, w.bob, "ses_here", code); err != nil {
			t.Fatal(err)
		}
		if got := w.try(w.bob, code, w.begin(w.bob, factor.Password)); got != "used_code" {
			t.Error(got)
		}
	})
}

// AU08: guesses at codes run dry, the right code waits too, and the owner is told.
func TestAU08_GuessesRunDry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.enrol(w.bob)
		at := w.begin(w.bob, factor.Password)
		guesses := 0
		for i := range 90 {
			if got := w.try(w.bob, fmt.Sprintf("%06d", i), at); got == "wrong_code" {
				guesses++
			}
			w.Clock.Advance(10 * time.Second)
		}
		if guesses < 5 || guesses > 10 {
			t.Errorf("%d guesses in 15 minutes", guesses)
		}
		w.try(w.bob, "000000", at)
		if got := w.try(w.bob, s.Code(w.Clock.Now()), at); got != "throttled" {
			t.Errorf("the right code: %s", got)
		}
		for range 10 {
			w.Clock.Advance(20 * time.Minute)
			w.try(w.bob, "000000", w.begin(w.bob, factor.Password))
		}
		if !slices.Contains(w.Told(), "totp failed 10 bob") {
			t.Errorf("told %v", w.Told())
		}
	})
}

// A code counts only beside a first factor of the same person, in the browser that asked.
func TestAU10_NoCodeWithoutAFirstFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.enrol(w.bob)
		for name, at := range map[string]interaction.Place{
			"nobody was proved":      w.begin(""),
			"only named":             w.begin(w.bob),
			"another person's facts": w.begin(w.eve, factor.Password),
			"another browser":        {Interaction: w.begin(w.bob, factor.Password).Interaction, Browser: []byte("another")},
			"no interaction":         {Interaction: "int_none", Browser: factortest.Browser},
			"a session that is none": {Interaction: w.begin("").Interaction, Browser: factortest.Browser, Session: "ses_none"},
		} {
			if got := w.try(w.bob, s.Code(w.Clock.Now()), at); got != "interaction_gone" {
				t.Errorf("%s: %s", name, got)
			}
			w.Clock.Advance(20 * time.Minute)
		}
	})
}

// A session of the person is a first factor too: what a step-up adds to.
func TestACodeBesideTheSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		setup := w.enrol(w.bob)
		w.Write(func(tx *store.Tx) error {
			for who, name := range map[account.ID]session.ID{w.bob: "ses_bob", w.eve: "ses_eve"} {
				limit := session.Limit{Idle: time.Hour, Absolute: time.Hour}
				s := session.Session{ID: name, Account: who, Facts: []factor.Fact{factor.Proved(factor.Password, tx.Now())}, Idle: limit.Idle, ExpiresAt: tx.Now().Add(limit.Absolute), StrongUntil: tx.Now().Add(limit.Absolute), StrongIdle: limit.Idle}
				var err error
				if s.Epoch, err = account.Active(tx.Read(), id.Default, who); err != nil {
					return err
				}
				if err := session.Insert(tx, id.Default, s, []byte(name), nil); err != nil {
					return err
				}
			}
			return nil
		})
		at := w.begin("")
		at.Session = "ses_eve"
		if got := w.try(w.bob, setup.Code(w.Clock.Now()), at); got != "interaction_gone" {
			t.Errorf("beside another's session: %s", got)
		}
		at.Session = "ses_bob"
		if got := w.try(w.bob, setup.Code(w.Clock.Now()), at); got != "in" || !slices.Equal(w.kinds(at), []string{"totp"}) {
			t.Errorf("%s %v", got, w.kinds(at))
		}
	})
}

func TestOnlyTheOwnAppCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.enrol(w.eve)
		if got := w.try(w.bob, s.Code(w.Clock.Now()), w.begin(w.bob, factor.Password)); got != "wrong_code" {
			t.Errorf("without an app: %s", got)
		}
		w.enrol(w.bob)
		if got := w.try(w.bob, s.Code(w.Clock.Now()), w.begin(w.bob, factor.Password)); got != "wrong_code" {
			t.Errorf("with another's app: %s", got)
		}
	})
}

func TestSettingUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, me := t.Context(), self(w.bob)
		first, err := w.Begin(ctx, me, id.Default, w.bob, "ses_here")
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Begin(ctx, me, id.Default, w.bob, "ses_here")
		if err != nil || !slices.Equal(first.Groups(), again.Groups()) {
			t.Fatalf("loaded again it is another seed: %v", err)
		}
		elsewhere, err := w.Begin(ctx, me, id.Default, w.bob, "ses_there")
		if err != nil || slices.Equal(first.Groups(), elsewhere.Groups()) {
			t.Fatalf("another session sees the seed: %v", err)
		}
		code := first.Code(w.Clock.Now())
		for name, got := range map[string]string{
			"a wrong code":     w.said(w.Add(ctx, me, id.Default, w.bob, "ses_here", elsewhere.Code(w.Clock.Now()))),
			"nothing":          w.said(w.Add(ctx, me, id.Default, w.bob, "ses_here", "")),
			"another session":  w.said(w.Add(ctx, me, id.Default, w.bob, "ses_other", code)),
			"before it counts": w.try(w.bob, code, w.begin(w.bob, factor.Password)),
		} {
			if got == "in" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if err := w.Add(ctx, self(w.eve), id.Default, w.bob, "ses_here", code); err == nil || w.enrolled(w.bob) {
			t.Fatalf("another person confirmed it: %v", err)
		}
		if got := w.said(w.Add(ctx, me, id.Default, w.bob, "ses_here", code)); got != "in" || !w.enrolled(w.bob) {
			t.Fatal(got)
		}
		if got := w.said(w.Add(ctx, me, id.Default, w.bob, "ses_here", code)); got != "setup_expired" {
			t.Errorf("confirmed twice: %s", got)
		}
		w.Clock.Advance(totp.SetupTime)
		if got := w.said(w.Add(ctx, me, id.Default, w.bob, "ses_there", elsewhere.Code(w.Clock.Now()))); got != "setup_expired" {
			t.Errorf("too late: %s", got)
		}
		if !slices.Equal(w.Told(), []string{"added bob"}) {
			t.Errorf("told %v", w.Told())
		}
	})
}

func (w *world) enrolled(who account.ID) (yes bool) {
	w.T.Helper()
	w.Read(func(r *store.Reader) (err error) { yes, err = w.Enrolled(r, id.Default, who); return err })
	return yes
}

// Set up anew, the old app's codes are worthless, and one that had stopped goes on (N5).
func TestN5_BoundAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.enrol(w.bob)
		for range 100 {
			w.Clock.Advance(2 * time.Hour)
			w.try(w.bob, "000000", w.begin(w.bob, factor.Password))
		}
		if got := w.try(w.bob, old.Code(w.Clock.Now()), w.begin(w.bob, factor.Password)); got != "stopped" {
			t.Fatalf("after a hundred failures: %s", got)
		}
		fresh := w.enrol(w.bob)
		at := w.begin(w.bob, factor.Password)
		if got := w.try(w.bob, old.Code(w.Clock.Now()), at); got != "wrong_code" {
			t.Errorf("the old app: %s", got)
		}
		if got := w.try(w.bob, fresh.Code(w.Clock.Now()), at); got != "in" {
			t.Errorf("the new app: %s", got)
		}
	})
}

func TestRemoving(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.enrol(w.bob)
		if err := w.Remove(t.Context(), self(w.eve), id.Default, w.bob); err == nil || !w.enrolled(w.bob) {
			t.Fatalf("another person removed it: %v", err)
		}
		if err := w.Remove(t.Context(), self(w.bob), id.Default, w.bob); err != nil || w.enrolled(w.bob) {
			t.Fatal(err)
		}
		if got := w.said(w.Remove(t.Context(), self(w.bob), id.Default, w.bob)); got != "no_authenticator" {
			t.Error(got)
		}
		if got := w.try(w.bob, s.Code(w.Clock.Now()), w.begin(w.bob, factor.Password)); got != "wrong_code" {
			t.Errorf("the removed app: %s", got)
		}
		if !slices.Equal(w.Told(), []string{"added bob", "removed bob"}) {
			t.Errorf("told %v", w.Told())
		}
	})
}

// A sign-in that asks for it enrols; the code proves the factor at once. Whoever has an app, or
// has proved nothing, cannot come in that way (AU12).
func TestAU12_EnrollingInASignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		enrol := func(who account.ID, at interaction.Place) string {
			s, err := w.Begin(t.Context(), factortest.Nobody, id.Default, who, string(at.Interaction))
			if err != nil {
				t.Fatal(err)
			}
			return w.said(w.Enrol(t.Context(), factortest.Nobody, id.Default, who, s.Code(w.Clock.Now()), at))
		}
		if got := enrol(w.bob, w.begin("")); got != "interaction_gone" || w.enrolled(w.bob) {
			t.Errorf("nothing proved: %s", got)
		}
		if got := enrol(w.bob, w.begin(w.eve, factor.Password)); got != "interaction_gone" || w.enrolled(w.bob) {
			t.Errorf("another person's sign-in: %s", got)
		}
		at := w.begin(w.bob, factor.Password)
		if got := enrol(w.bob, at); got != "in" || !slices.Equal(w.kinds(at), []string{"password", "totp"}) {
			t.Errorf("%s %v", got, w.kinds(at))
		}
		if got := enrol(w.bob, w.begin(w.bob, factor.Password)); got != "has_authenticator" {
			t.Errorf("a second time: %s", got)
		}
		if !slices.Equal(w.Told(), []string{"added bob"}) {
			t.Errorf("told %v", w.Told())
		}
	})
}

// The database holds no seed in the clear, neither a draft nor the app's.
func TestTheSeedIsSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s, err := w.Begin(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")
		if err != nil {
			t.Fatal(err)
		}
		look := func(table string) {
			w.Read(func(r *store.Reader) error {
				rows, err := store.Collect(r, func(row store.Row) (b []byte, err error) { return b, row.Scan(&b) }, "SELECT sealed FROM "+table)
				if len(rows) == 0 {
					t.Errorf("%s is empty", table)
				}
				for _, b := range rows {
					if bytes.Contains(b, []byte(strings.Join(s.Groups(), ""))) || bytes.Contains(b, s.Seed()) {
						t.Errorf("%s holds the seed", table)
					}
				}
				return err
			})
		}
		look("credential_draft")
		if err := w.Add(t.Context(), self(w.bob), id.Default, w.bob, "ses_here", s.Code(w.Clock.Now())); err != nil {
			t.Fatal(err)
		}
		look("credential")
	})
}

// What the tenant does not offer cannot be set up, not even where it was begun before.
func TestATenantThatOffersNoApps(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s, err := w.Begin(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := setting.Update(t.Context(), w.Guard, factortest.Operator, id.Default, "factors", []byte(`{"offered":["password","passkey"]}`), 0); err != nil {
			t.Fatal(err)
		}
		if got := w.said(w.Add(t.Context(), self(w.bob), id.Default, w.bob, "ses_here", s.Code(w.Clock.Now()))); got != "not_offered" || w.enrolled(w.bob) {
			t.Errorf("confirmed: %s", got)
		}
		if _, err := w.Begin(t.Context(), self(w.bob), id.Default, w.bob, "ses_there"); w.said(err) != "not_offered" {
			t.Errorf("begun: %v", err)
		}
	})
}
