package throttle_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
)

var (
	schema = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, session.Migrations, role.Migrations, membership.Migrations, throttle.Migrations}
	nobody = caller.Nobody("192.0.2.1", "")
	here   = netip.MustParseAddr("192.0.2.1")
)

type world struct {
	*throttle.Room
	t      *testing.T
	g      *guard.Guard
	clock  *clock.Fake
	mu     sync.Mutex
	warned []string
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts, session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, g: guard.New(s, engine), clock: fake}
		w.Room = w.node()
		fn(t, w)
	})
}

// node is the room of one more node over the same database.
func (w *world) node() *throttle.Room {
	w.t.Helper()
	room, err := throttle.New(w.g, secret.NewRoot([32]byte{7}), throttle.Rules{}, func(_ *store.Tx, _ id.Tenant, who account.ID, kind factor.Kind, failures int) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.warned = append(w.warned, fmt.Sprint(who, " ", kind, " ", failures))
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return room
}

var of = guard.Declare[account.ID, guard.None]("test.code", guard.Public, "Check a code in a test")

// offer offers a code at a node and says in a word what came of it.
func (w *world) offer(room *throttle.Room, try throttle.Try, right bool) string {
	err := room.Count(w.t.Context(), nobody, id.Default, try)
	var refused *throttle.Refused
	if errors.As(err, &refused) {
		if refused.Wait <= 0 {
			w.t.Errorf("refused with a wait of %v", refused.Wait)
		}
		return refused.RefusalCode()
	}
	if err == nil {
		err = w.g.Do(w.t.Context(), nobody, of.On(id.Default, try.Account, nil), func(tx *store.Tx) error {
			if right {
				_, err := room.Succeeded(tx, id.Default, try)
				return err
			}
			tx.OnRefusal(func(tx *store.Tx) error { return room.Failed(tx, id.Default, try) })
			return errWrong
		})
	}
	switch {
	case errors.Is(err, errWrong):
		return "wrong"
	case err != nil:
		w.t.Error(err)
	}
	return "in"
}

type wrong struct{}

func (wrong) Error() string       { return "wrong" }
func (wrong) RefusalCode() string { return "wrong" }

var errWrong = wrong{}

func totp(who account.ID) throttle.Try {
	return throttle.Try{Account: who, Kind: factor.TOTP, Source: here}
}

// patient offers a wrong code as soon as it may, n times, from ever new addresses.
func (w *world) patient(try throttle.Try, n int) {
	w.t.Helper()
	for i := range n {
		try.Source = netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1})
		if got := w.offer(w.Room, try, false); got != "wrong" {
			w.t.Fatalf("failure %d: %s", i+1, got)
		}
		w.clock.Advance(time.Hour)
	}
}

// AU06: whatever was typed, an account has one counter, and names that nobody has share buckets.
func TestAU06_CodesAreCountedByAccount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		guesses := 0
		for i := range 40 {
			try := throttle.Try{Name: []string{"ghost", "GHOST", " ghost ", "ｇｈｏｓｔ"}[i%4], Kind: factor.Email, First: true,
				Source: netip.AddrFrom4([4]byte{10, byte(i), 0, 1})}
			if w.offer(w.Room, try, false) == "wrong" {
				guesses++
			}
		}
		if guesses == 0 || guesses > 10 {
			t.Errorf("%d guesses at a name in four spellings", guesses)
		}
	})
}

// AU07: a wrong code counts although its transaction is refused; then the right one waits too.
func TestAU07_WrongCodesCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 10 {
			w.offer(w.Room, totp("acc_a"), false)
		}
		if got := w.offer(w.Room, totp("acc_a"), true); got != "throttled" {
			t.Errorf("the right code after ten wrong ones: %s", got)
		}
		if got := w.offer(w.Room, totp("acc_b"), true); got != "in" {
			t.Errorf("another person: %s", got)
		}
	})
}

