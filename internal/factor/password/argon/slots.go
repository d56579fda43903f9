package argon

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
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
	count     int
	maxQueued int
	maxWait   time.Duration
	idleAfter time.Duration
	onIdle    func()

	mu         sync.Mutex
	free       int
	queues     [2][]chan struct{} // those who wait: preferred ones first; a slot is handed over by closing
	generation uint64
}

func newSlots(n, queue int, wait, idleAfter time.Duration) *slots {
	return &slots{count: n, free: n, maxQueued: queue, maxWait: wait, idleAfter: idleAfter, onIdle: debug.FreeOSMemory}
}

// acquire takes a slot; first puts the caller into the queue that is served first. The error is
// *ErrBusy or the context's.
func (s *slots) acquire(ctx context.Context, first bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	queue := &s.queues[1]
	if first {
		queue = &s.queues[0]
	}
	s.mu.Lock()
	if s.free > 0 {
		s.free--
		s.mu.Unlock()
		return nil
	}
	if len(*queue) >= s.maxQueued {
		s.mu.Unlock()
		return &ErrBusy{RetryAfter: s.retryAfter()}
	}
	turn := make(chan struct{})
	*queue = append(*queue, turn)
	s.mu.Unlock()
	patience := time.NewTimer(s.maxWait)
	defer patience.Stop()
	var err error
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = &ErrBusy{RetryAfter: s.retryAfter()}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(*queue, turn)
	if i < 0 {
		return nil // the slot came at the same moment
	}
	*queue = slices.Delete(*queue, i, i+1)
	return err
}

// retryAfter is twice the wait, in whole seconds as the header field counts, so
// that the refused do not all come back while the queue is still full.
func (s *slots) retryAfter() time.Duration {
	return max(time.Second, (2 * s.maxWait).Round(time.Second))
}

// release gives the slot to whoever waits, or back. argon2 leaves its whole working memory as
// garbage; when the last hash of a burst is done and none follows within idleAfter, the
// memory is given back to the operating system, away from any request.
func (s *slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	for i := range s.queues {
		if q := s.queues[i]; len(q) > 0 {
			turn := q[0]
			s.queues[i] = slices.Delete(q, 0, 1)
			close(turn)
			return
		}
	}
	s.free++
	if g := s.generation; s.idleAfter > 0 && s.free == s.count {
		time.AfterFunc(s.idleAfter, func() {
			s.mu.Lock()
			idle := s.generation == g && s.free == s.count
			s.mu.Unlock()
			if idle {
				s.onIdle()
			}
		})
	}
}
