package session

import (
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/store"
)

// exportedProof is what was proved in a session.
type exportedProof struct {
	Kind factor.Kind `json:"kind"`
	At   time.Time   `json:"at"`
}

// exported is a session as its person may download it.
type exported struct {
	ID        ID              `json:"id"`
	Address   string          `json:"address"`
	Agent     string          `json:"user_agent"`
	Proved    []exportedProof `json:"proved"`
	CreatedAt time.Time       `json:"created_at"`
	SeenAt    time.Time       `json:"last_used_at"`
	ExpiresAt time.Time       `json:"expires_at"`
	EndedAt   time.Time       `json:"ended_at,omitzero"`
}

// Exports are what the room keeps of a person, sessions that ended included.
var Exports = []store.Export{{Name: "sessions", Tables: []string{"session"}, Page: store.ExportRows(func(row store.Row) (exported, error) {
	s, err := scan(row)
	e := exported{s.ID, s.Address, s.Agent, []exportedProof{}, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.EndedAt}
	for _, f := range s.Facts {
		e.Proved = append(e.Proved, exportedProof{f.Kind(), f.At().UTC()})
	}
	return e, err
}, columns+"WHERE s.tenant = $1 AND s.account = $2 ORDER BY s.id")}}
