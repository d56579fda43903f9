package argon

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The storm holds at most one slot per processor, answers within a second and
// says when to come back.
func TestOP06_StormIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slotCount, queue, callers = 2, 8, 100
		s := newSlots(slotCount, queue, time.Second, -1)
		var running, peak, served, refused atomic.Int64
		start := time.Now()
		for range callers {
			go func() {
				err := s.acquire(t.Context(), false)
				var busy *ErrBusy
				switch {
				case err == nil:
					n := running.Add(1)
					for p := peak.Load(); n > p && !peak.CompareAndSwap(p, n); p = peak.Load() {
					}
					<-time.After(300 * time.Millisecond) // the work, in the bubble's clock
					running.Add(-1)
					served.Add(1)
					s.release()
				case errors.As(err, &busy):
					refused.Add(1)
					if busy.RetryAfter < time.Second {
						t.Errorf("RetryAfter = %v", busy.RetryAfter)
					}
					if waited := time.Since(start); waited > time.Second {
						t.Errorf("refused after %v", waited)
					}
				default:
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if got := refused.Load(); got != callers-slotCount-queue {
			t.Errorf("refused at once: %d, want %d", got, callers-slotCount-queue)
		}
		<-time.After(5 * time.Second)
		synctest.Wait()
		if peak.Load() != slotCount {
			t.Errorf("peak = %d, want %d", peak.Load(), slotCount)
		}
		// Rounds start at 0, 300, 600 and 900 ms.
		if served.Load() != 4*slotCount || served.Load()+refused.Load() != callers {
			t.Errorf("served %d, refused %d", served.Load(), refused.Load())
		}
		if len(s.queues[0])+len(s.queues[1]) != 0 || s.free != slotCount {
			t.Errorf("left over: %d queued, %d free", len(s.queues[1]), s.free)
		}
	})
}

func TestOP06_WaitingEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 8, time.Second, -1)
		if err := s.acquire(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { got <- s.acquire(ctx, false) }()
		synctest.Wait()
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
		if err := s.acquire(ctx, false); !errors.Is(err, context.Canceled) {
			t.Errorf("gone before it came: error = %v", err)
		}
		s.release()
		if err := s.acquire(t.Context(), false); err != nil {
			t.Errorf("the slot is lost: %v", err)
		}
	})
}

func TestMemoryGoesBackOnceAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2, 8, time.Second, 5*time.Second)
		var released atomic.Int64
		s.onIdle = func() { released.Add(1) }
		for range 10 { // a burst: 1 s between hashes is not idle
			if err := s.acquire(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			s.release()
			<-time.After(time.Second)
		}
		if n := released.Load(); n != 0 {
			t.Errorf("released %d times inside the burst", n)
		}
		<-time.After(time.Minute)
		if n := released.Load(); n != 1 {
			t.Errorf("released %d times after the burst, want once", n)
		}
	})
}

// Whoever is on a known device waits for the hash that runs, not for the strangers who came before,
// and finds a place where they find none.
func TestOP06_KnownDevicesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const work = 100 * time.Millisecond
		s := newSlots(1, 4, time.Second, -1)
		var waited time.Duration
		var served atomic.Int64
		run := func(first bool) error {
			if err := s.acquire(t.Context(), first); err != nil {
				return err
			}
			<-time.After(work)
			served.Add(1)
			s.release()
			return nil
		}
		for range 50 {
			go run(false) //nolint:errcheck // most find no place
		}
		synctest.Wait()
		start := time.Now()
		if err := run(true); err != nil {
			t.Fatalf("no place for a known device: %v", err)
		}
		if waited = time.Since(start); waited > 2*work {
			t.Errorf("a known device waited %v for a hash of %v", waited, work)
		}
		<-time.After(5 * time.Second)
		if served.Load() != 6 {
			t.Errorf("%d hashes were made of the one that ran, the four that waited and the owner's", served.Load())
		}
	})
}
