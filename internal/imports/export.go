package imports

import "github.com/cardea-iam/cardea/internal/store"

// exported is where an account came from, as its person may download it.
type exported struct {
	Import     ID     `json:"import"`
	ExternalID string `json:"external_id"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "origin", Tables: []string{"import_origin"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	return e, row.Scan(&e.Import, &e.ExternalID)
}, "SELECT run, external_id FROM import_origin WHERE tenant = $1 AND account = $2")}}
