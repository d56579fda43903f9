package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, username, claims, phone_verified_at, disabled_at, deletion_asked_at, deletion_due_at, created_at, updated_at, avatar, theme, epoch, version FROM account "

func scan(row store.Row) (a Account, err error) {
	var claims string
	if err = row.Scan(&a.ID, &a.Username, &claims, &a.PhoneVerifiedAt, &a.DisabledAt, &a.DeletionAskedAt, &a.DeletionDueAt, &a.CreatedAt, &a.UpdatedAt, &a.Picture, &a.Theme, &a.Epoch, &a.Version); err != nil {
		return a, err
	}
	if err = json.Unmarshal([]byte(claims), &a.Claims); err != nil {
		return a, fmt.Errorf("the claims of %s: %w", a.ID, err)
	}
	return a, nil
}

// Get returns an account with its addresses, enabled or not, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, account ID) (Account, error) {
	list, err := store.Collect(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, account)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err == nil {
		err = addEmails(r, tenant, list)
	}
	if err != nil {
		return Account{}, err
	}
	return list[0], nil
}

// Release reads an account's claims for a client of an issuer, as Account.ClaimsFor gives them, and of the
// account's rows no more than they need. It returns store.ErrNotFound for no account.
func Release(r *store.Reader, tenant id.Tenant, account ID, issuer string, scopes oauth.ScopeSet, requested []oauth.ClaimRequest) (Released, error) {
	list, err := store.Collect(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, account)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	wants := func(c oauth.ClaimRequest) bool { return c.Name == "email" || c.Name == "email_verified" }
	if err == nil && (scopes.Has(oauth.ScopeEmail) || slices.ContainsFunc(requested, wants)) {
		err = addEmails(r, tenant, list)
	}
	if err != nil {
		return nil, err
	}
	return list[0].Seen(issuer).ClaimsFor(scopes, requested), nil
}

// Active returns the epoch of an account that may act: it and its tenant are enabled. Else
// store.ErrNotFound.
func Active(r *store.Reader, tenant id.Tenant, account ID) (epoch int64, err error) {
	err = r.One([]any{&epoch}, "SELECT epoch FROM active_account WHERE tenant = $1 AND id = $2", tenant, account)
	return epoch, err
}

// Lookup finds the account, enabled or not, that an identifier signs in to: a username, or an
// address that the account has verified. Whatever else the text is, the answer is
// store.ErrNotFound.
func Lookup(r *store.Reader, tenant id.Tenant, text string) (ID, error) {
	key, email, ok := identifier(text)
	if !ok {
		return "", store.ErrNotFound
	}
	sql := "SELECT id FROM account WHERE tenant = $1 AND username_key = $2"
	if email {
		sql = "SELECT account FROM account_email WHERE tenant = $1 AND address_key = $2 AND verified_at IS NOT NULL"
	}
	var found ID
	err := r.One([]any{&found}, sql, tenant, key)
	return found, err
}

// LookupOrOther is Lookup for those whose time must not tell whether there is such an account
// (security row AU19): where there is none, other is an account that the name stands next to, so that
// whoever goes on can do with it what they do with the one that was found, and throw it away. It is
// Nobody in a tenant without accounts.
func LookupOrOther(r *store.Reader, tenant id.Tenant, text string) (found, other ID, err error) {
	key, email, ok := identifier(text)
	sql := `SELECT id, username_key FROM account WHERE tenant = $1 AND username_key = coalesce(
		(SELECT min(username_key) FROM account WHERE tenant = $1 AND username_key >= $2), (SELECT min(username_key) FROM account WHERE tenant = $1))`
	if email {
		sql = `SELECT account, address_key FROM account_email WHERE tenant = $1 AND verified_at IS NOT NULL AND address_key = coalesce(
			(SELECT min(address_key) FROM account_email WHERE tenant = $1 AND verified_at IS NOT NULL AND address_key >= $2),
			(SELECT min(address_key) FROM account_email WHERE tenant = $1 AND verified_at IS NOT NULL))`
	}
	var near string
	err = r.One([]any{&other, &near}, sql, tenant, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", Nobody, nil
	case err == nil && ok && near == key:
		return other, other, nil
	}
	return "", other, err
}

// Filter selects accounts; empty fields select all.
type Filter struct {
	Username string // exact, in any spelling of the same canonical form
	Email    string // exact; claimed or verified
	Disabled *bool
}

// List returns up to limit accounts behind an id that pass the filter, in order of id.
func List(r *store.Reader, tenant id.Tenant, f Filter, after ID, limit int) ([]Account, error) {
	where, args := "WHERE tenant = $1 AND id > $2", []any{tenant, after, limit}
	if f.Username != "" {
		username, err := ParseUsername(f.Username)
		if err != nil {
			return []Account{}, nil //nolint:nilerr // no account has what is no username
		}
		args = append(args, username.Key())
		where += fmt.Sprintf(" AND username_key = $%d", len(args))
	}
	if f.Email != "" {
		address, err := ParseEmail(f.Email)
		if err != nil {
			return []Account{}, nil //nolint:nilerr // no account has what is no address
		}
		args = append(args, address.Key())
		where += fmt.Sprintf(" AND id IN (SELECT account FROM account_email WHERE tenant = $1 AND address_key = $%d)", len(args))
	}
	if f.Disabled != nil {
		where += map[bool]string{true: " AND disabled_at IS NOT NULL", false: " AND disabled_at IS NULL"}[*f.Disabled]
	}
	list, err := store.Collect(r, scan, columns+where+" ORDER BY id LIMIT $3", args...)
	if err == nil {
		err = addEmails(r, tenant, list)
	}
	return list, err
}

