package issued

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "issued", Files: files}

// GrantID identifies a grant: "gra_…", the grant_id of its tokens.
type GrantID string

// GraceWindow is how long after a rotation the token before it gets the same child: a client
// whose answer was lost may ask again.
const GraceWindow = 30 * time.Second

// Grant is what one authorization led to.
type Grant struct {
	ID         GrantID
	Client     client.ID
	Account    account.ID
	Epoch      int64  // the account's epoch at the authorization
	Session    string // session id, "" once the grant outlives sessions (offline_access)
	Terms      Terms
	Generation int64     // of the refresh token in force; 0 if the grant has none
	RotatedAt  time.Time // when that one came into force
	IdleUntil  time.Time // the grant ends unless it is refreshed before
	ExpiresAt  time.Time // the grant ends
}

// Terms are what the grant allows; they never widen.
type Terms struct {
	Scopes    oauth.ScopeSet      `json:"scope"`              // OpenID Connect's and the APIs' together
	Resources []oauth.Resource    `json:"resource,omitempty"` // audiences; none is the issuer itself
	Claims    oauth.ClaimsRequest `json:"claims,omitzero"`    // claims parameter (OpenID Connect Core 1.0 §5.5)
	Nonce     string              `json:"nonce,omitempty"`
	AuthTime  time.Time           `json:"auth_time"`
	ACR       string              `json:"acr"`
	AMR       []string            `json:"amr,omitempty"`
	SID       string              `json:"sid,omitempty"` // session id in ID tokens
}

// NewGrantID returns a fresh id.
func NewGrantID(now time.Time) GrantID { return GrantID(id.New("gra", now)) }

// InsertGrant writes a new grant.
func InsertGrant(tx *store.Tx, tenant id.Tenant, g Grant) error {
	terms, err := json.Marshal(g.Terms)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO issued_grant (tenant, id, client, account, epoch, session, terms, generation, rotated_at, idle_until, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tenant, g.ID, g.Client, g.Account, g.Epoch, g.Session, string(terms), g.Generation, tx.Now(), g.IdleUntil, g.ExpiresAt)
	return err
}

const grantColumns = "SELECT g.id, g.client, g.account, g.epoch, g.session, g.terms, g.generation, g.rotated_at, g.idle_until, g.expires_at FROM issued_grant g "

// aliveGrant joins the account, so that a disabled person, or one who ended everything, has no
// grant; and the session of a grant that must not outlive it. $2 is now.
const aliveGrant = `JOIN active_account a ON a.tenant = g.tenant AND a.id = g.account AND a.epoch = g.epoch
	LEFT JOIN session s ON s.tenant = g.tenant AND s.id = g.session
	WHERE g.tenant = $1 AND g.revoked_at IS NULL AND g.expires_at > $2 AND g.idle_until > $2
	AND (g.session = '' OR s.id IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > $2 AND s.seen_at + s.idle_seconds * 1000000 > $2) `

func scanGrant(row store.Row) (Grant, error) {
	var g Grant
	var terms []byte
	if err := row.Scan(&g.ID, &g.Client, &g.Account, &g.Epoch, &g.Session, &terms, &g.Generation, &g.RotatedAt, &g.IdleUntil, &g.ExpiresAt); err != nil {
		return g, err
	}
	if err := json.Unmarshal(terms, &g.Terms); err != nil {
		return g, fmt.Errorf("terms of grant %s: %w", g.ID, err)
	}
	return g, nil
}

// ActiveGrant returns a grant that still stands — not revoked, not expired, its person active —
// or store.ErrNotFound. Whether its client is active is the client directory's answer.
func ActiveGrant(r *store.Reader, tenant id.Tenant, grant GrantID) (Grant, error) {
	return store.First(r, scanGrant, grantColumns+aliveGrant+"AND g.id = $3", tenant, r.Now(), grant)
}

// Standing is what a token needs of the grant that it hangs on. Its terms are decoded when asked
// for: most checks do not look at them.
type Standing struct {
	Account account.ID
	terms   []byte
}

// Terms are what the grant allows.
func (s Standing) Terms() (t Terms, err error) {
	if err = json.Unmarshal(s.terms, &t); err != nil {
		err = fmt.Errorf("terms of a grant: %w", err)
	}
	return t, err
}

