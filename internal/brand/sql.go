package brand

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Get returns a brand. One that nobody made is empty and has the version 0.
func Get(r *store.Reader, tenant id.Tenant, scope Scope) (Brand, error) {
	b := Brand{Scope: scope, Images: []Picture{}}
	var theme []byte
	err := r.One([]any{&theme, &b.Version, &b.UpdatedAt}, "SELECT theme, version, updated_at FROM brand WHERE tenant = $1 AND scope = $2", tenant, scope)
	if errors.Is(err, store.ErrNotFound) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(theme, &b.Theme); err != nil {
		return b, fmt.Errorf("theme of brand %s: %w", scope, err)
	}
	b.Images, err = store.Collect(r, func(row store.Row) (p Picture, err error) {
		i := Image{}
		err = row.Scan(&p.Slot, &i.Hash, &p.Width, &p.Height)
		p.File = i.Name()
		return p, err
	}, "SELECT slot, hash, width, height FROM brand_image WHERE tenant = $1 AND scope = $2 ORDER BY slot", tenant, scope)
	return b, err
}

// put stores a theme over the version that the caller looked at; 0 is one that nobody made. It
// returns store.ErrNotFound if there is another version by now.
func put(tx *store.Tx, tenant id.Tenant, scope Scope, theme Theme, version int64) error {
	text, err := json.Marshal(theme)
	if err != nil {
		return err
	}
	if version == 0 {
		return tx.ExecOne("INSERT INTO brand (tenant, scope, client, theme, version, updated_at) VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING",
			tenant, scope, scope.client(), string(text), tx.Now())
	}
	return tx.ExecOne("UPDATE brand SET theme = $3, version = version + 1, updated_at = $4 WHERE tenant = $1 AND scope = $2 AND version = $5",
		tenant, scope, string(text), tx.Now(), version)
}

func putImage(tx *store.Tx, tenant id.Tenant, scope Scope, slot Slot, i Image) error {
	_, err := tx.Exec(`INSERT INTO brand_image (tenant, scope, slot, hash, width, height, png) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant, scope, slot) DO UPDATE SET hash = excluded.hash, width = excluded.width, height = excluded.height, png = excluded.png`,
		tenant, scope, slot, i.Hash, i.Width, i.Height, i.PNG)
	return err
}

// removeImage returns store.ErrNotFound if there is no picture.
func removeImage(tx *store.Tx, tenant id.Tenant, scope Scope, slot Slot) error {
	return tx.ExecOne("DELETE FROM brand_image WHERE tenant = $1 AND scope = $2 AND slot = $3", tenant, scope, slot)
}

// body is the bytes of a picture, or store.ErrNotFound.
func body(r *store.Reader, tenant id.Tenant, hash string) (png []byte, err error) {
	return png, r.One([]any{&png}, "SELECT png FROM brand_image WHERE tenant = $1 AND hash = $2 LIMIT 1", tenant, hash)
}

// remove drops a brand with its pictures; store.ErrNotFound if there is none.
func remove(tx *store.Tx, tenant id.Tenant, scope Scope) error {
	return tx.ExecOne("DELETE FROM brand WHERE tenant = $1 AND scope = $2", tenant, scope)
}
