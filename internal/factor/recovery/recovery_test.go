package recovery_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
)

var (
	schema = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, session.Migrations,
		credential.Migrations, role.Migrations, membership.Migrations, interaction.Migrations, throttle.Migrations, setting.Migrations}
	root     = secret.NewRoot([32]byte{7})
	operator = caller.Local("")
	nobody   = caller.Nobody("192.0.2.1", "")
	binding  = []byte("binding of the browser, 32 bytes")
	here     = netip.MustParseAddr("192.0.2.1")
)

type world struct {
	*recovery.Room
	t        *testing.T
	g        *guard.Guard
	clock    *clock.Fake
	bob, eve account.ID
	mu       sync.Mutex
	told     []string
	alone    bool // nobody has a second factor
}

func each(t *testing.T, rules throttle.Rules, fn func(t *testing.T, w *world)) {
	t.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts, session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, g: guard.New(s, engine), clock: fake}
		limits, err := throttle.New(w.g, root, rules, nil)
		if err != nil {
			t.Fatal(err)
		}
		if w.Room, err = recovery.New(w.g, root, limits, recovery.Hooks{
			Made: func(_ *store.Tx, _ id.Tenant, who account.ID) error { w.tell("made", who); return nil },
			Spent: func(_ *store.Tx, _ id.Tenant, who account.ID, left int) error {
				w.tell(fmt.Sprint("left ", left), who)
				return nil
			},
			Beside: func(*store.Reader, id.Tenant, account.ID) (bool, error) { return !w.alone, nil },
		}); err != nil {
			t.Fatal(err)
		}
		w.bob, w.eve = w.person("bob"), w.person("eve")
		fn(t, w)
	})
}

// tell may run more often than it commits; each line is kept once.
func (w *world) tell(what string, who account.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := map[account.ID]string{w.bob: "bob", w.eve: "eve"}[who]
	if line := what + " " + name; !slices.Contains(w.told, line) {
		w.told = append(w.told, line)
	}
}

func (w *world) person(name string) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.g, operator, id.Default, account.New{Username: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) begin(who account.ID, kinds ...factor.Kind) interaction.Place {
	w.t.Helper()
	about := interaction.About{}
	about.Resume, _ = oauth.ParseLocalPath("/account")
	i, err := interaction.New(interaction.Account, about, struct{}{}, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, k := range kinds {
		i.Facts = append(i.Facts, factor.Proved(k, w.clock.Now()))
	}
	i.Account = who
	if err := w.g.Store().Write(w.t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, binding) }); err != nil {
		w.t.Fatal(err)
	}
	return interaction.Place{Interaction: i.ID, Browser: binding}
}

func (w *world) read(fn func(*store.Reader) error) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) state(who account.ID) (s recovery.State) {
	w.t.Helper()
	w.read(func(r *store.Reader) (err error) { s, err = w.State(r, id.Default, who); return err })
	return s
}

func self(who account.ID) caller.Caller {
	return caller.Person(string(who), "ses_here", "aal2", "192.0.2.1", "")
}

// codes makes a set and returns it as it is shown.
func (w *world) codes(who account.ID) []string {
	w.t.Helper()
	if err := w.Make(w.t.Context(), self(who), id.Default, who, "ses_here"); err != nil {
		w.t.Fatal(err)
	}
	return w.shown(who, "ses_here")
}

func (w *world) shown(who account.ID, in session.ID) []string {
	w.t.Helper()
	codes, err := w.Shown(w.t.Context(), id.Default, who, in)
	if err != nil {
		w.t.Fatal(err)
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
	w.t.Error(err)
	return ""
}

func (w *world) try(who account.ID, code string, at interaction.Place) string {
	w.t.Helper()
	return w.said(w.Verify(w.t.Context(), nobody, id.Default, who, code, here, at))
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
			w.read(func(r *store.Reader) error {
				got, err := interaction.Get(r, id.Default, at.Interaction, binding)
				if len(got.Facts) != 2 || got.Facts[1].Kind() != factor.RecoveryCode {
					t.Errorf("facts %+v", got.Facts)
				}
				return err
			})
			w.clock.Advance(20 * time.Minute)
			if got := w.try(w.bob, code, w.begin(w.bob, factor.Password)); got != "wrong_code" {
				t.Errorf("code %d again: %s", i, got)
			}
			w.clock.Advance(20 * time.Minute)
			left := recovery.Codes - 1 - i
			if got := w.state(w.bob).Left; got != left {
				t.Errorf("%d are left, want %d", got, left)
			}
			want = append(want, fmt.Sprintf("left %d bob", left))
		}
		if !slices.Equal(w.told, want) {
			t.Errorf("told %v, want %v", w.told, want)
		}
		w.read(func(r *store.Reader) error {
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
		w.clock.Advance(time.Hour)
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
		w.clock.Advance(recovery.ShowTime)
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
			w.read(func(r *store.Reader) error {
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
		w.read(func(r *store.Reader) error { // nor does what is sealed
			c, err := credential.Get(r, root, id.Default, w.bob, "recovery_code", credential.Only)
			if bytes.Contains(c.Data, []byte(code)) {
				t.Error("a code stands under the seal")
			}
			return err
		})
	})
}

func TestATenantThatOffersNoCodes(t *testing.T) {
	each(t, throttle.Rules{}, func(t *testing.T, w *world) {
		if _, err := setting.Update(t.Context(), w.g, operator, id.Default, "factors", []byte(`{"offered":["password","passkey","totp"]}`), 0); err != nil {
			t.Fatal(err)
		}
		if got := w.said(w.Make(t.Context(), self(w.bob), id.Default, w.bob, "ses_here")); got != "no_second_factor" {
			t.Error(got)
		}
	})
}
