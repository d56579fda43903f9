package argon

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// ErrBusy says that no slot came free in time. Nothing was computed; the door
// answers 503 or 429 with Retry-After.
type ErrBusy struct {
	RetryAfter time.Duration
}

func (e *ErrBusy) Error() string {
	return fmt.Sprintf("password hashing is busy, retry after %v", e.RetryAfter)
}

// slots admits a bounded number of hashes at a time, and a bounded number of
// callers who wait for a bounded time.
type slots struct {
	free       chan struct{}
	queued     atomic.Int64
	maxQueued  int64
	maxWait    time.Duration
	idleAfter  time.Duration
	onIdle     func()
	generation atomic.Uint64
}

func newSlots(n, queue int, wait, idleAfter time.Duration) *slots {
	s := &slots{
		free:      make(chan struct{}, n),
		maxQueued: int64(queue),
		maxWait:   wait,
		idleAfter: idleAfter,
		onIdle:    debug.FreeOSMemory,
	}
	for range n {
		s.free <- struct{}{}
	}
	return s
}

// acquire takes a slot. The error is *ErrBusy or the context's.
func (s *slots) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.free:
		return nil
	default:
	}
	defer s.queued.Add(-1)
	if s.queued.Add(1) > s.maxQueued {
		return &ErrBusy{RetryAfter: s.retryAfter()}
	}
	patience := time.NewTimer(s.maxWait)
	defer patience.Stop()
	select {
	case <-s.free:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return &ErrBusy{RetryAfter: s.retryAfter()}
	}
}

// retryAfter is twice the wait, in whole seconds as the header field counts, so
// that the refused do not all come back while the queue is still full.
func (s *slots) retryAfter() time.Duration {
	return max(time.Second, (2 * s.maxWait).Round(time.Second))
}

// release gives the slot back. argon2 leaves its whole working memory as garbage;
// when the last hash of a burst is done and none follows within idleAfter, the
// memory is given back to the operating system, away from any request.
func (s *slots) release() {
	g := s.generation.Add(1)
	s.free <- struct{}{}
	if s.idleAfter > 0 && len(s.free) == cap(s.free) {
		time.AfterFunc(s.idleAfter, func() {
			if s.generation.Load() == g && len(s.free) == cap(s.free) {
				s.onIdle()
			}
		})
	}
}
