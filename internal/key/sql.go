package key

import (
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, alg, state, public, sealed, created_at, changed_at FROM signing_key "

func scan(row store.Row) (k Key, err error) {
	return k, row.Scan(&k.ID, &k.Algorithm, &k.State, &k.public, &k.sealed, &k.CreatedAt, &k.ChangedAt)
}

// List returns a tenant's keys, newest first; dropped ones too.
func List(r *store.Reader, tenant id.Tenant) ([]Key, error) {
	return store.Collect(r, scan, columns+"WHERE tenant = $1 ORDER BY created_at DESC, id", tenant)
}

func live(r *store.Reader, tenant id.Tenant) ([]Key, error) {
	return store.Collect(r, scan, columns+"WHERE tenant = $1 AND state <> 'dropped' ORDER BY created_at DESC, id", tenant)
}

func inState(r *store.Reader, tenant id.Tenant, alg jose.Algorithm, s State) ([]Key, error) {
	return store.Collect(r, scan, columns+"WHERE tenant = $1 AND alg = $2 AND state = $3", tenant, alg, s)
}

func insert(tx *store.Tx, tenant id.Tenant, k Key) error {
	_, err := tx.Exec("INSERT INTO signing_key (tenant, id, alg, state, public, sealed, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		tenant, k.ID, k.Algorithm, k.State, string(k.public), k.sealed, k.CreatedAt, k.ChangedAt)
	return err
}

// move changes a key's state if it is still in from; a dropped key loses its private half.
func move(tx *store.Tx, tenant id.Tenant, key ID, from, to State) error {
	return tx.ExecOne(`UPDATE signing_key SET state = $4, changed_at = $5, sealed = CASE WHEN $4 = 'dropped' THEN NULL ELSE sealed END
		WHERE tenant = $1 AND id = $2 AND state = $3`, tenant, key, from, to, tx.Now())
}

// tenants lists those that have keys.
func tenants(r *store.Reader) ([]id.Tenant, error) {
	return store.Collect(r, func(row store.Row) (t id.Tenant, err error) { return t, row.Scan(&t) },
		"SELECT DISTINCT tenant FROM signing_key ORDER BY tenant")
}
