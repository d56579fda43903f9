package apitoken

import (
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

// exported is a token as its person may download it; never its text.
type exported struct {
	ID        ID        `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "api_tokens", Tables: []string{"apitoken"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	return e, row.Scan(&e.ID, &e.Name, &e.CreatedAt, &e.ExpiresAt)
}, "SELECT id, name, created_at, expires_at FROM apitoken WHERE tenant = $1 AND account = $2 ORDER BY id")}}
