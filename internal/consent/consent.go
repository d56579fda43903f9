package consent

import (
	"embed"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "consent", Files: files}

// Consent is what one person allowed one application at one API.
type Consent struct {
	Client    client.ID
	Resource  oauth.Resource // "" for OpenID Connect's own scopes
	Scopes    oauth.ScopeSet
	GrantedAt time.Time
}

// Detail is what the log keeps.
type Detail struct {
	Client string   `json:"client"`
	Scopes []string `json:"scopes,omitempty"`
	Refuse bool     `json:"refused,omitempty"` // the person said no
}

// The room's verbs.
var (
	Give     = guard.Declare[account.ID, Detail]("consent.give", guard.Self, "Allow an application what it asked for, or refuse it")
	Withdraw = guard.Declare[account.ID, Detail]("consent.withdraw", guard.Self, "Withdraw an application's access: its tokens end at once")
)

func scan(row store.Row) (c Consent, err error) {
	var scopes string
	if err := row.Scan(&c.Client, &c.Resource, &scopes, &c.GrantedAt); err != nil {
		return c, err
	}
	c.Scopes, err = oauth.ParseScopes(scopes)
	return c, err
}

// Of returns what an account allowed a client, per API.
func Of(r *store.Reader, tenant id.Tenant, who account.ID, app client.ID) (map[oauth.Resource]oauth.ScopeSet, error) {
	list, err := store.Collect(r, scan, "SELECT client, resource, scopes, granted_at FROM consent WHERE tenant = $1 AND account = $2 AND client = $3", tenant, who, app)
	out := make(map[oauth.Resource]oauth.ScopeSet, len(list))
	for _, c := range list {
		out[c.Resource] = c.Scopes
	}
	return out, err
}

// OfAccount lists all that an account allowed, by client.
func OfAccount(r *store.Reader, tenant id.Tenant, who account.ID) ([]Consent, error) {
	return store.Collect(r, scan, "SELECT client, resource, scopes, granted_at FROM consent WHERE tenant = $1 AND account = $2 ORDER BY client, resource", tenant, who)
}

// Put adds scopes to what an account allowed a client at an API.
func Put(tx *store.Tx, tenant id.Tenant, who account.ID, app client.ID, resource oauth.Resource, scopes oauth.ScopeSet) error {
	old, err := Of(tx.Read(), tenant, who, app)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO consent (tenant, account, client, resource, scopes, granted_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant, account, client, resource) DO UPDATE SET scopes = $5, granted_at = $6`,
		tenant, who, app, resource, old[resource].Union(scopes).String(), tx.Now())
	return err
}

// Covers tells whether what an account allowed a client still holds all of the scopes, and knows
// each of the APIs. It holds the rows until the transaction ends, so that a withdrawal at the same
// time comes either before, and is seen, or after, and sees what was given.
func Covers(tx *store.Tx, tenant id.Tenant, who account.ID, app client.ID, scopes oauth.ScopeSet, apis []oauth.Resource) (bool, error) {
	var allowed oauth.ScopeSet
	known := map[oauth.Resource]bool{}
	err := tx.Each(func(row store.Row) error {
		c, err := scan(row)
		allowed, known[c.Resource] = allowed.Union(c.Scopes), true
		return err
	}, "UPDATE consent SET granted_at = granted_at WHERE tenant = $1 AND account = $2 AND client = $3 RETURNING client, resource, scopes, granted_at", tenant, who, app)
	for _, a := range apis {
		if !known[a] {
			return false, err
		}
	}
	return allowed.Contains(scopes), err
}

// Delete forgets what an account allowed a client.
func Delete(tx *store.Tx, tenant id.Tenant, who account.ID, app client.ID) (int64, error) {
	return tx.Exec("DELETE FROM consent WHERE tenant = $1 AND account = $2 AND client = $3", tenant, who, app)
}
