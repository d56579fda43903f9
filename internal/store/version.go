package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
)

// pollEvery is how long another node's change may stay unseen by a Cache.
const pollEvery = 250 * time.Millisecond

// versions counts the changes of topics, so that caches know when to look again. The count that
// other nodes see is a row; this process counts its own commits at once.
type versions struct {
	mu     sync.Mutex
	topics map[string]*topic
	quit   chan struct{}
	once   sync.Once
}

type topic struct {
	local  atomic.Int64
	stored int64 // guarded by versions.mu
}

func (v *versions) topic(name string) *topic {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.topics == nil {
		v.topics, v.quit = map[string]*topic{}, make(chan struct{})
	}
	t := v.topics[name]
	if t == nil {
		t = &topic{}
		v.topics[name] = t
	}
	return t
}

func (v *versions) bump(names []string) {
	for _, n := range names {
		v.topic(n).local.Add(1)
	}
}

func (v *versions) stop() {
	v.topic("")
	v.once.Do(func() { close(v.quit) })
}

// Touch tells every Cache of the topic, on every node, that rows behind it changed.
func (tx *Tx) Touch(name string) error {
	tx.touched = append(tx.touched, name)
	if tx.store.dialect == SQLite {
		return nil // one process holds the file: its own count is enough
	}
	_, err := tx.Exec("INSERT INTO store_version (topic, n) VALUES ($1, 1) ON CONFLICT (topic) DO UPDATE SET n = store_version.n + 1", name)
	return err
}

// Watch follows other nodes' changes until ctx ends. SQLite has no other nodes and Watch
// returns at once.
func (s *Store) Watch(ctx context.Context) {
	if s.dialect == SQLite {
		return
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.poll(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("cannot look for other nodes' changes; caches are dropped", "error", err)
				s.dropCaches()
			}
		}
	}
}

func (s *Store) poll(ctx context.Context) error {
	return s.Read(ctx, id.AllTenants, func(r *Reader) error {
		return r.Each(func(row Row) error {
			var name string
			var n int64
			if err := row.Scan(&name, &n); err != nil {
				return err
			}
			t := s.versions.topic(name)
			s.versions.mu.Lock()
			changed := t.stored != n
			t.stored = n
			s.versions.mu.Unlock()
			if changed {
				t.local.Add(1)
			}
			return nil
		}, "SELECT topic, n FROM store_version")
	})
}

// dropCaches makes every cache load again: freshness cannot be shown while the database does
// not answer.
func (s *Store) dropCaches() {
	s.versions.mu.Lock()
	defer s.versions.mu.Unlock()
	for _, t := range s.versions.topics {
		t.local.Add(1)
	}
}

// Cache keeps what load returned until its topic is touched: at once in the process that
// committed the change, within pollEvery on others. It holds at most limit entries.
type Cache[K comparable, V any] struct {
	topic *topic
	limit int
	load  func(ctx context.Context, key K) (V, error)

	mu      sync.RWMutex
	version int64
	entries map[K]V
}

// NewCache returns an empty cache of one topic.
func NewCache[K comparable, V any](s *Store, name string, limit int, load func(ctx context.Context, key K) (V, error)) *Cache[K, V] {
	return &Cache[K, V]{topic: s.versions.topic(name), limit: limit, load: load, entries: map[K]V{}}
}

// Get returns the entry for key, loading it if need be. Errors are not kept.
func (c *Cache[K, V]) Get(ctx context.Context, key K) (V, error) {
	now := c.topic.local.Load()
	c.mu.RLock()
	v, ok := c.entries[key]
	ok = ok && c.version == now
	c.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := c.load(ctx, key)
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != now {
		if c.version > now {
			return v, nil // a newer generation is kept already
		}
		clear(c.entries)
		c.version = now
	}
	if len(c.entries) >= c.limit {
		clear(c.entries)
	}
	c.entries[key] = v
	return v, nil
}
