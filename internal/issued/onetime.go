package issued

import (
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// ErrSpent is returned by Spend for a value that was spent before.
var ErrSpent = errors.New("this one-time value was used before")

// remember is how long an expired or spent one-time value is recognised: longer than the tokens
// that it may have led to.
const remember = 25 * time.Hour

// Put stores a one-time value of a kind under its digest until it expires.
func Put(tx *store.Tx, tenant id.Tenant, kind secret.Kind, digest []byte, payload string, expires time.Time) error {
	_, err := tx.Exec("INSERT INTO one_time (tenant, kind, digest, payload, expires_at) VALUES ($1, $2, $3, $4, $5)", tenant, kind, digest, payload, expires)
	return err
}

// Spend uses a one-time value up, noting what for, and returns its payload. It returns
// store.ErrNotFound for an unknown or expired value; for one that was spent before ErrSpent, the
// payload, and what it was spent for.
func Spend(tx *store.Tx, tenant id.Tenant, kind secret.Kind, digest []byte, purpose string) (payload, earlier string, err error) {
	err = tx.One([]any{&payload}, `UPDATE one_time SET spent_for = $4 WHERE tenant = $1 AND kind = $2 AND digest = $3
		AND spent_for IS NULL AND expires_at > $5 RETURNING payload`, tenant, kind, digest, purpose, tx.Now())
	if !errors.Is(err, store.ErrNotFound) {
		return payload, "", err
	}
	err = tx.One([]any{&payload, &earlier}, "SELECT payload, spent_for FROM one_time WHERE tenant = $1 AND kind = $2 AND digest = $3 AND spent_for IS NOT NULL",
		tenant, kind, digest)
	if err != nil {
		return "", "", err
	}
	return payload, earlier, ErrSpent
}

// Unspent returns the payload of a one-time value that may still be used and when it expires, or
// store.ErrNotFound. Only Spend uses it up.
func Unspent(r *store.Reader, tenant id.Tenant, kind secret.Kind, digest []byte) (payload string, expires time.Time, err error) {
	err = r.One([]any{&payload, &expires}, "SELECT payload, expires_at FROM one_time WHERE tenant = $1 AND kind = $2 AND digest = $3 AND spent_for IS NULL AND expires_at > $4",
		tenant, kind, digest, r.Now())
	return payload, expires, err
}

// Sweeps are the room's rows that nobody can use or misuse any more.
var Sweeps = []store.Sweep{
	{Table: "one_time", Key: []string{"tenant", "kind", "digest"}, Gone: "expires_at < $1", Keep: remember},
	{Table: "issued_grant", Key: []string{"tenant", "id"}, Gone: "expires_at < $1 OR idle_until < $1", Keep: remember},
	{Table: "opaque_token", Key: []string{"tenant", "digest"}, Gone: "expires_at < $1"},
	{Table: "revoked_token", Key: []string{"tenant", "jti"}, Gone: "expires_at < $1"},
}
