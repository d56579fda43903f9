package outbox

import (
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

// exported is a message on its way; what it says goes to the person anyway.
type exported struct {
	ID        ID        `json:"id"`
	Kind      Kind      `json:"kind"`
	CreatedAt time.Time `json:"created_at"`
	Attempts  int       `json:"attempts"`
	GivenUpAt time.Time `json:"given_up_at,omitzero"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "messages", Tables: []string{"outbox"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	return e, row.Scan(&e.ID, &e.Kind, &e.CreatedAt, &e.Attempts, &e.GivenUpAt)
}, "SELECT id, kind, created_at, attempts, given_up_at FROM outbox WHERE tenant = $1 AND subject = $2 ORDER BY id")}}
