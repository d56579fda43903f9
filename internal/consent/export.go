package consent

import (
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

// exported is a consent as its person may download it.
type exported struct {
	Client    string    `json:"client"`
	Resource  string    `json:"resource,omitempty"`
	Scopes    string    `json:"scopes"`
	GrantedAt time.Time `json:"granted_at"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "consents", Tables: []string{"consent"}, Page: store.ExportRows(func(row store.Row) (exported, error) {
	c, err := scan(row)
	return exported{string(c.Client), string(c.Resource), c.Scopes.String(), c.GrantedAt}, err
}, "SELECT client, resource, scopes, granted_at FROM consent WHERE tenant = $1 AND account = $2 ORDER BY client, resource")}}
