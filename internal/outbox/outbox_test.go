package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var rooms = []store.Migrations{outbox.Migrations}

func put(t *testing.T, s *store.Store, n int, commit bool) {
	t.Helper()
	err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
		for i := range n {
			if err := outbox.Put(tx, "a", "mail", map[string]int{"n": i}); err != nil {
				return err
			}
		}
		if !commit {
			return errors.New("changed its mind")
		}
		return nil
	})
	if (err == nil) != commit {
		t.Fatal(err)
	}
}

func TestEffectsFollowTheCommit(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, s *store.Store) {
		var count atomic.Int64
		w := outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{"mail": func(context.Context, outbox.Effect) error { count.Add(1); return nil }}, slog.New(slog.DiscardHandler))
		put(t, s, 3, false)
		if n, err := w.Run(t.Context()); err != nil || n != 0 || count.Load() != 0 {
			t.Fatalf("%d %v, carried %d", n, err, count.Load())
		}
		put(t, s, 3, true)
		if n, err := w.Run(t.Context()); err != nil || n != 3 || count.Load() != 3 {
			t.Fatalf("%d %v, carried %d", n, err, count.Load())
		}
		if n, err := w.Run(t.Context()); err != nil || n != 0 {
			t.Fatalf("%d %v", n, err)
		}
	})
}

// A node that dies after the carrier's success, or is too slow, has its effect repeated by another
// under the same id: that is what carriers make harmless.
func TestKilledWorkersEffectIsRepeatedUnderTheSameID(t *testing.T) {
	c := clock.NewFake(time.Unix(1_800_000_000, 0))
	storetest.EachAt(t, c.Now, rooms, func(t *testing.T, s *store.Store) {
		put(t, s, 1, true)
		var ids []outbox.ID
		worker := func(carrier func()) *outbox.Worker {
			return outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{"mail": func(_ context.Context, e outbox.Effect) error {
				ids = append(ids, e.ID)
				carrier()
				return nil
			}}, slog.New(slog.DiscardHandler))
		}
		other := worker(func() {})
		dying := worker(func() { // has carried the effect and never gets to say so before the others look
			for _, want := range []int{0, 1} {
				if n, err := other.Run(t.Context()); err != nil || n != want {
					t.Errorf("%d %v, want %d", n, err, want)
				}
				c.Advance(time.Minute)
			}
		})
		if _, err := dying.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("carried %v", ids)
		}
	})
}

func TestEffectsWithoutACarrierWait(t *testing.T) {
	c := clock.NewFake(time.Unix(1_800_000_000, 0))
	storetest.EachAt(t, c.Now, rooms, func(t *testing.T, s *store.Store) {
		put(t, s, 1, true)
		for _, carriers := range []map[outbox.Kind]outbox.Carrier{nil, {"sms": func(context.Context, outbox.Effect) error { return errors.New("not mine") }}} {
			for range 30 {
				if n, err := outbox.NewWorker(s, carriers, slog.New(slog.DiscardHandler)).Run(t.Context()); n != 0 || err != nil {
					t.Fatal(n, err)
				}
				c.Advance(time.Hour)
			}
		}
		var entries []outbox.Entry
		if err := s.Read(t.Context(), "a", func(r *store.Reader) (err error) {
			entries, err = outbox.List(r, "a", "", 10)
			return err
		}); err != nil || len(entries) != 1 || entries[0].Attempts != 0 || !entries[0].GivenUpAt.IsZero() {
			t.Errorf("%+v %v", entries, err)
		}
		carried := 0
		w := outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{"mail": func(context.Context, outbox.Effect) error { carried++; return nil }}, slog.New(slog.DiscardHandler))
		if _, err := w.Run(t.Context()); err != nil || carried != 1 {
			t.Errorf("carried %d, %v", carried, err)
		}
	})
}

func TestFailureIsTriedAgainLaterAndGivenUpAfterADay(t *testing.T) {
	c := clock.NewFake(time.Unix(1_800_000_000, 0))
	storetest.EachAt(t, c.Now, rooms, func(t *testing.T, s *store.Store) {
		tries := 0
		w := outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{"mail": func(context.Context, outbox.Effect) error { tries++; return errors.New("no route") }}, slog.New(slog.DiscardHandler))
		put(t, s, 1, true)
		run := func() {
			if _, err := w.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		run()
		run()
		if tries != 1 {
			t.Fatalf("tried %d times without a pause", tries)
		}
		for range 60 {
			c.Advance(time.Hour)
			run()
		}
		var waiting, givenUp int64
		if err := s.Read(t.Context(), "a", func(r *store.Reader) (err error) {
			waiting, givenUp, err = outbox.Waiting(r)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if waiting != 0 || givenUp != 1 || tries > 30 {
			t.Fatalf("%d waiting, %d given up after %d tries", waiting, givenUp, tries)
		}
	})
}

func TestTwoWorkersCarryEachEffectOnce(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, s *store.Store) {
		const effects = 50
		put(t, s, effects, true)
		var mu sync.Mutex
		seen := map[outbox.ID]int{}
		w := outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{"mail": func(_ context.Context, e outbox.Effect) error {
			mu.Lock()
			defer mu.Unlock()
			seen[e.ID]++
			return nil
		}}, slog.New(slog.DiscardHandler))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					n, err := w.Run(context.Background())
					if err != nil {
						t.Error(err)
					}
					if n == 0 || err != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		for e, n := range seen {
			if n != 1 {
				t.Errorf("%s was carried %d times", e, n)
			}
		}
		if len(seen) != effects {
			t.Errorf("%d of %d carried", len(seen), effects)
		}
	})
}
