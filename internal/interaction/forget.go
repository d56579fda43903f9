package interaction

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Forget removes what an account has under way.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM interaction WHERE tenant = $1 AND account = $2 AND account <> ''", tenant, who)
	return err
}

// Disprove drops what was proved of an account wherever a session has not come of it: with another
// password, or when all of the account ends, half a sign-in or recovery is worth nothing, whoever
// holds it (security rows AU04, AU27). Its person begins again.
func Disprove(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("UPDATE interaction SET facts = 'null' WHERE tenant = $1 AND account = $2 AND account <> ''", tenant, who)
	return err
}
