package credential

import (
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

// exported is that there is a credential, and when it was set and used; never what it is.
type exported struct {
	Kind      Kind      `json:"kind"`
	ID        ID        `json:"id"`
	CreatedAt time.Time `json:"set_at"`
	UsedAt    time.Time `json:"last_used_at,omitzero"`
}

// Exports are what the room keeps of a person, without the credentials themselves.
var Exports = []store.Export{{Name: "credentials", Tables: []string{"credential"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	return e, row.Scan(&e.Kind, &e.ID, &e.CreatedAt, &e.UsedAt)
}, "SELECT kind, id, created_at, used_at FROM credential WHERE tenant = $1 AND account = $2 ORDER BY kind, id")}}
