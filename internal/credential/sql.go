package credential

import (
	"errors"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT account, kind, id, sealed, created_at, used_at, version FROM credential "

// Seal encrypts c.Data for its row. Do it before the transaction that calls Put.
func Seal(root *secret.Root, tenant id.Tenant, c Credential) []byte {
	return root.Seal(c.place(tenant), c.Data)
}

// Put writes a credential whose data Seal made: anew if c.Version is 0, else in the place of
// that version. It returns store.ErrNotFound if the version is not there any more, and a
// duplicate (store.IsDuplicate) if one is there already.
func Put(tx *store.Tx, tenant id.Tenant, c Credential, sealed []byte) error {
	if c.Version == 0 {
		_, err := tx.Exec("INSERT INTO credential (tenant, account, kind, id, sealed, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)",
			tenant, c.Account, c.Kind, c.ID, sealed, tx.Now())
		return err
	}
	return tx.ExecOne("UPDATE credential SET sealed = $1, version = version + 1 WHERE tenant = $2 AND account = $3 AND kind = $4 AND id = $5 AND version = $6",
		sealed, tenant, c.Account, c.Kind, c.ID, c.Version)
}

// Replace writes a credential whose data Seal made, whether or not one is there: setting a
// password anew. Its version grows and it counts as unused.
func Replace(tx *store.Tx, tenant id.Tenant, c Credential, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO credential (tenant, account, kind, id, sealed, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (tenant, account, kind, id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, used_at = NULL, version = credential.version + 1`,
		tenant, c.Account, c.Kind, c.ID, sealed, tx.Now())
	return err
}

// InsertMany is Put of new credentials, many with one statement.
func InsertMany(tx *store.Tx, tenant id.Tenant, list []Sealed) error {
	return store.InsertMany(tx, "INSERT INTO credential (tenant, account, kind, id, sealed, created_at, version) VALUES", 7, len(list), func(i int) []any {
		c := list[i]
		return []any{tenant, c.Account, c.Kind, c.ID, c.Data, tx.Now(), 1}
	})
}

// Count is how many credentials of a kind the tenant's accounts have. It looks at them all.
func Count(r *store.Reader, tenant id.Tenant, kind Kind) (n int64, err error) {
	err = r.One([]any{&n}, "SELECT count(*) FROM credential WHERE tenant = $1 AND kind = $2", tenant, kind)
	return n, err
}

// Get returns an account's credential of a kind, or store.ErrNotFound. A value that does not
// open is a fault.
func Get(r *store.Reader, root *secret.Root, tenant id.Tenant, who account.ID, kind Kind, which ID) (Credential, error) {
	return store.First(r, opening(root, tenant), columns+"WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4", tenant, who, kind, which)
}

// SetAt is when an account's credential of a kind was set, without opening it; store.ErrNotFound
// if there is none.
func SetAt(r *store.Reader, tenant id.Tenant, who account.ID, kind Kind, which ID) (at time.Time, err error) {
	err = r.One([]any{&at}, "SELECT created_at FROM credential WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4", tenant, who, kind, which)
	return at, err
}

// List returns an account's credentials of a kind in order of their ids.
func List(r *store.Reader, root *secret.Root, tenant id.Tenant, who account.ID, kind Kind) ([]Credential, error) {
	return store.Collect(r, opening(root, tenant), columns+"WHERE tenant = $1 AND account = $2 AND kind = $3 ORDER BY id", tenant, who, kind)
}

// Kinds returns which kinds of credentials an account has, in alphabetical order.
func Kinds(r *store.Reader, tenant id.Tenant, who account.ID) ([]Kind, error) {
	return store.Collect(r, func(row store.Row) (k Kind, err error) { return k, row.Scan(&k) },
		"SELECT DISTINCT kind FROM credential WHERE tenant = $1 AND account = $2 ORDER BY kind", tenant, who)
}

// Used notes that a credential has just proved who its owner is, if it still has the version
// that was looked at: else store.ErrNotFound, and the proof does not count.
func Used(tx *store.Tx, tenant id.Tenant, c Credential) error {
	return tx.ExecOne("UPDATE credential SET used_at = $1 WHERE tenant = $2 AND account = $3 AND kind = $4 AND id = $5 AND version = $6",
		tx.Now(), tenant, c.Account, c.Kind, c.ID, c.Version)
}

// Delete removes a credential. It returns store.ErrNotFound if there is none.
func Delete(tx *store.Tx, tenant id.Tenant, who account.ID, kind Kind, which ID) error {
	return tx.ExecOne("DELETE FROM credential WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4", tenant, who, kind, which)
}

// DeleteAll removes an account's credentials of all kinds and returns how many they were.
func DeleteAll(tx *store.Tx, tenant id.Tenant, who account.ID) (int64, error) {
	return tx.Exec("DELETE FROM credential WHERE tenant = $1 AND account = $2", tenant, who)
}

func opening(root *secret.Root, tenant id.Tenant) func(store.Row) (Credential, error) {
	return func(row store.Row) (c Credential, err error) {
		var sealed []byte
		if err = row.Scan(&c.Account, &c.Kind, &c.ID, &sealed, &c.CreatedAt, &c.UsedAt, &c.Version); err != nil {
			return c, err
		}
		if c.Data, err = root.Open(c.place(tenant), sealed); err != nil {
			return c, errors.Join(fmt.Errorf("the %s of %s", c.Kind, c.Account), err)
		}
		return c, nil
	}
}
