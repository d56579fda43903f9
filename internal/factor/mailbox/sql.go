package mailbox

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// begin writes a question over the one before it. A code that was sent stays good as long as the
// address, the account and the browser are the same.
func begin(tx *store.Tx, tenant id.Tenant, a Ask) error {
	note := string(a.Note)
	if note == "" {
		note = "{}"
	}
	_, err := tx.Exec(`INSERT INTO mailbox_code (tenant, purpose, bound, browser, account, address, sent_to, note, locale, tries, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, 0, $9)
		ON CONFLICT (tenant, purpose, bound) DO UPDATE SET
			code = CASE WHEN mailbox_code.address = excluded.address AND mailbox_code.browser = excluded.browser THEN mailbox_code.code END,
			account = CASE WHEN mailbox_code.address = excluded.address AND mailbox_code.browser = excluded.browser AND excluded.account = '' THEN mailbox_code.account ELSE excluded.account END,
			browser = excluded.browser, address = excluded.address, note = excluded.note, locale = excluded.locale,
			proved_at = NULL, expires_at = excluded.expires_at`,
		tenant, a.Purpose, a.Bound, a.Browser, a.Account, a.Address, note, a.Locale, tx.Now().Add(Life))
	return err
}

// get returns a question that is not over, or store.ErrNotFound.
func get(r *store.Reader, tenant id.Tenant, p Purpose, bound string) (Row, error) {
	row := Row{Ask: Ask{Key: Key{Purpose: p, Bound: bound}}}
	var note string
	err := r.One([]any{&row.Browser, &row.Account, &row.Address, &row.SentTo, &note, &row.Locale, &row.code, &row.codeUntil, &row.tries, &row.ProvedAt, &row.ExpiresAt},
		`SELECT browser, account, address, sent_to, note, locale, code, code_until, tries, proved_at, expires_at FROM mailbox_code
		WHERE tenant = $1 AND purpose = $2 AND bound = $3 AND expires_at > $4`, tenant, p, bound, r.Now())
	row.Note = []byte(note)
	return row, err
}

func setCode(tx *store.Tx, tenant id.Tenant, k Key, who account.ID, to account.EmailAddress, digest []byte, until time.Time) error {
	return tx.ExecOne("UPDATE mailbox_code SET code = $4, code_until = $5, tries = 0, account = $6, sent_to = $7 WHERE tenant = $1 AND purpose = $2 AND bound = $3",
		tenant, k.Purpose, k.Bound, digest, until, who, to)
}

func countTry(tx *store.Tx, tenant id.Tenant, k Key) error {
	_, err := tx.Exec("UPDATE mailbox_code SET tries = tries + 1 WHERE tenant = $1 AND purpose = $2 AND bound = $3", tenant, k.Purpose, k.Bound)
	return err
}

func setProved(tx *store.Tx, tenant id.Tenant, k Key) error {
	return tx.ExecOne("UPDATE mailbox_code SET proved_at = $4, code = NULL WHERE tenant = $1 AND purpose = $2 AND bound = $3", tenant, k.Purpose, k.Bound, tx.Now())
}

func drop(tx *store.Tx, tenant id.Tenant, k Key) error {
	return tx.ExecOne("DELETE FROM mailbox_code WHERE tenant = $1 AND purpose = $2 AND bound = $3 AND browser = $4", tenant, k.Purpose, k.Bound, k.Browser)
}

// Forget removes the questions about an account.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM mailbox_code WHERE tenant = $1 AND account = $2", tenant, who)
	return err
}

// Sweeps are the questions that nobody can go on with.
var Sweeps = []store.Sweep{{Table: "mailbox_code", Key: []string{"tenant", "purpose", "bound"}, Gone: "expires_at < $1"}}
