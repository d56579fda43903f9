package assurance

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// versionOf returns the version of the tenant's policies, 0 before the first change.
func versionOf(r *store.Reader, tenant id.Tenant) (n int64, err error) {
	err = r.One([]any{&n}, "SELECT version FROM assurance_version WHERE tenant = $1", tenant)
	return n, zeroIfNone(err)
}

func bumpVersion(tx *store.Tx, tenant id.Tenant) error {
	_, err := tx.Exec("INSERT INTO assurance_version (tenant, version) VALUES ($1, 1) ON CONFLICT (tenant) DO UPDATE SET version = assurance_version.version + 1", tenant)
	return err
}

func switchedOff(r *store.Reader, tenant id.Tenant) ([]PolicyID, error) {
	return store.Collect(r, func(row store.Row) (p PolicyID, err error) { return p, row.Scan(&p) }, "SELECT id FROM assurance_off WHERE tenant = $1", tenant)
}

const policyColumns = "SELECT id, name, source, enabled, created_at, updated_at, version FROM assurance_policy "

func scanPolicy(row store.Row) (p Policy, err error) {
	return p, row.Scan(&p.ID, &p.Name, &p.Source, &p.Enabled, &p.CreatedAt, &p.UpdatedAt, &p.Version)
}

func policies(r *store.Reader, tenant id.Tenant) ([]Policy, error) {
	return store.Collect(r, scanPolicy, policyColumns+"WHERE tenant = $1 ORDER BY id", tenant)
}

func getPolicy(r *store.Reader, tenant id.Tenant, p PolicyID) (Policy, error) {
	return store.First(r, scanPolicy, policyColumns+"WHERE tenant = $1 AND id = $2", tenant, p)
}

func insertPolicy(tx *store.Tx, tenant id.Tenant, p Policy) error {
	_, err := tx.Exec("INSERT INTO assurance_policy (tenant, id, name, source, enabled, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $6, 1)",
		tenant, p.ID, p.Name, p.Source, p.Enabled, tx.Now())
	return err
}

// updatePolicy returns store.ErrNotFound if the policy is not there in this version.
func updatePolicy(tx *store.Tx, tenant id.Tenant, p Policy) error {
	return tx.ExecOne("UPDATE assurance_policy SET name = $3, source = $4, updated_at = $5, version = version + 1 WHERE tenant = $1 AND id = $2 AND version = $6",
		tenant, p.ID, p.Name, p.Source, tx.Now(), p.Version)
}

func setEnabled(tx *store.Tx, tenant id.Tenant, p PolicyID, on bool) error {
	return tx.ExecOne("UPDATE assurance_policy SET enabled = $3, updated_at = $4, version = version + 1 WHERE tenant = $1 AND id = $2", tenant, p, on, tx.Now())
}

func setBuiltin(tx *store.Tx, tenant id.Tenant, p PolicyID, on bool) error {
	sql := "INSERT INTO assurance_off (tenant, id) VALUES ($1, $2) ON CONFLICT (tenant, id) DO NOTHING"
	if on {
		sql = "DELETE FROM assurance_off WHERE tenant = $1 AND id = $2"
	}
	_, err := tx.Exec(sql, tenant, p)
	return err
}

func removePolicy(tx *store.Tx, tenant id.Tenant, p PolicyID) error {
	return tx.ExecOne("DELETE FROM assurance_policy WHERE tenant = $1 AND id = $2", tenant, p)
}

func zeroIfNone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