// Requested are the claims that were asked for one by one (OpenID Connect Core 1.0 §5.5). Few
// grants have any: the terms are decoded only if they name the member.
func (s Standing) Requested() (oauth.ClaimsRequest, error) {
	if !bytes.Contains(s.terms, []byte(`"claims":`)) {
		return oauth.ClaimsRequest{}, nil
	}
	t, err := s.Terms()
	return t.Claims, err
}

// Stands returns the standing of a grant for one of its tokens in one statement: the grant stands
// as ActiveGrant says, and RevokeJTI was not called for the token's jti. Else store.ErrNotFound.
func Stands(r *store.Reader, tenant id.Tenant, grant GrantID, jti string) (s Standing, err error) {
	err = r.One([]any{&s.Account, &s.terms}, "SELECT g.account, g.terms FROM issued_grant g "+aliveGrant+
		"AND g.id = $3 AND NOT EXISTS (SELECT 1 FROM revoked_token WHERE tenant = $1 AND jti = $4)", tenant, r.Now(), grant, jti)
	return s, err
}

// OfAccount lists the grants of an account that stand, newest first, at most limit.
func OfAccount(r *store.Reader, tenant id.Tenant, who account.ID, limit int) ([]Grant, error) {
	return store.Collect(r, scanGrant, grantColumns+aliveGrant+"AND g.account = $3 ORDER BY g.id DESC LIMIT $4", tenant, r.Now(), who, limit)
}

// ErrReplayed is returned by Rotate for a refresh token of an older generation.
var ErrReplayed = errors.New("this refresh token was used before")

// Rotate puts the generation behind the presented one in force and returns it. A retry within
// GraceWindow of the rotation gets the generation that is in force already; an older token is
// ErrReplayed; a grant that does not stand is store.ErrNotFound.
func Rotate(tx *store.Tx, tenant id.Tenant, g Grant, presented int64, idleUntil time.Time) (next int64, err error) {
	// The row count decides between two that come at once: one rotates, the other sees the row
	// as it is then.
	err = tx.One([]any{&next}, `UPDATE issued_grant SET generation = generation + 1, rotated_at = $4, idle_until = $5
		WHERE tenant = $1 AND id = $2 AND generation = $3 AND revoked_at IS NULL AND expires_at > $4 AND idle_until > $4 RETURNING generation`,
		tenant, g.ID, presented, tx.Now(), idleUntil)
	if !errors.Is(err, store.ErrNotFound) {
		return next, err
	}
	var rotated time.Time
	err = tx.One([]any{&next, &rotated}, "SELECT generation, rotated_at FROM issued_grant WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL", tenant, g.ID)
	switch {
	case err != nil:
		return 0, err
	case presented == next-1 && tx.Now().Sub(rotated) <= GraceWindow:
		return next, nil
	case presented < next:
		return 0, ErrReplayed
	}
	return 0, store.ErrNotFound // a generation that was never given out
}

// RevokeGrant ends a grant and all its tokens. It returns store.ErrNotFound if it had ended.
func RevokeGrant(tx *store.Tx, tenant id.Tenant, grant GrantID) error {
	return tx.ExecOne("UPDATE issued_grant SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL", tenant, grant, tx.Now())
}

// RevokeOf ends the grants of an account, those of one client or ("") of all.
func RevokeOf(tx *store.Tx, tenant id.Tenant, who account.ID, app client.ID) (int64, error) {
	return tx.Exec("UPDATE issued_grant SET revoked_at = $4 WHERE tenant = $1 AND account = $2 AND ($3 = '' OR client = $3) AND revoked_at IS NULL", tenant, who, app, tx.Now())
}

// RevokeElsewhere ends the grants of an account but those that a session has begun.
func RevokeElsewhere(tx *store.Tx, tenant id.Tenant, who account.ID, but string) (int64, error) {
	return tx.Exec("UPDATE issued_grant SET revoked_at = $4 WHERE tenant = $1 AND account = $2 AND session <> $3 AND revoked_at IS NULL", tenant, who, but, tx.Now())
}

// MoveSession ties an account's grants of a session to the one that takes its place: the same
// person in the same browser has proved who they are once more.
func MoveSession(tx *store.Tx, tenant id.Tenant, who account.ID, from, to string) error {
	_, err := tx.Exec("UPDATE issued_grant SET session = $4 WHERE tenant = $1 AND account = $2 AND session = $3 AND revoked_at IS NULL", tenant, who, from, to)
	return err
}
