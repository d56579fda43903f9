package registration

import (
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

func accept(tx *store.Tx, tenant id.Tenant, who account.ID, version string) error {
	_, err := tx.Exec("INSERT INTO terms_acceptance (tenant, account, version, accepted_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, account, version) DO NOTHING", tenant, who, version, tx.Now())
	return err
}

func accepted(r *store.Reader, tenant id.Tenant, who account.ID, version string) (yes bool, err error) {
	err = r.One([]any{&yes}, "SELECT EXISTS (SELECT 1 FROM terms_acceptance WHERE tenant = $1 AND account = $2 AND version = $3)", tenant, who, version)
	return yes, err
}

func claimsAsked(r *store.Reader, tenant id.Tenant, who account.ID) ([]string, error) {
	return store.Collect(r, func(row store.Row) (name string, err error) { return name, row.Scan(&name) },
		"SELECT claim FROM claim_asked WHERE tenant = $1 AND account = $2", tenant, who)
}

func noteAsked(tx *store.Tx, tenant id.Tenant, who account.ID, name string) error {
	_, err := tx.Exec("INSERT INTO claim_asked (tenant, account, claim, asked_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, account, claim) DO NOTHING", tenant, who, name, tx.Now())
	return err
}

const columns = "SELECT id, address, name, places, inviter_kind, inviter, account, created_at, expires_at, ended_at FROM invitation "

func scan(row store.Row) (v Invitation, err error) {
	var places string
	if err = row.Scan(&v.ID, &v.Email, &v.Name, &places, &v.InviterKind, &v.Inviter, &v.Account, &v.CreatedAt, &v.ExpiresAt, &v.EndedAt); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(places), &v.Places)
}

func insert(tx *store.Tx, tenant id.Tenant, v Invitation) error {
	places, err := json.Marshal(v.Places)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO invitation (tenant, id, address, address_key, name, places, inviter_kind, inviter, account, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10)`,
		tenant, v.ID, v.Email, v.Email.Key(), v.Name, string(places), v.InviterKind, v.Inviter, v.CreatedAt, v.ExpiresAt)
	return err
}

// get returns an invitation, also one that is over, or store.ErrNotFound.
func get(r *store.Reader, tenant id.Tenant, which InvitationID) (Invitation, error) {
	return store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, which)
}

func list(r *store.Reader, tenant id.Tenant, after InvitationID, limit int) ([]Invitation, error) {
	return store.Collect(r, scan, columns+"WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", tenant, after, limit)
}

// end ends an invitation that is open, for the account that came of it ("" for none); else
// store.ErrNotFound.
func end(tx *store.Tx, tenant id.Tenant, which InvitationID, who account.ID) error {
	return tx.ExecOne("UPDATE invitation SET ended_at = $3, account = $4 WHERE tenant = $1 AND id = $2 AND ended_at IS NULL AND expires_at > $3", tenant, which, tx.Now(), who)
}

// endOthers ends the open invitations of an address.
func endOthers(tx *store.Tx, tenant id.Tenant, e account.EmailAddress) error {
	_, err := tx.Exec("UPDATE invitation SET ended_at = $3 WHERE tenant = $1 AND address_key = $2 AND ended_at IS NULL", tenant, e.Key(), tx.Now())
	return err
}

// Forget removes the invitations that an account came of, or gave.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM invitation WHERE tenant = $1 AND (account = $2 OR inviter_kind = 'account' AND inviter = $2)", tenant, who)
	return err
}

// invitationKept is how long an invitation that is over can still be seen.
const invitationKept = 90 * 24 * time.Hour

// Sweeps are the invitations that were over long ago.
var Sweeps = []store.Sweep{{Table: "invitation", Key: []string{"tenant", "id"}, Gone: "expires_at < $1", Keep: invitationKept}}

type acceptance struct {
	Version    string    `json:"version"`
	AcceptedAt time.Time `json:"accepted_at"`
}

type asked struct {
	Claim   string    `json:"claim"`
	AskedAt time.Time `json:"asked_at"`
}

type invited struct {
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{
	{Name: "terms", Tables: []string{"terms_acceptance"}, Page: store.ExportRows(func(row store.Row) (a acceptance, err error) {
		return a, row.Scan(&a.Version, &a.AcceptedAt)
	}, "SELECT version, accepted_at FROM terms_acceptance WHERE tenant = $1 AND account = $2 ORDER BY accepted_at")},
	{Name: "claims_asked", Tables: []string{"claim_asked"}, Page: store.ExportRows(func(row store.Row) (a asked, err error) {
		return a, row.Scan(&a.Claim, &a.AskedAt)
	}, "SELECT claim, asked_at FROM claim_asked WHERE tenant = $1 AND account = $2 ORDER BY claim")},
	{Name: "invitations", Tables: []string{"invitation"}, Page: store.ExportRows(func(row store.Row) (v invited, err error) {
		return v, row.Scan(&v.Email, &v.Name, &v.CreatedAt)
	}, "SELECT address, name, created_at FROM invitation WHERE tenant = $1 AND account = $2 ORDER BY created_at")},
}
