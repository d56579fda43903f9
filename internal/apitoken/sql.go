package apitoken

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// columns joins who may act: $1 is the tenant, $2 now.
const columns = `SELECT p.id, p.account, p.name, p.created_at, p.expires_at FROM apitoken p
	JOIN active_account a ON a.tenant = p.tenant AND a.id = p.account AND a.epoch = p.epoch
	WHERE p.tenant = $1 AND p.expires_at > $2 `

func scan(row store.Row) (t Token, err error) {
	return t, row.Scan(&t.ID, &t.Account, &t.Name, &t.CreatedAt, &t.ExpiresAt)
}

func living(r *store.Reader, tenant id.Tenant, digest []byte) (Token, error) {
	found, err := store.Collect(r, scan, columns+"AND p.digest = $3", tenant, r.Now(), digest)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Token{}, err
	}
	return found[0], nil
}

func list(r *store.Reader, tenant id.Tenant, who account.ID, after ID, limit int) ([]Token, error) {
	sql, args := columns+"AND p.id > $3 ", []any{tenant, r.Now(), after, limit}
	if who != "" {
		sql += "AND p.account = $5 "
		args = append(args, who)
	}
	return store.Collect(r, scan, sql+"ORDER BY p.id LIMIT $4", args...)
}

func owner(r *store.Reader, token ID) (account.ID, error) {
	var who account.ID
	return who, r.One([]any{&who}, "SELECT account FROM apitoken WHERE tenant = $1 AND id = $2", r.Tenant(), token)
}

func insert(tx *store.Tx, tenant id.Tenant, t Token, epoch int64, digest []byte) error {
	_, err := tx.Exec("INSERT INTO apitoken (tenant, digest, id, account, epoch, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		tenant, digest, t.ID, t.Account, epoch, t.Name, t.CreatedAt, t.ExpiresAt)
	return err
}

func remove(tx *store.Tx, tenant id.Tenant, token ID) error {
	return tx.ExecOne("DELETE FROM apitoken WHERE tenant = $1 AND id = $2", tenant, token)
}

// Sweeps are the tokens that have expired.
var Sweeps = []store.Sweep{{Table: "apitoken", Key: []string{"tenant", "digest"}, Gone: "expires_at < $1"}}
