package verify

import (
	"context"
	"sync"
	"time"
)

// flight is one request under way, and everybody who waits for it.
type flight[V any] struct {
	started time.Time
	done    chan struct{}
	value   V
	err     error
}

// flights lets concurrent callers with the same key share one request.
type flights[K comparable, V any] struct {
	mu  sync.Mutex
	now func() time.Time
	air map[K]*flight[V]
}

// do joins the request for key that is under way, or starts fetch. A request that started more
// than maxAge ago is not joined, as its answer may be older than the caller can accept. The
// request outlives the caller who started it: others may be waiting.
func (f *flights[K, V]) do(ctx context.Context, key K, maxAge time.Duration, fetch func(context.Context, time.Time) (V, error)) (V, error) {
	f.mu.Lock()
	now := f.now()
	fl := f.air[key]
	if fl == nil || now.Sub(fl.started) > maxAge {
		fl = &flight[V]{started: now, done: make(chan struct{})}
		if f.air == nil {
			f.air = map[K]*flight[V]{}
		}
		f.air[key] = fl
		go f.fly(context.WithoutCancel(ctx), key, fl, fetch)
	}
	f.mu.Unlock()
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

func (f *flights[K, V]) fly(ctx context.Context, key K, fl *flight[V], fetch func(context.Context, time.Time) (V, error)) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	fl.value, fl.err = fetch(ctx, fl.started)
	f.mu.Lock()
	if f.air[key] == fl {
		delete(f.air, key)
	}
	f.mu.Unlock()
	close(fl.done)
}
