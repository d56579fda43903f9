package person

import (
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
)

// Bounds of what a process remembers: two generations of so many keys, none older than an hour.
const (
	generation  = 16384
	rememberFor = time.Hour
)

type which struct {
	tenant id.Tenant
	owner  Owner
}

type remembered struct {
	key *secret.Root
	at  time.Time // when it was read
}

// memory remembers opened keys. The zero value is empty.
type memory struct {
	mu         sync.RWMutex
	young, old map[which]remembered
}

// get returns a remembered key, nil for none.
func (m *memory) get(at which, now time.Time) *secret.Root {
	m.mu.RLock()
	defer m.mu.RUnlock()
	found, ok := m.young[at]
	if !ok {
		found = m.old[at]
	}
	if now.Sub(found.at) >= rememberFor {
		return nil
	}
	return found.key
}

func (m *memory) put(at which, key *secret.Root, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young == nil || len(m.young) >= generation {
		m.young, m.old = map[which]remembered{}, m.young
	}
	m.young[at] = remembered{key, now}
}

func (m *memory) drop(at which) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young, at)
	delete(m.old, at)
}
