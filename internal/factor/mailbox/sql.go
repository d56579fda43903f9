package mailbox

import (
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
	const same = "mailbox_code.address = excluded.address AND mailbox_code.browser = excluded.browser AND excluded.account IN ('', mailbox_code.account)"
	_, err := tx.Exec(`INSERT INTO mailbox_code (tenant, purpose, bound, browser, account, address, sent_to, note, locale, tries, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, 0, $9)
		ON CONFLICT (tenant, purpose, bound) DO UPDATE SET
			code = CASE WHEN `+same+` THEN mailbox_code.code END,
			link = CASE WHEN `+same+` THEN mailbox_code.link END,
			account = CASE WHEN `+same+` THEN mailbox_code.account ELSE excluded.account END,
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
	if !row.codeUntil.IsZero() {
		row.SentAt = row.codeUntil.Add(-CodeLife)
	}
	return row, err
}

// byLink returns what the question is bound to whose letter has a link that still works.
func byLink(r *store.Reader, tenant id.Tenant, p Purpose, link []byte) (bound string, err error) {
	err = r.One([]any{&bound}, "SELECT bound FROM mailbox_code WHERE tenant = $1 AND link = $2 AND purpose = $3 AND proved_at IS NULL AND code_until > $4",
		tenant, link, p, r.Now())
	return bound, err
}

// setCode keeps what proves the mailbox; it works for CodeLife from now.
func setCode(tx *store.Tx, tenant id.Tenant, k Key, who account.ID, to account.EmailAddress, code, link []byte) error {
	return tx.ExecOne("UPDATE mailbox_code SET code = $4, link = $5, code_until = $6, tries = 0, account = $7, sent_to = $8 WHERE tenant = $1 AND purpose = $2 AND bound = $3",
		tenant, k.Purpose, k.Bound, code, link, tx.Now().Add(CodeLife), who, to)
}

func countTry(tx *store.Tx, tenant id.Tenant, k Key) error {
	_, err := tx.Exec("UPDATE mailbox_code SET tries = tries + 1 WHERE tenant = $1 AND purpose = $2 AND bound = $3", tenant, k.Purpose, k.Bound)
	return err
}

func setProved(tx *store.Tx, tenant id.Tenant, k Key) error {
	return tx.ExecOne("UPDATE mailbox_code SET proved_at = $4, code = NULL, link = NULL WHERE tenant = $1 AND purpose = $2 AND bound = $3", tenant, k.Purpose, k.Bound, tx.Now())
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
