package jose

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// memory keeps the tokens used last, by the hash of the whole token.
type memory struct {
	mu      sync.Mutex
	limit   int
	order   *list.List // of *remembered, the latest in front
	entries map[[sha256.Size]byte]*list.Element
}

type remembered struct {
	sum  [sha256.Size]byte
	seen *seen
}

func newMemory(limit int) *memory {
	return &memory{limit: limit, order: list.New(), entries: make(map[[sha256.Size]byte]*list.Element, limit)}
}

func (m *memory) get(sum [sha256.Size]byte) (*seen, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[sum]
	if !ok {
		return nil, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*remembered).seen, true
}

func (m *memory) put(sum [sha256.Size]byte, s *seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[sum]; ok {
		e.Value.(*remembered).seen = s
		m.order.MoveToFront(e)
		return
	}
	m.entries[sum] = m.order.PushFront(&remembered{sum, s})
	for m.order.Len() > m.limit {
		oldest := m.order.Back()
		delete(m.entries, oldest.Value.(*remembered).sum)
		m.order.Remove(oldest)
	}
}
