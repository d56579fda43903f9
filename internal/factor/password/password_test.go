package password_test

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
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
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	passwordpolicy "github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var schema = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, session.Migrations, issued.Migrations,
	credential.Migrations, role.Migrations, membership.Migrations, interaction.Migrations, password.Migrations,
}

const (
	good  = "quiet otter paints seven lamps"
	wrong = "quiet otter paints eight lamps"
)

var (
	operator = caller.Local("")
	nobody   = caller.Nobody("192.0.2.1", "")
	binding  = []byte("binding of the browser, 32 bytes")
	here     = netip.MustParseAddr("192.0.2.1")
	hasher   = sync.OnceValues(func() (*argon.Hasher, error) {
		return argon.New(argon.Config{Current: password.Pepper(secret.NewRoot([32]byte{7})), IdleRelease: -1, Wait: time.Second, Queue: 1000})
	})
)

type world struct {
	*password.Room
	t     *testing.T
	g     *guard.Guard
	root  *secret.Root
	clock *clock.Fake
	bob   account.ID
	at    password.Place

	strain password.Strain // of rooms that are made from now on
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts, session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, g: guard.New(s, engine), root: secret.NewRoot([32]byte{7}), clock: fake}
		h, err := hasher()
		if err != nil {
			t.Fatal(err)
		}
		w.Room = w.room(h)
		w.bob = w.create(account.New{Username: "Bob", Email: "bob@mail.example", EmailVerified: true})
		w.set(w.bob, good)
		w.at = w.begin(interaction.About{})
		fn(t, w)
	})
}

func (w *world) room(h *argon.Hasher) *password.Room {
	w.t.Helper()
	rules, err := passwordpolicy.New(0, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	room, err := password.New(w.g, w.root, tenant.NewDirectory(w.g.Store()), password.Options{Hasher: h, Policy: rules, Strain: w.strain})
	if err != nil {
		w.t.Fatal(err)
	}
	return room
}

func (w *world) create(in account.New) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.g, operator, id.Default, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) set(who account.ID, text string) {
	w.t.Helper()
	if err := w.Set(w.t.Context(), operator, id.Default, who, text, false); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.g.Store().Write(w.t.Context(), id.Default, store.Serializable, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) begin(about interaction.About) password.Place {
	w.t.Helper()
	about.Resume, _ = oauth.ParseLocalPath("/account")
	i, err := interaction.New(interaction.Account, about, struct{}{}, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, binding) })
	return password.Place{Interaction: i.ID, Browser: binding}
}

func (w *world) facts(at password.Place) (i interaction.Interaction) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		i, err = interaction.Get(r, id.Default, at.Interaction, binding)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return i
}

func parse(t *testing.T, text string) plaintext.Password {
	t.Helper()
	p, err := plaintext.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// keep ends a sign-in of an account in a browser with a device cookie, and returns the one that the
// browser has then.
func (w *world) keep(who account.ID, cookie string) string {
	w.t.Helper()
	digest, fresh, err := w.LastingDevice(w.t.Context(), id.Default, cookie)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(func(tx *store.Tx) error { return w.KeepDevice(tx, id.Default, who, digest) })
	if fresh.Empty() {
		return cookie
	}
	return fresh.Reveal()
}

// try offers a password and says in a word what came of it.
func (w *world) try(name, text, device string) (string, password.Outcome) {
	w.t.Helper()
	out, err := w.Verify(context.Background(), nobody, id.Default, password.Attempt{Identifier: name, Password: parse(w.t, text), Source: here, Device: device}, w.at)
	var refused *password.Refused
	switch {
	case err == nil:
		return "in", out
	case errors.As(err, &refused):
		return string(refused.Reason), out
	case errors.As(err, new(*argon.ErrBusy)): // passed the lanes and met a machine under load
		return "busy", out
	}
	w.t.Fatal(err)
	return "", out
}

// events are the outcomes in the log as it is written: it is read by position only once no other
// transaction of the database server runs.
func (w *world) events() (out []string) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		out, err = store.Collect(r, func(row store.Row) (string, error) {
			var action, outcome string
			err := row.Scan(&action, &outcome)
			return action + " " + outcome, err
		}, "SELECT action, outcome FROM event WHERE tenant = $1 ORDER BY ord, n", id.Default)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestARightPasswordBecomesAFact(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if got, _ := w.try("bob", wrong, ""); got != "wrong_password" || len(w.facts(w.at).Facts) != 0 {
			t.Fatalf("%s %v", got, w.facts(w.at).Facts)
		}
		got, out := w.try("bob", good, "")
		i := w.facts(w.at)
		if got != "in" || out.Account != w.bob || i.Account != w.bob || len(i.Facts) != 1 || i.Facts[0].Kind() != factor.Password || !i.Facts[0].At().Equal(w.clock.Now()) {
			t.Fatalf("%s %+v %+v", got, out, i)
		}
	})
}

func TestAFactIsOfOnePerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.create(account.New{Username: "eve"})
		w.set(eve, wrong)
		w.try("bob", good, "")
		w.clock.Advance(time.Minute)
		w.try("eve", wrong, "")
		if i := w.facts(w.at); i.Account != eve || len(i.Facts) != 1 || !i.Facts[0].At().Equal(w.clock.Now()) {
			t.Fatalf("%+v", i)
		}
		w.at = w.begin(interaction.About{Account: w.bob}) // only bob will do
		if got, _ := w.try("eve", wrong, ""); got != "wrong_password" || w.facts(w.at).Account != "" {
			t.Fatalf("%s", got)
		}
	})
}

func TestAnotherBrowsersInteractionTakesNoFact(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := w.at
		w.at.Browser = []byte("another browser")
		if got, _ := w.try("bob", good, ""); got != "interaction_gone" || len(w.facts(at).Facts) != 0 {
			t.Fatalf("%s", got)
		}
	})
}

func TestAU06_OneCounterWhateverTheSpelling(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"bob", "BOB", "bob@mail.example", " Bob "} {
			if got, _ := w.try(name, wrong, ""); got != "wrong_password" {
				t.Fatalf("%q: %s", name, got)
			}
		}
		for _, name := range []string{"bob", "bOb", "BOB@MAIL.example", "bob@mail.example"} {
			if got, _ := w.try(name, good, ""); got != "throttled" {
				t.Errorf("%q: %s", name, got)
			}
		}
	})
}

func TestAU07_TenWrongThenRightStillWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 10 {
			w.try("bob", wrong, "")
			w.clock.Advance(10 * time.Minute)
		}
		w.try("bob", wrong, "")
		if got, _ := w.try("bob", good, ""); got != "throttled" {
			t.Fatalf("right password at once: %s", got)
		}
		w.clock.Advance(2 * time.Hour)
		w.at = w.begin(interaction.About{})
		if got, _ := w.try("bob", good, ""); got != "in" {
			t.Fatalf("right password later: %s", got)
		}
		for range 3 { // a success starts over
			if got, _ := w.try("bob", wrong, ""); got != "wrong_password" {
				t.Fatal(got)
			}
		}
	})
}

func TestAU07_ParallelGuessesGainNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		for range 30 {
			wg.Go(func() {
				got, _ := w.try("bob", wrong, "")
				mu.Lock()
				defer mu.Unlock()
				seen[got]++
			})
		}
		wg.Wait()
		if seen["wrong_password"]+seen["busy"] > 5 || seen["throttled"] < 25 {
			t.Fatalf("%v", seen)
		}
	})
}

func TestOwnersAreNotLockedOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.try("bob", good, "")
		device := w.keep(w.bob, "")
		for range 20 {
			w.try("bob", wrong, "")
		}
		if got, _ := w.try("bob", good, ""); got != "throttled" {
			t.Fatalf("a stranger: %s", got)
		}
		if got, _ := w.try("bob", good, device); got != "in" {
			t.Fatalf("the owner: %s", got)
		}
		eve := w.create(account.New{Username: "eve"})
		w.set(eve, wrong)
		if got := w.keep(eve, device); got != device {
			t.Fatal("somebody else at the same browser gets another cookie")
		}
		if made := secret.DeviceCookie.Mint().Reveal(); w.keep(eve, made) == made {
			t.Fatal("a device cookie that we never gave out was accepted")
		}
		// The device has one lane of its own, and a new password forgets it.
		for range 11 {
			w.try("bob", wrong, device)
		}
		if got, _ := w.try("bob", good, device); got != "throttled" {
			t.Fatalf("the device: %s", got)
		}
		w.set(w.bob, good)
		for range 20 {
			w.try("bob", wrong, "")
		}
		if got, _ := w.try("bob", good, device); got != "throttled" {
			t.Fatalf("the device survived a new password: %s", got)
		}
	})
}

func TestOneHundredFailuresStopThePassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.try("bob", good, "")
		device := w.keep(w.bob, "")
		for range 100 {
			w.at = w.begin(interaction.About{})
			if got, _ := w.try("bob", wrong, device); got != "wrong_password" {
				t.Fatal(got)
			}
			w.clock.Advance(10 * time.Minute)
		}
		if got, _ := w.try("bob", good, device); got != "throttled" {
			t.Fatalf("after a hundred: %s", got)
		}
		w.set(w.bob, good)
		if got, _ := w.try("bob", good, ""); got != "in" {
			t.Fatalf("after it was set anew: %s", got)
		}
	})
}

