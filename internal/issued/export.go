package issued

import (
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// exported is a grant as its person may download it: what an application may do for them.
type exported struct {
	ID        GrantID   `json:"id"`
	Client    string    `json:"client"`
	Session   string    `json:"session,omitempty"`
	Scopes    string    `json:"scopes"`
	RotatedAt time.Time `json:"last_used_at"`
	ExpiresAt time.Time `json:"expires_at"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "grants", Tables: []string{"issued_grant"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	var terms []byte
	if err = row.Scan(&e.ID, &e.Client, &e.Session, &terms, &e.RotatedAt, &e.ExpiresAt, &e.RevokedAt); err != nil {
		return e, err
	}
	var t Terms
	err = json.Unmarshal(terms, &t)
	e.Scopes = t.Scopes.String()
	return e, err
}, "SELECT id, client, session, terms, rotated_at, expires_at, revoked_at FROM issued_grant WHERE tenant = $1 AND account = $2 ORDER BY id")}}

// Forget removes what stands about an account without a reference to it: tokens, and codes and
// links that nobody has used. The grants go with the account.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	if _, err := tx.Exec("DELETE FROM opaque_token WHERE tenant = $1 AND grant_id IN (SELECT id FROM issued_grant WHERE tenant = $1 AND account = $2)", tenant, who); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM one_time WHERE tenant = $1 AND payload LIKE '%' || $2 || '%'", tenant, string(who))
	return err
}
