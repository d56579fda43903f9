package client

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, name, secret, old_secret, old_until, metadata, disabled_at, created_at, version FROM client "

func scan(row store.Row) (Client, error) {
	var c Client
	var metadata []byte
	if err := row.Scan(&c.ID, &c.Name, &c.digest, &c.oldDigest, &c.oldUntil, &metadata, &c.DisabledAt, &c.CreatedAt, &c.Version); err != nil {
		return c, err
	}
	if err := json.Unmarshal(metadata, &c.Metadata); err != nil {
		return c, fmt.Errorf("metadata of client %s: %w", c.ID, err)
	}
	return c, nil
}

// Get returns a client, disabled ones too, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, client ID) (Client, error) {
	return store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, client)
}

// List returns up to limit clients behind an id, in order of id.
func List(r *store.Reader, tenant id.Tenant, after ID, limit int) ([]Client, error) {
	return store.Collect(r, scan, columns+"WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", tenant, after, limit)
}

func insert(tx *store.Tx, tenant id.Tenant, c Client) error {
	metadata, err := json.Marshal(c.Metadata)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO client (tenant, id, name, secret, metadata, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)",
		tenant, c.ID, c.Name, c.digest, string(metadata), c.CreatedAt)
	return err
}

func update(tx *store.Tx, tenant id.Tenant, c Client) error {
	metadata, err := json.Marshal(c.Metadata)
	if err != nil {
		return err
	}
	return tx.ExecOne("UPDATE client SET name = $3, metadata = $4, secret = $5, version = version + 1 WHERE tenant = $1 AND id = $2 AND version = $6",
		tenant, c.ID, c.Name, string(metadata), c.digest, c.Version)
}

func setSecret(tx *store.Tx, tenant id.Tenant, client ID, digest []byte, oldUntil time.Time) error {
	return tx.ExecOne("UPDATE client SET old_secret = secret, old_until = $4, secret = $3, version = version + 1 WHERE tenant = $1 AND id = $2",
		tenant, client, digest, oldUntil)
}

func setDisabled(tx *store.Tx, tenant id.Tenant, client ID, at time.Time) error {
	return tx.ExecOne("UPDATE client SET disabled_at = $3, version = version + 1 WHERE tenant = $1 AND id = $2", tenant, client, at)
}

func remove(tx *store.Tx, tenant id.Tenant, client ID) error {
	return tx.ExecOne("DELETE FROM client WHERE tenant = $1 AND id = $2", tenant, client)
}