// AU08: at most ten tries in 15 minutes, over all second factors, from two nodes, in parallel.
func TestAU08_TenTriesOverFactorsAndNodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		nodes := []*throttle.Room{w.Room, w.node()}
		kinds := []factor.Kind{factor.TOTP, factor.RecoveryCode, factor.SMS}
		var tries atomic.Int64
		for range 15 {
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					try := throttle.Try{Account: "acc_a", Kind: kinds[i%3], Source: netip.AddrFrom4([4]byte{10, byte(i), 0, 1})}
					if w.offer(nodes[i%2], try, false) == "wrong" {
						tries.Add(1)
					}
				})
			}
			wg.Wait()
			w.clock.Advance(time.Minute - time.Second)
		}
		if n := tries.Load(); n < 5 || n > 10 {
			t.Errorf("%d tries in 15 minutes", n)
		}
	})
}

// AU08: whoever knows only a name cannot use up the tries of the second factor.
func TestAU08_StrangersTakeNoTries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 50 {
			w.offer(w.Room, throttle.Try{Account: "acc_a", Kind: factor.Email, First: true, Source: netip.AddrFrom4([4]byte{10, byte(i), 0, 1})}, false)
		}
		if got := w.offer(w.Room, totp("acc_a"), true); got != "in" {
			t.Errorf("the owner's second factor: %s", got)
		}
	})
}

func TestN5_StopsAt100UntilBoundAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.patient(totp("acc_a"), 100)
		if got := w.offer(w.Room, totp("acc_a"), true); got != "stopped" {
			t.Errorf("after 100 failures: %s", got)
		}
		if want := []string{"acc_a totp 10", "acc_a totp 100"}; !slices.Equal(w.warned, want) {
			t.Errorf("warned %v, want %v", w.warned, want)
		}
		w.clock.Advance(1000 * 24 * time.Hour)
		w.sweep()
		if got := w.offer(w.Room, totp("acc_a"), true); got != "stopped" {
			t.Errorf("after 1000 days: %s", got)
		}
		if err := w.g.Do(t.Context(), nobody, of.On(id.Default, "acc_a", nil), func(tx *store.Tx) error {
			return w.Reset(tx, id.Default, "acc_a", factor.TOTP, "")
		}); err != nil {
			t.Fatal(err)
		}
		if got := w.offer(w.Room, totp("acc_a"), true); got != "in" {
			t.Errorf("bound anew: %s", got)
		}
	})
}

// N5: a success starts the counter of its factor over and of no other.
func TestN5_SuccessResetsTheFactorThatWasUsed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sms := throttle.Try{Account: "acc_a", Kind: factor.SMS, Source: here}
		w.patient(totp("acc_a"), 9)
		w.patient(sms, 9)
		w.offer(w.Room, sms, true)
		w.patient(sms, 9)
		if len(w.warned) != 0 {
			t.Fatalf("warned %v", w.warned)
		}
		w.patient(totp("acc_a"), 1)
		if want := []string{"acc_a totp 10"}; !slices.Equal(w.warned, want) {
			t.Errorf("warned %v, want %v", w.warned, want)
		}
		var failures int
		if err := w.g.Do(t.Context(), nobody, of.On(id.Default, "acc_a", nil), func(tx *store.Tx) (err error) {
			failures, err = w.Succeeded(tx, id.Default, totp("acc_a"))
			return err
		}); err != nil || failures != 10 {
			t.Errorf("%d failures before the success, %v", failures, err)
		}
	})
}

// Whoever proves often is no attacker: a success gives its try back.
func TestManySuccessesInARow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 25 {
			if got := w.offer(w.Room, totp("acc_a"), true); got != "in" {
				t.Fatalf("success %d: %s", i+1, got)
			}
		}
	})
}

func (w *world) sweep() {
	w.t.Helper()
	for _, s := range throttle.Sweeps {
		sweeper := store.NewSweeper(s)
		if err := w.g.Store().Write(w.t.Context(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
			if _, _, err := sweeper.Look(tx.Read()); err != nil {
				return err
			}
			_, err := sweeper.Delete(tx)
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}
