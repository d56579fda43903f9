package account

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Past is an account as another system had it.
type Past struct {
	Username      string // "" takes a name from the first address
	Claims        Claims
	Emails        []PastEmail
	PhoneVerified bool
	Disabled      bool
	CreatedAt     time.Time // zero: now
}

// PastEmail is an address of a Past. A verified one signs in.
type PastEmail struct {
	Address  string
	Verified bool
}

// Draft is a Past that fits, ready for InsertMany. Make one with Past.Draft.
type Draft struct {
	ID     ID
	names  []Username // in order of preference
	claims string
	emails []Email
	past   Past
}

// Draft judges an account and gives it an identifier. Refusals: invalid, with the field.
func (p Past) Draft(now time.Time) (Draft, error) {
	d := Draft{ID: NewID(now), past: p}
	if len(p.Emails) > MaxEmails {
		return d, guard.Invalid("emails", "An account has at most 20 addresses.")
	}
	seen, primary := map[string]bool{}, -1
	for i, e := range p.Emails {
		address, err := ParseEmail(e.Address)
		if err != nil {
			return d, err
		}
		if seen[address.Key()] {
			return d, errEmailTwice
		}
		seen[address.Key()] = true
		email := Email{Address: address}
		if e.Verified {
			email.VerifiedAt = now
		}
		if primary < 0 || e.Verified && d.emails[primary].VerifiedAt.IsZero() {
			primary = i
		}
		d.emails = append(d.emails, email)
	}
	if primary >= 0 {
		d.emails[primary].Primary = true
	}
	if err := d.name(); err != nil {
		return d, err
	}
	if p.CreatedAt.After(now) {
		return d, guard.Invalid("created_at", "The account was made before now.")
	}
	if p.CreatedAt.IsZero() {
		d.past.CreatedAt = now
	}
	if p.PhoneVerified && p.Claims.PhoneNumber == "" {
		return d, guard.Invalid("phone_number", "Give the telephone number that is verified.")
	}
	if err := p.Claims.Check(); err != nil {
		return d, err
	}
	claims, err := json.Marshal(p.Claims)
	d.claims = string(claims)
	return d, err
}

// name finds the usernames that the account may get.
func (d *Draft) name() error {
	if d.past.Username != "" || len(d.emails) == 0 {
		u, err := ParseUsername(d.past.Username)
		d.names = []Username{u}
		return err
	}
	local, _, _ := strings.Cut(string(d.emails[0].Address), "@")
	base := strings.Trim(strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && letterOrDigit(r) || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, local), ".-_")
	if base == "" {
		base = "account"
	}
	tail := strings.ToLower(string(d.ID[len(d.ID)-8:]))
	for _, text := range []string{base, base[:min(len(base), maxUsername-9)] + "-" + tail} {
		u, err := ParseUsername(text)
		if err != nil {
			return err
		}
		d.names = append(d.names, u)
	}
	return nil
}

// InsertMany makes accounts inside of another guarded operation, with few statements however many
// they are. It returns for each nil or why it was left out: conflict (the username, or an address
// that is verified, is another's; of two drafts the first gets it).
func InsertMany(tx *store.Tx, tenant id.Tenant, drafts []Draft) (refused []error, err error) {
	var keys, addresses []any
	for _, d := range drafts {
		for _, n := range d.names {
			keys = append(keys, n.Key())
		}
		for _, e := range d.emails {
			if !e.VerifiedAt.IsZero() {
				addresses = append(addresses, e.Address.Key())
			}
		}
	}
	names, err := taken(tx.Read(), tenant, "SELECT 1 FROM account WHERE tenant = $1 AND username_key = v", keys)
	if err != nil {
		return nil, err
	}
	emails, err := taken(tx.Read(), tenant, "SELECT 1 FROM account_email WHERE tenant = $1 AND address_key = v AND verified_at IS NOT NULL", addresses)
	if err != nil {
		return nil, err
	}
	refused = make([]error, len(drafts))
	rows := newRows(tenant, tx.Now())
	for i, d := range drafts {
		refused[i] = rows.add(d, names, emails)
	}
	return refused, rows.write(tx)
}

// taken returns for which of the keys, each called v, a query finds a row.
func taken(r *store.Reader, tenant id.Tenant, sql string, keys []any) (map[string]bool, error) {
	found := map[string]bool{}
	for len(keys) > 0 {
		n := min(len(keys), store.MaxKeys)
		list, args := store.Keys(2, append([]any{}, keys[:n]...))
		keys = keys[n:]
		if err := r.Each(func(row store.Row) error {
			var key string
			err := row.Scan(&key)
			found[key] = true
			return err
		}, "WITH k(v) AS ("+list+") SELECT v FROM k WHERE EXISTS ("+sql+")", append([]any{tenant}, args...)...); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// rows are what InsertMany writes.
type rows struct {
	tenant           id.Tenant
	now              time.Time
	accounts, emails [][]any
}

func newRows(tenant id.Tenant, now time.Time) *rows { return &rows{tenant: tenant, now: now} }

// add takes a draft in, and what it is called into names and emails, unless they are there.
func (r *rows) add(d Draft, names, emails map[string]bool) error {
	var name Username
	for _, n := range d.names {
		if !names[n.Key()] {
			name = n
			break
		}
	}
	if name == "" {
		return errNameUsed
	}
	for _, e := range d.emails {
		if !e.VerifiedAt.IsZero() && emails[e.Address.Key()] {
			return errEmailUsed
		}
	}
	names[name.Key()] = true
	var phone, disabled time.Time
	if d.past.PhoneVerified {
		phone = r.now
	}
	if d.past.Disabled {
		disabled = r.now
	}
	r.accounts = append(r.accounts, []any{r.tenant, d.ID, name, name.Key(), d.claims, phone, disabled, d.past.CreatedAt, r.now, 1, 1})
	for _, e := range d.emails {
		if !e.VerifiedAt.IsZero() {
			emails[e.Address.Key()] = true
		}
		r.emails = append(r.emails, []any{r.tenant, d.ID, e.Address.Key(), e.Address, e.VerifiedAt, e.Primary})
	}
	return nil
}

func (r *rows) write(tx *store.Tx) error {
	err := store.InsertMany(tx, "INSERT INTO account (tenant, id, username, username_key, claims, phone_verified_at, disabled_at, created_at, updated_at, epoch, version) VALUES",
		11, len(r.accounts), func(i int) []any { return r.accounts[i] })
	if err != nil {
		return err
	}
	return store.InsertMany(tx, "INSERT INTO account_email (tenant, account, address_key, address, verified_at, is_primary) VALUES",
		6, len(r.emails), func(i int) []any { return r.emails[i] })
}
