package passkey

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// exported is a key as its owner downloads it.
type exported struct {
	ID         credential.ID `json:"id"`
	Name       string        `json:"name,omitempty"`
	Provider   string        `json:"provider,omitempty"`
	AAGUID     string        `json:"aaguid"`
	Synced     bool          `json:"synced"`
	Transports []string      `json:"transports,omitempty"`
	CreatedAt  time.Time     `json:"created_at"`
	UsedAt     time.Time     `json:"last_used_at,omitzero"`
	ClonedAt   time.Time     `json:"cloned_at,omitzero"`
}

// Exports are what the room keeps of a person.
func (room *Room) Exports() []store.Export {
	return []store.Export{{Name: "passkeys", Tables: []string{"passkey"}, Page: func(r *store.Reader, tenant id.Tenant, who, _ string) ([]any, string, error) {
		keys, err := room.list(r, tenant, account.ID(who))
		items := make([]any, 0, len(keys))
		for _, k := range keys {
			items = append(items, exported{k.row.ID, k.Name, provider(k.AAGUID), model(k.AAGUID), k.BackupEligible, k.Transports, k.row.CreatedAt, k.row.UsedAt, k.ClonedAt})
		}
		return items, "", err
	}}}
}
