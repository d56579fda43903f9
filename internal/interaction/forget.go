package interaction

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Forget removes what an account has under way.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM interaction WHERE tenant = $1 AND account = $2", tenant, who)
	return err
}
