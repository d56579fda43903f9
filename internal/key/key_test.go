package key_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var rooms = []store.Migrations{audit.Migrations, key.Migrations}

type world struct {
	*key.Ring
	t     *testing.T
	guard *guard.Guard
	clock *clock.Fake
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, rooms, func(t *testing.T, s *store.Store) {
		engine, err := policy.New()
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		fn(t, &world{key.NewRing(g, secret.NewRoot([32]byte{1}), key.DefaultPeriods), t, g, fake})
	})
}

func (w *world) signer() jose.PrivateKey {
	w.t.Helper()
	k, err := w.Signer(w.t.Context(), "default", jose.ES256)
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

func (w *world) verifies(kid string) bool {
	w.t.Helper()
	set, err := w.Set(w.t.Context(), "default")
	if err != nil {
		w.t.Fatal(err)
	}
	_, ok := set.Key(kid)
	return ok
}

// wait turns the clock and runs the job as often as it would run.
func (w *world) wait(d time.Duration) {
	w.t.Helper()
	for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
		w.clock.Advance(min(6*time.Hour, end.Sub(w.clock.Now())))
		if err := w.TurnAll(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestKeyLivesThroughItsStates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.signer()
		if again := w.signer(); again.ID() != first.ID() {
			t.Fatal("a second first key")
		}
		day := 24 * time.Hour
		w.wait(88 * day)
		if w.signer().ID() != first.ID() {
			t.Fatal("turned too early")
		}
		w.wait(day + 12*time.Hour) // the successor is published a day before the 90 days are over
		set, err := w.Set(t.Context(), "default")
		if err != nil {
			t.Fatal(err)
		}
		if n := len(set.JWKS.Keys()); n != 2 || w.signer().ID() != first.ID() {
			t.Fatalf("%d keys are published; the successor signs: %v", n, w.signer().ID() != first.ID())
		}
		w.wait(day)
		second := w.signer()
		if second.ID() == first.ID() || !w.verifies(first.ID()) || !w.verifies(second.ID()) {
			t.Fatal("the successor does not sign, or the key before it does not verify")
		}
		w.wait(2 * day)
		if w.verifies(first.ID()) || !w.verifies(second.ID()) {
			t.Fatal("the retired key was not dropped")
		}
	})
}

func TestDroppedKeyHasNoPrivateHalf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.signer()
		if _, err := w.RotateNow(t.Context(), caller.Local(""), "default", jose.ES256, true, true); err != nil {
			t.Fatal(err)
		}
		if w.verifies(first.ID()) {
			t.Fatal("a key that leaked still verifies")
		}
		var left int
		if err := w.guard.Store().Read(t.Context(), id.AllTenants, func(r *store.Reader) error {
			return r.One([]any{&left}, "SELECT count(*) FROM signing_key WHERE state = 'dropped' AND sealed IS NOT NULL")
		}); err != nil || left != 0 {
			t.Fatalf("%d dropped keys kept their private half: %v", left, err)
		}
	})
}

func TestRotationAheadOfTimeWaitsForTheCaches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.signer()
		next, err := w.RotateNow(t.Context(), caller.Local(""), "default", jose.ES256, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if w.signer().ID() != first.ID() || !w.verifies(string(next.ID)) {
			t.Fatal("the successor signs before others could fetch it, or cannot be fetched")
		}
		var problem *guard.Problem
		if _, err := w.RotateNow(t.Context(), caller.Local(""), "default", jose.ES256, false, false); !errors.As(err, &problem) {
			t.Fatalf("two successors: %v", err)
		}
		w.wait(25 * time.Hour)
		if w.signer().ID() != string(next.ID) {
			t.Fatal("the successor does not sign")
		}
	})
}

func TestOnlyOwnersRotate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.signer()
		var denied *guard.Denied
		if _, err := w.RotateNow(t.Context(), caller.Person("acc_1", "", "", "", ""), "default", jose.ES256, true, false); !errors.As(err, &denied) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestManyAskForTheFirstKeyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := key.NewRing(w.guard, secret.NewRoot([32]byte{1}), key.DefaultPeriods) // a second node
		var mu sync.Mutex
		seen := map[string]bool{}
		var wg sync.WaitGroup
		for i := range 16 {
			ring := []*key.Ring{w.Ring, other}[i%2]
			wg.Go(func() {
				k, err := ring.Signer(t.Context(), "default", jose.EdDSA)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				seen[k.ID()] = true
				mu.Unlock()
			})
		}
		wg.Wait()
		if len(seen) != 1 {
			t.Fatalf("%d first keys", len(seen))
		}
	})
}

func TestJWKSHoldsNoPrivateParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, alg := range []jose.Algorithm{jose.ES256, jose.EdDSA, jose.RS256} {
			if _, err := w.Signer(t.Context(), "default", alg); err != nil {
				t.Fatal(err)
			}
		}
		set, err := w.Set(t.Context(), "default")
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`, `"k"`} {
			if bytes.Contains(set.JSON, []byte(member)) {
				t.Errorf("%s is published", member)
			}
		}
		if n := len(set.JWKS.Keys()); n != 3 {
			t.Fatalf("%d keys", n)
		}
	})
}

func TestTenantsHaveKeysOfTheirOwnAndAWrongRootKeyIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.signer()
		theirs, err := w.Signer(t.Context(), "acme", jose.ES256)
		if err != nil || theirs.ID() == mine.ID() {
			t.Fatalf("one key for two tenants: %v", err)
		}
		stranger := key.NewRing(w.guard, secret.NewRoot([32]byte{2}), key.DefaultPeriods)
		if _, err := stranger.Signer(t.Context(), "default", jose.ES256); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("a node with another root key: %v", err)
		}
	})
}