// The four that must not be told apart: same answer, same events, same hashing.
func TestAU18_AU19_SameAnswerAndSameWorkForAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		off, bare := w.create(account.New{Username: "off"}), w.create(account.New{Username: "bare"})
		w.set(off, good)
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, off, tx.Now()) })
		if bare == "" {
			t.Fatal("no account")
		}
		w.try("nobody-at-first", wrong, "") // whatever is made once is made
		w.clock.Advance(24 * time.Hour)
		work := map[string]string{}
		for _, name := range []string{"bob", "nobody-has-this", "off", "bare"} {
			mark := len(w.events())
			var said []string
			for range 6 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				got, _ := w.try(name, wrong, "")
				runtime.ReadMemStats(&after)
				// argon2id's working memory is 19 MiB: one hash or none
				hashes := (after.TotalAlloc - before.TotalAlloc) / (18 << 20)
				said = append(said, got+" "+strings.Repeat("#", int(hashes)))
			}
			work[name] = strings.Join(append(said, w.events()[mark:]...), "\n")
		}
		for name, did := range work {
			if did != work["bob"] {
				t.Errorf("%s:\n%s\nbob:\n%s", name, did, work["bob"])
			}
		}
		if !strings.Contains(work["bob"], "wrong_password #\n") || !strings.Contains(work["bob"], "throttled \n") {
			t.Errorf("the attempts say nothing:\n%s", work["bob"])
		}
		// And the right password of the disabled one is no better than a wrong one.
		w.clock.Advance(24 * time.Hour)
		w.at = w.begin(interaction.About{})
		if got, _ := w.try("off", good, ""); got != "wrong_password" {
			t.Errorf("disabled: %s", got)
		}
	})
}

func TestAU20_EveryCharacterCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		long := strings.Repeat("a quiet otter and 7 lamps; ", 4)[:72]
		w.set(w.bob, long+" ends here")
		if got, _ := w.try("bob", long+" ends there", ""); got != "wrong_password" {
			t.Errorf("only the first 72 bytes count: %s", got)
		}
		if got, _ := w.try("bob", long+" ends here", ""); got != "in" {
			t.Errorf("%s", got)
		}
		if err := w.Set(t.Context(), operator, id.Default, w.bob, strings.Repeat("x1-", 400), false); err == nil {
			t.Error("1200 characters were taken")
		}
	})
}

func TestAU21_NoPasswordIsNoPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(account.New{Username: "sso"})
		for _, text := range []string{"null", "undefined", "nil", "0", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", " "} {
			w.clock.Advance(24 * time.Hour)
			w.at = w.begin(interaction.About{})
			if got, _ := w.try("sso", text, ""); got != "wrong_password" {
				t.Errorf("%q: %s", text, got)
			}
		}
	})
}

func TestOldHashesAreReplaced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		h, err := argon.New(argon.Config{Current: argon.Pepper{ID: "new", Key: w.root.Key("new")}, Previous: []argon.Pepper{password.Pepper(w.root)},
			Params: argon.Params{Memory: 7168, Passes: 5, Threads: 1}, IdleRelease: -1})
		if err != nil {
			t.Fatal(err)
		}
		w.Room = w.room(h)
		stored := func() (c credential.Credential) {
			if err := w.g.Store().Read(t.Context(), id.Default, func(r *store.Reader) (err error) {
				c, err = credential.Get(r, w.root, id.Default, w.bob, "password", credential.Only)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return c
		}
		set := stored()
		w.clock.Advance(time.Hour)
		w.at = w.begin(interaction.About{})
		for range 2 {
			if got, _ := w.try("bob", good, ""); got != "in" {
				t.Fatal(got)
			}
		}
		now := stored()
		if !strings.Contains(string(now.Data), "m=7168,t=5") || now.Version != set.Version+1 || !now.CreatedAt.Equal(set.CreatedAt) {
			t.Errorf("%s, version %d after %d, set %s", now.Data, now.Version, set.Version, now.CreatedAt)
		}
	})
}

func TestAU17_NobodySetsTheStrongersPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.create(account.New{Username: "admin"})
		for who, r := range map[account.ID]policy.Role{w.bob: policy.Owner, admin: policy.Admin} {
			if err := membership.Bind(t.Context(), w.g, operator, id.Default, membership.Role(r), membership.Subject{Account: who}); err != nil {
				t.Fatal(err)
			}
		}
		eve := w.create(account.New{Username: "eve"})
		as := func(who account.ID) caller.Caller { return caller.Person(string(who), "", "aal1", "", "") }
		var denied *guard.Denied
		for _, c := range []struct {
			by, whose account.ID
			ok        bool
		}{{admin, w.bob, false}, {eve, admin, false}, {eve, eve, false}, {admin, eve, true}, {w.bob, admin, true}} {
			err := w.Set(t.Context(), as(c.by), id.Default, c.whose, good, false)
			if c.ok != (err == nil) || !c.ok && !errors.As(err, &denied) {
				t.Errorf("%s sets the password of %s: %v", c.by, c.whose, err)
			}
		}
		err := w.ChangeOwn(t.Context(), as(eve), id.Default, password.Wish{Attempt: password.Attempt{Account: w.bob, Password: parse(t, good), Source: here}, New: "seven lamps paint one otter"})
		if err != nil {
			t.Errorf("eve changes her own: %v", err)
		}
		if got, _ := w.try("bob", good, ""); got != "in" {
			t.Errorf("eve changed bob's: %s", got)
		}
	})
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for text, word := range map[string]string{
			"short": "shorter", "": "empty", "password password": "", "bob@mail.example": "name", "qwertyuiopasdfgh": "",
		} {
			var problem *guard.Problem
			if err := w.Set(t.Context(), operator, id.Default, w.bob, text, false); !errors.As(err, &problem) || problem.Field != "password" || !strings.Contains(problem.Public, word) {
				t.Errorf("%q: %v", text, err)
			}
		}
		if err := w.Set(t.Context(), operator, id.Default, account.NewID(w.clock.Now()), good, false); !errors.Is(err, account.ErrNone) {
			t.Errorf("an account that does not exist: %v", err)
		}
	})
}

func TestChangeNeedsThePresentPasswordAndEndsOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []session.ID
		for range 3 {
			s := session.Session{ID: session.ID(id.New("ses", w.clock.Now())), Account: w.bob, Epoch: 1, Idle: time.Hour, ExpiresAt: w.clock.Now().Add(time.Hour)}
			ids = append(ids, s.ID)
			w.write(func(tx *store.Tx) error { return session.Insert(tx, id.Default, s, []byte(s.ID), nil) })
		}
		person := caller.Person(string(w.bob), string(ids[1]), "aal1", "", "")
		change := func(present, next string) error {
			return w.ChangeOwn(t.Context(), person, id.Default, password.Wish{Attempt: password.Attempt{Password: parse(t, present), Source: here}, New: next, KeepSession: ids[1], EndOthers: true})
		}
		var refused *password.Refused
		if err := change(wrong, "one otter paints nine lamps"); !errors.As(err, &refused) || refused.Reason != password.Wrong {
			t.Fatal(err)
		}
		if err := change(good, good); !errors.As(err, &refused) || refused.Reason != password.Same {
			t.Fatal(err)
		}
		var weak *passwordpolicy.Refusal
		if err := change(good, "short"); !errors.As(err, &weak) {
			t.Fatal(err)
		}
		if err := change(good, "one otter paints nine lamps"); err != nil {
			t.Fatal(err)
		}
		var left []session.Session
		if err := w.g.Store().Read(t.Context(), id.Default, func(r *store.Reader) (err error) {
			left, err = session.OfAccount(r, id.Default, w.bob, 10)
			return err
		}); err != nil || len(left) != 1 || left[0].ID != ids[1] {
			t.Fatalf("%v %v", left, err)
		}
		if got, _ := w.try("bob", "one otter paints nine lamps", ""); got != "in" {
			t.Fatal(got)
		}
		for range 10 { // guessing there is throttled like anywhere else
			_ = change(wrong, "another otter paints nine lamps")
		}
		if err := change("one otter paints nine lamps", "another otter paints nine lamps"); !errors.As(err, &refused) || refused.Reason != password.Throttled {
			t.Fatal(err)
		}
	})
}

func TestSweepLeavesWhatStillCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.try("bob", good, "")
		w.keep(w.bob, "")
		w.try("eve", wrong, "")
		w.clock.Advance(time.Hour)
		if n := w.sweep(); n != 5 { // bob's account and network, eve's, and the address
			t.Errorf("swept %d rows", n)
		}
		w.clock.Advance(password.DeviceLife)
		if n := w.sweep(); n != 2 { // eve's failure and bob's device
			t.Errorf("swept %d rows", n)
		}
	})
}

// sweep walks over the room's tables once and returns how many rows it deleted.
func (w *world) sweep() (n int64) {
	for _, s := range password.Sweeps {
		sweeper := store.NewSweeper(s)
		w.write(func(tx *store.Tx) error {
			gone, _, err := sweeper.Look(tx.Read())
			if err != nil || !gone {
				return err
			}
			deleted, err := sweeper.Delete(tx)
			n += deleted
			return err
		})
	}
	return n
}
