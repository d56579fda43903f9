package person

import (
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// read returns the sealed key of an owner, nil for one who was erased, or store.ErrNotFound.
func read(r *store.Reader, tenant id.Tenant, owner Owner) (sealed []byte, err error) {
	err = r.One([]any{&sealed}, "SELECT sealed FROM person_key WHERE tenant = $1 AND owner = $2", tenant, owner)
	return sealed, err
}

// insert writes a new key and returns the one that stands: another transaction's, if that was
// first.
func insert(tx *store.Tx, tenant id.Tenant, owner Owner, sealed []byte) ([]byte, error) {
	n, err := tx.Exec("INSERT INTO person_key (tenant, owner, sealed, created_at, ends_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		tenant, owner, sealed, tx.Now(), owner.ends())
	if err != nil || n == 1 {
		return sealed, err
	}
	return read(tx.Read(), tenant, owner)
}

func each(r *store.Reader, tenant id.Tenant, owners []Owner, fn func(Owner, []byte) error) error {
	marks, args := make([]string, len(owners)), []any{tenant}
	for i, o := range owners {
		args = append(args, o)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return r.Each(func(row store.Row) error {
		var o Owner
		var sealed []byte
		if err := row.Scan(&o, &sealed); err != nil {
			return err
		}
		return fn(o, sealed)
	}, "SELECT owner, sealed FROM person_key WHERE tenant = $1 AND sealed IS NOT NULL AND owner IN ("+strings.Join(marks, ", ")+")", args...)
}

func erase(tx *store.Tx, tenant id.Tenant, owner Owner) error {
	_, err := tx.Exec(`INSERT INTO person_key (tenant, owner, created_at, erased_at) VALUES ($1, $2, $3, $3)
		ON CONFLICT (tenant, owner) DO UPDATE SET sealed = NULL, erased_at = $3`, tenant, owner, tx.Now())
	return err
}

// Sweeps are the keys that end by themselves: those of strangers.
var Sweeps = []store.Sweep{{Table: "person_key", Key: []string{"tenant", "owner"}, Gone: "ends_at < $1"}}
