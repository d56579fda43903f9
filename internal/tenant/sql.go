package tenant

import (
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, name, display_name, mfa_enforced, disabled_at, created_at, version FROM tenant "

func scan(row store.Row) (t Tenant, err error) {
	return t, row.Scan(&t.ID, &t.Name, &t.DisplayName, &t.MFAEnforced, &t.DisabledAt, &t.CreatedAt, &t.Version)
}

// Get returns a tenant, disabled or not, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant) (Tenant, error) {
	return first(r, columns+"WHERE id = $1", tenant)
}

// ByName returns the tenant of a name, disabled or not, or store.ErrNotFound.
func ByName(r *store.Reader, name string) (Tenant, error) {
	return first(r, columns+"WHERE name = $1", name)
}

func first(r *store.Reader, sql string, args ...any) (Tenant, error) {
	return store.First(r, scan, sql, args...)
}

// List returns up to limit tenants behind an id, in order of id.
func List(r *store.Reader, after id.Tenant, limit int) ([]Tenant, error) {
	return store.Collect(r, scan, columns+"WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
}

func insert(tx *store.Tx, t Tenant) error {
	_, err := tx.Exec("INSERT INTO tenant (id, name, display_name, mfa_enforced, created_at, version) VALUES ($1, $2, $3, $4, $5, $6)",
		t.ID, t.Name, t.DisplayName, t.MFAEnforced, t.CreatedAt, t.Version)
	return err
}

// update returns store.ErrNotFound if the tenant is not there in this version.
func update(tx *store.Tx, t Tenant) error {
	return tx.ExecOne("UPDATE tenant SET display_name = $1, mfa_enforced = $2, version = version + 1 WHERE id = $3 AND version = $4",
		t.DisplayName, t.MFAEnforced, t.ID, t.Version)
}

// setDisabled takes the zero time to enable.
func setDisabled(tx *store.Tx, tenant id.Tenant, at time.Time) error {
	return tx.ExecOne("UPDATE tenant SET disabled_at = $1, version = version + 1 WHERE id = $2", at, tenant)
}

func remove(tx *store.Tx, tenant id.Tenant) error {
	return tx.ExecOne("DELETE FROM tenant WHERE id = $1", tenant)
}
