package account

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Exports are what the room keeps of a person.
var Exports = []store.Export{{
	Name: "account", Tables: []string{"account", "account_email"}, Single: true,
	Page: func(r *store.Reader, tenant id.Tenant, who, _ string) ([]any, string, error) {
		a, err := Get(r, tenant, ID(who))
		if errors.Is(err, store.ErrNotFound) {
			return nil, "", nil
		}
		return []any{a}, "", err
	},
}, avatarExport}
