package passkey

import (
	"embed"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables. They refer to those of credential.
var Migrations = store.Migrations{Room: "passkey", Files: files}

// insertOwner notes whose key it is; a duplicate (store.IsDuplicate) is somebody's already. The row
// goes with the credential.
func insertOwner(tx *store.Tx, tenant id.Tenant, which credential.ID, who account.ID) error {
	_, err := tx.Exec("INSERT INTO passkey (tenant, id, account, kind) VALUES ($1, $2, $3, $4)", tenant, which, who, kind)
	return err
}

// owner is whose key it is, or store.ErrNotFound.
func owner(r *store.Reader, tenant id.Tenant, which credential.ID) (who account.ID, err error) {
	err = r.One([]any{&who}, "SELECT account FROM passkey WHERE tenant = $1 AND id = $2", tenant, which)
	return who, err
}

// count is how many keys an account has.
func count(r *store.Reader, tenant id.Tenant, who account.ID) (n int, err error) {
	err = r.One([]any{&n}, "SELECT count(*) FROM passkey WHERE tenant = $1 AND account = $2", tenant, who)
	return n, err
}
