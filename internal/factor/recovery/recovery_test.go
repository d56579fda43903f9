package recovery_test

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
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/factortest"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

type world struct {
	*recovery.Room
	*factortest.World
	bob, eve account.ID
	alone    bool // nobody has a second factor
}

func each(t *testing.T, rules throttle.Rules, fn func(t *testing.T, w *world)) {
	t.Helper()
	factortest.Each(t, func(t *testing.T, base *factortest.World) {
		w := &world{World: base, bob: base.Person("bob"), eve: base.Person("eve")}
		limits, err := throttle.New(w.Guard, factortest.Root, rules, nil)
		if err != nil {
			t.Fatal(err)
		}
		if w.Room, err = recovery.New(w.Guard, factortest.Root, limits, recovery.Hooks{
			Made: func(tx *store.Tx, _ id.Tenant, who account.ID) error { w.Tell(tx, who, "made"); return nil },
			Spent: func(tx *store.Tx, _ id.Tenant, who account.ID, left int) error {
				w.Tell(tx, who, fmt.Sprint("left ", left))
				return nil
			},
			Beside: func(*store.Reader, id.Tenant, account.ID) (bool, error) { return !w.alone, nil },
		}); err != nil {
			t.Fatal(err)
		}
		fn(t, w)
	})
}

func (w *world) begin(who account.ID, kinds ...factor.Kind) interaction.Place {
	w.T.Helper()
	return w.SignIn(interaction.About{}, who, w.Facts(kinds...)...)
}

func (w *world) state(who account.ID) (s recovery.State) {
	w.T.Helper()
	w.Read(func(r *store.Reader) (err error) { s, err = w.State(r, id.Default, who); return err })
	return s
}

func self(who account.ID) caller.Caller {
	return caller.Person(string(who), "ses_here", "aal2", "192.0.2.1", "")
}

// codes makes a set and returns it as it is shown.
func (w *world) codes(who account.ID) []string {
	w.T.Helper()
	if err := w.Make(w.T.Context(), self(who), id.Default, who, "ses_here"); err != nil {
		w.T.Fatal(err)
	}
	return w.shown(who, "ses_here")
}

func (w *world) shown(who account.ID, in session.ID) []string {
	w.T.Helper()
	codes, err := w.Shown(w.T.Context(), id.Default, who, in)
	if err != nil {
		w.T.Fatal(err)
	}
	return codes
}

func (w *world) said(err error) string {
	var refused *recovery.Refused
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

// AU13: each code works once, in whatever case it is typed, for its owner, who is told how many are
// left; the last one ends the set.
func TestAU13_EachCodeWorksOnce(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		codes := w.codes(w.bob)
		if len(codes) != recovery.Codes || w.state(w.bob).Left != recovery.Codes {
			t.Fatalf("%v", codes)
		}
		want := []string{"made bob"}
		for i, code := range codes {
			at := w.begin(w.bob, factor.Password)
			if got := w.try(w.bob, strings.ToLower(strings.ReplaceAll(code, "-", " ")), at); got != "in" {
				t.Fatalf("code %d: %s", i, got)
			}
			if got := w.Interaction(at.Interaction); len(got.Facts) != 2 || got.Facts[1].Kind() != factor.RecoveryCode {
				t.Errorf("facts %+v", got.Facts)
			}
			w.Clock.Advance(20 * time.Minute)
			if got := w.try(w.bob, code, w.begin(w.bob, factor.Password)); got != "wrong_code" {
				t.Errorf("code %d again: %s", i, got)
			}
			w.Clock.Advance(20 * time.Minute)
			left := recovery.Codes - 1 - i
			if got := w.state(w.bob).Left; got != left {
				t.Errorf("%d are left, want %d", got, left)
			}
			want = append(want, fmt.Sprintf("left %d bob", left))
		}
		if !slices.Equal(w.Told(), want) {
			t.Errorf("told %v, want %v", w.Told(), want)
		}
		w.Read(func(r *store.Reader) error {
			enrolled, err := w.Enrolled(r, id.Default, w.bob)
			if enrolled {
				t.Error("an empty set is asked for")
			}
			return err
		})
	})
}

// AU13: one code, fifty requests at once, one success; other codes are left alone.
func TestAU13_OneCodeInParallel(t *testing.T) {
	rules := throttle.Default()
	rules.SecondFactor, rules.Address = throttle.Limit{Emission: time.Millisecond, Burst: 10_000}, throttle.Limit{Emission: time.Millisecond, Burst: 10_000}
	rules.FreeFailures = 100
	each(t, rules, func(t *testing.T, w *world) {
		codes := w.codes(w.bob)
		said := make([]string, 50)
		var wg sync.WaitGroup
		for i := range said {
			at := w.begin(w.bob, factor.Password)
			wg.Go(func() { said[i] = w.try(w.bob, codes[0], at) })
		}
		wg.Wait()
		in := 0
		for _, s := range said {
			if s == "in" {
				in++
			}
		}
		if in != 1 || w.state(w.bob).Left != recovery.Codes-1 {
			t.Errorf("%d successes, %d codes left", in, w.state(w.bob).Left)
		}
	})
}