// addEmails reads the addresses of all listed accounts with one statement.
func addEmails(r *store.Reader, tenant id.Tenant, list []Account) error {
	if len(list) == 0 {
		return nil
	}
	at := map[ID]int{}
	marks, args := make([]string, len(list)), []any{tenant}
	for i := range list {
		list[i].Emails = []Email{}
		at[list[i].ID] = i
		args = append(args, list[i].ID)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return r.Each(func(row store.Row) error {
		var account ID
		var e Email
		if err := row.Scan(&account, &e.Address, &e.VerifiedAt, &e.Primary); err != nil {
			return err
		}
		i := at[account]
		list[i].Emails = append(list[i].Emails, e)
		return nil
	}, "SELECT account, address, verified_at, is_primary FROM account_email WHERE tenant = $1 AND account IN ("+strings.Join(marks, ", ")+
		") ORDER BY is_primary DESC, address_key", args...)
}

func insert(tx *store.Tx, tenant id.Tenant, a Account) error {
	claims, err := json.Marshal(a.Claims)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO account (tenant, id, username, username_key, claims, created_at, updated_at, epoch, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		tenant, a.ID, a.Username, a.Username.Key(), string(claims), a.CreatedAt, a.UpdatedAt, a.Epoch, a.Version)
	return err
}

// update writes username and claims if the version still holds, else store.ErrNotFound. A new
// telephone number is unverified.
func update(tx *store.Tx, tenant id.Tenant, a Account) error {
	claims, err := json.Marshal(a.Claims)
	if err != nil {
		return err
	}
	return tx.ExecOne("UPDATE account SET username = $1, username_key = $2, claims = $3, phone_verified_at = $4, updated_at = $5, version = version + 1 WHERE tenant = $6 AND id = $7 AND version = $8",
		a.Username, a.Username.Key(), string(claims), a.PhoneVerifiedAt, tx.Now(), tenant, a.ID, a.Version)
}

// touch notes that something about the account changed. It returns store.ErrNotFound if there
// is none.
func touch(tx *store.Tx, tenant id.Tenant, account ID) error {
	return tx.ExecOne("UPDATE account SET updated_at = $1, version = version + 1 WHERE tenant = $2 AND id = $3", tx.Now(), tenant, account)
}

func setPhoneVerified(tx *store.Tx, tenant id.Tenant, account ID) error {
	return tx.ExecOne("UPDATE account SET phone_verified_at = $1, updated_at = $1, version = version + 1 WHERE tenant = $2 AND id = $3", tx.Now(), tenant, account)
}

// SetDisabled disables an account at a time, and with the zero time enables it. Disabling ends
// the epoch. It returns store.ErrNotFound if there is no such account. lifecycle calls it.
func SetDisabled(tx *store.Tx, tenant id.Tenant, account ID, at time.Time) error {
	ends := 0
	if !at.IsZero() {
		ends = 1
	}
	return tx.ExecOne("UPDATE account SET disabled_at = $1, epoch = epoch + $2, updated_at = $3, version = version + 1 WHERE tenant = $4 AND id = $5",
		at, ends, tx.Now(), tenant, account)
}

// BumpEpoch kills everything that was issued to the account before. It returns
// store.ErrNotFound if there is no such account.
func BumpEpoch(tx *store.Tx, tenant id.Tenant, account ID) error {
	return tx.ExecOne("UPDATE account SET epoch = epoch + 1 WHERE tenant = $1 AND id = $2", tenant, account)
}

// Erase deletes an account with its addresses. It returns store.ErrNotFound if there is no such
// account. lifecycle calls it.
func Erase(tx *store.Tx, tenant id.Tenant, account ID) error {
	return tx.ExecOne("DELETE FROM account WHERE tenant = $1 AND id = $2", tenant, account)
}

func insertEmail(tx *store.Tx, tenant id.Tenant, account ID, e Email) error {
	_, err := tx.Exec("INSERT INTO account_email (tenant, account, address_key, address, verified_at, is_primary) VALUES ($1, $2, $3, $4, $5, $6)",
		tenant, account, e.Address.Key(), e.Address, e.VerifiedAt, e.Primary)
	return err
}

func setVerified(tx *store.Tx, tenant id.Tenant, account ID, address EmailAddress) error {
	return tx.ExecOne("UPDATE account_email SET verified_at = $1 WHERE tenant = $2 AND account = $3 AND address_key = $4",
		tx.Now(), tenant, account, address.Key())
}

func removeEmail(tx *store.Tx, tenant id.Tenant, account ID, address EmailAddress) error {
	return tx.ExecOne("DELETE FROM account_email WHERE tenant = $1 AND account = $2 AND address_key = $3", tenant, account, address.Key())
}

// setPrimary makes one of the account's addresses its primary one.
func setPrimary(tx *store.Tx, tenant id.Tenant, account ID, address EmailAddress) error {
	if _, err := tx.Exec("UPDATE account_email SET is_primary = FALSE WHERE tenant = $1 AND account = $2 AND is_primary", tenant, account); err != nil {
		return err
	}
	return tx.ExecOne("UPDATE account_email SET is_primary = TRUE WHERE tenant = $1 AND account = $2 AND address_key = $3", tenant, account, address.Key())
}

// promote makes some address the primary one if none is: a verified one before others.
func promote(tx *store.Tx, tenant id.Tenant, account ID) error {
	var next EmailAddress
	err := tx.One([]any{&next}, `SELECT address FROM account_email WHERE tenant = $1 AND account = $2
		AND NOT EXISTS (SELECT 1 FROM account_email WHERE tenant = $1 AND account = $2 AND is_primary)
		ORDER BY verified_at NULLS LAST, address_key LIMIT 1`, tenant, account)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return setPrimary(tx, tenant, account, next)
}
