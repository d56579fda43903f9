package account

import (
	"time"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// DeletionDetail is what the log keeps of a wish for deletion.
type DeletionDetail struct {
	Due time.Time `json:"due,omitzero"`
}

// The verbs of leaving. lifecycle does them.
var (
	AskDeletion    = guard.Declare[ID, DeletionDetail]("account.ask_deletion", guard.Self, "Ask for the deletion of one's own account: it ends now and is erased when the grace period is over")
	CancelDeletion = guard.Declare[ID, guard.None]("account.cancel_deletion", guard.Self, "Keep one's own account after all")
	Forget         = guard.Declare[ID, guard.None]("account.erase", guard.Administer, "Erase an account and all that is personal of it, also in the log; it need not be there any more")
	ForgetDue      = guard.Declare[ID, guard.None]("account.erase_due", guard.System, "Erase an account whose grace period is over")
)

// Leaving tells whether the deletion of the account is due at some time.
func (a Account) Leaving() bool { return !a.DeletionDueAt.IsZero() }

// SetDeletion notes when the account's deletion is due, and with the zero time that it is not. It
// returns store.ErrNotFound if there is no such account. lifecycle calls it.
func SetDeletion(tx *store.Tx, tenant id.Tenant, account ID, due time.Time) error {
	asked := tx.Now()
	if due.IsZero() {
		asked = due
	}
	return tx.ExecOne("UPDATE account SET deletion_asked_at = $1, deletion_due_at = $2, updated_at = $3, version = version + 1 WHERE tenant = $4 AND id = $5",
		asked, due, tx.Now(), tenant, account)
}

// Due is an account whose deletion is due.
type Due struct {
	Tenant  id.Tenant
	Account ID
}

// DueDeletions lists up to limit accounts of all tenants whose deletion is due, the longest due
// first. skip are the first so many that are left out.
func DueDeletions(r *store.Reader, skip, limit int) ([]Due, error) {
	return store.Collect(r, func(row store.Row) (d Due, err error) { return d, row.Scan(&d.Tenant, &d.Account) },
		"SELECT tenant, id FROM account WHERE deletion_due_at IS NOT NULL AND deletion_due_at <= $1 ORDER BY deletion_due_at, tenant, id LIMIT $2 OFFSET $3", r.Now(), limit, skip)
}