// AU13: a code opens nobody else's account, nothing without a first factor, and nothing where the
// second factor that it stood in for is gone.
func TestAU13_OwnAccountAndAFirstFactor(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		bobs := w.codes(w.bob)
		w.codes(w.eve)
		for name, got := range map[string]string{
			"another person's":  w.try(w.eve, bobs[0], w.begin(w.eve, factor.Password)),
			"nobody was proved": w.try(w.bob, bobs[0], w.begin("")),
			"only named":        w.try(w.bob, bobs[0], w.begin(w.bob)),
			"other browser":     w.try(w.bob, bobs[0], interaction.Place{Interaction: w.begin(w.bob, factor.Password).Interaction, Browser: []byte("other")}),
		} {
			if got == "in" {
				t.Errorf("%s: %s", name, got)
			}
		}
		w.Clock.Advance(time.Hour)
		w.alone = true
		if got := w.try(w.bob, bobs[0], w.begin(w.bob, factor.Password)); got != "wrong_code" {
			t.Errorf("without a second factor: %s", got)
		}
		if got := w.said(w.Make(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")); got != "no_second_factor" {
			t.Errorf("made without a second factor: %s", got)
		}
		w.alone = false
		if got := w.try(w.bob, bobs[0], w.begin(w.bob, factor.Password)); got != "in" {
			t.Errorf("none of that used the code up: %s", got)
		}
	})
}

func TestAU13_ANewSetEndsTheOld(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		old := w.codes(w.bob)
		fresh := w.codes(w.bob)
		if got := w.try(w.bob, old[0], w.begin(w.bob, factor.Password)); got != "wrong_code" {
			t.Errorf("an old code: %s", got)
		}
		if got := w.try(w.bob, fresh[0], w.begin(w.bob, factor.Password)); got != "in" {
			t.Errorf("a new code: %s", got)
		}
		if err := w.Make(t.Context(), self(w.eve), id.Default, w.bob, "ses_here"); err == nil {
			t.Error("another person made codes")
		}
	})
}

// AU08: guesses at recovery codes run dry like those at other second factors.
func TestAU08_GuessesRunDry(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		codes := w.codes(w.bob)
		at := w.begin(w.bob, factor.Password)
		guesses := 0
		for range 20 {
			if w.try(w.bob, "0000-0000-0000-0000", at) == "wrong_code" {
				guesses++
			}
		}
		if got := w.try(w.bob, codes[0], at); guesses > 5 || got != "throttled" {
			t.Errorf("%d guesses at once, then the right code: %s", guesses, got)
		}
	})
}

// The codes are shown to the session that made them, until it hides them or time is over.
func TestCodesAreShownForAWhile(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		codes := w.codes(w.bob)
		if again := w.shown(w.bob, "ses_here"); !slices.Equal(codes, again) {
			t.Errorf("loaded again: %v", again)
		}
		if other := w.shown(w.bob, "ses_other"); len(other) != 0 {
			t.Errorf("another session sees %v", other)
		}
		if err := w.Hide(t.Context(), self(w.bob), id.Default, w.bob, "ses_here"); err != nil || len(w.shown(w.bob, "ses_here")) != 0 {
			t.Errorf("hidden they are shown: %v", err)
		}
		if err := w.Hide(t.Context(), self(w.bob), id.Default, w.bob, "ses_here"); err != nil {
			t.Errorf("hidden twice: %v", err)
		}
		w.codes(w.bob)
		w.Clock.Advance(recovery.ShowTime)
		if late := w.shown(w.bob, "ses_here"); len(late) != 0 {
			t.Errorf("after their time: %v", late)
		}
	})
}

// No row holds a code in the clear.
func TestCodesAreNotInTheDatabase(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		code := strings.ReplaceAll(w.codes(w.bob)[0], "-", "")
		for _, table := range []string{"credential", "credential_draft"} {
			w.Read(func(r *store.Reader) error {
				rows, err := store.Collect(r, func(row store.Row) (b []byte, err error) { return b, row.Scan(&b) }, "SELECT sealed FROM "+table)
				if len(rows) == 0 {
					t.Errorf("%s is empty", table)
				}
				for _, b := range rows {
					if bytes.Contains(b, []byte(code)) {
						t.Errorf("%s holds a code", table)
					}
				}
				return err
			})
		}
		w.Read(func(r *store.Reader) error { // nor does what is sealed
			c, err := credential.Get(r, factortest.Root, id.Default, w.bob, "recovery_code", credential.Only)
			if bytes.Contains(c.Data, []byte(code)) {
				t.Error("a code stands under the seal")
			}
			return err
		})
	})
}

func TestATenantThatOffersNoCodes(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		if _, err := setting.Update(t.Context(), w.Guard, factortest.Operator, id.Default, "factors", []byte(`{"offered":["password","passkey","totp"]}`), 0); err != nil {
			t.Fatal(err)
		}
		if got := w.said(w.Make(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")); got != "no_second_factor" {
			t.Error(got)
		}
	})
}
