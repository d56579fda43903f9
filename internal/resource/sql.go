package resource

import (
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, audience, name, token_format, token_alg, token_seconds, client, disabled_at, created_at, version FROM resource "

func scan(row store.Row) (Resource, error) {
	var r Resource
	err := row.Scan(&r.ID, &r.Audience, &r.Name, &r.Format, &r.Algorithm, &r.Seconds, &r.Client, &r.DisabledAt, &r.CreatedAt, &r.Version)
	r.Lifetime = time.Duration(r.Seconds) * time.Second
	return r, err
}

// Get returns a resource with its scopes, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, res ID) (Resource, error) {
	found, err := store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, res)
	if err != nil {
		return found, err
	}
	found.Scopes, err = scopes(r, tenant, found.ID)
	return found, err
}

// List returns up to limit resources behind an id, in order of id.
func List(r *store.Reader, tenant id.Tenant, after ID, limit int) ([]Resource, error) {
	list, err := store.Collect(r, scan, columns+"WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", tenant, after, limit)
	for i := range list {
		if err == nil {
			list[i].Scopes, err = scopes(r, tenant, list[i].ID)
		}
	}
	return list, err
}

func scopes(r *store.Reader, tenant id.Tenant, res ID) ([]Scope, error) {
	return store.Collect(r, func(row store.Row) (s Scope, err error) {
		return s, row.Scan(&s.Name, &s.Description, &s.Permission)
	}, "SELECT name, description, permission FROM resource_scope WHERE tenant = $1 AND resource = $2 ORDER BY name", tenant, res)
}

func insert(tx *store.Tx, tenant id.Tenant, r Resource) error {
	_, err := tx.Exec(`INSERT INTO resource (tenant, id, audience, name, token_format, token_alg, token_seconds, client, disabled_at, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)`,
		tenant, r.ID, r.Audience, r.Name, r.Format, r.Algorithm, r.Seconds, r.Client, r.DisabledAt, r.CreatedAt)
	if err == nil {
		err = insertScopes(tx, tenant, r)
	}
	return err
}

func update(tx *store.Tx, tenant id.Tenant, r Resource) error {
	err := tx.ExecOne(`UPDATE resource SET audience = $3, name = $4, token_format = $5, token_alg = $6, token_seconds = $7, client = $8, disabled_at = $9, version = version + 1
		WHERE tenant = $1 AND id = $2 AND version = $10`,
		tenant, r.ID, r.Audience, r.Name, r.Format, r.Algorithm, r.Seconds, r.Client, r.DisabledAt, r.Version)
	if err == nil {
		_, err = tx.Exec("DELETE FROM resource_scope WHERE tenant = $1 AND resource = $2", tenant, r.ID)
	}
	if err == nil {
		err = insertScopes(tx, tenant, r)
	}
	return err
}

func insertScopes(tx *store.Tx, tenant id.Tenant, r Resource) error {
	for _, s := range r.Scopes {
		if _, err := tx.Exec("INSERT INTO resource_scope (tenant, resource, name, description, permission) VALUES ($1, $2, $3, $4, $5)",
			tenant, r.ID, s.Name, s.Description, s.Permission); err != nil {
			return err
		}
	}
	return nil
}

func remove(tx *store.Tx, tenant id.Tenant, res ID) error {
	return tx.ExecOne("DELETE FROM resource WHERE tenant = $1 AND id = $2", tenant, res)
}
