package account

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// The verbs that people have for the addresses of their own accounts. Room address does them.
var (
	AddOwnEmail    = guard.Declare[ID, guard.None]("account.add_email", guard.Self, "Add an address to one's own account, by a code sent there")
	PreferOwnEmail = guard.Declare[ID, guard.None]("account.prefer_email", guard.Self, "Make an address of one's own the primary one")
	RemoveOwnEmail = guard.Declare[ID, guard.None]("account.remove_email", guard.Self, "Take an address from one's own account")
)

var (
	// ErrEmailUsed is the refusal of an address that another account has verified.
	ErrEmailUsed = errEmailUsed
	// ErrUnverified is the refusal to make an address the primary one before it is verified.
	ErrUnverified = &guard.Problem{Code: "conflict", Field: "email", Public: "Verify the address first."}
	// ErrLastEmail is the refusal to remove the only address that is verified: warnings, and the way
	// back into the account, need one.
	ErrLastEmail = &guard.Problem{Code: "conflict", Field: "email", Public: "This is the only verified address. Add another first."}
)

func (a Account) email(e EmailAddress) (Email, bool) {
	i := slices.IndexFunc(a.Emails, func(have Email) bool { return have.Address.Key() == e.Key() })
	if i < 0 {
		return Email{}, false
	}
	return a.Emails[i], true
}

// Verified lists the addresses that the account has verified, the primary one first.
func (a Account) Verified() (out []EmailAddress) {
	for _, e := range a.Emails {
		if !e.VerifiedAt.IsZero() {
			out = append(out, e.Address)
		}
	}
	return out
}

// AddVerified gives an account an address whose mail its person reads; the first verified one becomes
// the primary one. added is false if it was verified before. Refusals: not_found, conflict (another
// account has it, or there are too many).
func AddVerified(tx *store.Tx, tenant id.Tenant, account ID, e EmailAddress) (added bool, err error) {
	a, err := Get(tx.Read(), tenant, account)
	if err != nil {
		return false, missing(err)
	}
	had, claimed := a.email(e)
	switch {
	case claimed && !had.VerifiedAt.IsZero():
		return false, nil
	case claimed:
		err = setVerified(tx, tenant, account, e)
	case len(a.Emails) >= MaxEmails:
		return false, errMany
	default:
		err = insertEmail(tx, tenant, account, Email{Address: e, Primary: len(a.Emails) == 0, VerifiedAt: tx.Now()})
	}
	if store.IsDuplicate(err) {
		return false, errEmailUsed
	}
	if err != nil {
		return false, err
	}
	if p, ok := a.PrimaryEmail(); ok && len(a.Verified()) == 0 && p.Address.Key() != e.Key() {
		if err := setPrimary(tx, tenant, account, e); err != nil {
			return false, err
		}
	}
	return true, touch(tx, tenant, account)
}

// MakePrimary makes a verified address of the account its primary one. Refusals: not_found, conflict.
func MakePrimary(tx *store.Tx, tenant id.Tenant, account ID, e EmailAddress) error {
	a, err := Get(tx.Read(), tenant, account)
	if err != nil {
		return missing(err)
	}
	switch had, ok := a.email(e); {
	case !ok:
		return errNoEmail
	case had.VerifiedAt.IsZero():
		return ErrUnverified
	}
	if err := setPrimary(tx, tenant, account, e); err != nil {
		return err
	}
	return touch(tx, tenant, account)
}

// Drop takes an address from the account, and returns whether it had been verified. Refusals:
// not_found, conflict (it is the only verified one).
func Drop(tx *store.Tx, tenant id.Tenant, account ID, e EmailAddress) (verified bool, err error) {
	a, err := Get(tx.Read(), tenant, account)
	if err != nil {
		return false, missing(err)
	}
	had, ok := a.email(e)
	if !ok {
		return false, errNoEmail
	}
	verified = !had.VerifiedAt.IsZero()
	if verified && len(a.Verified()) == 1 {
		return verified, ErrLastEmail
	}
	if err := removeEmail(tx, tenant, account, e); err != nil {
		return verified, err
	}
	if err := promote(tx, tenant, account); err != nil {
		return verified, err
	}
	return verified, touch(tx, tenant, account)
}

const usernameTail = "abcdefghjkmnpqrstuvwxyz23456789" // no signs that are taken for others

// UsernameFor makes a username of an address, for somebody who signs in by the address: what may
// stand in a username of its local part, and four signs by chance, so that nobody learns from it who
// else has an account.
func UsernameFor(e EmailAddress) Username {
	local, _, _ := strings.Cut(e.Key(), "@")
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, local), ".-_")
	if len(name) > 40 {
		name = strings.TrimRight(name[:40], ".-_")
	}
	if name == "" {
		name = "user"
	}
	tail := make([]byte, 0, 4)
	var b [1]byte
	for len(tail) < cap(tail) {
		rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never returns an error
		if n := int(b[0]); n < 256-256%len(usernameTail) {
			tail = append(tail, usernameTail[n%len(usernameTail)])
		}
	}
	return Username(name + "-" + string(tail))
}

// IsNameUsed tells the refusal of a username that another account has.
func IsNameUsed(err error) bool { return errors.Is(err, errNameUsed) }
