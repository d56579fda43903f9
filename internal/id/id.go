// Package id makes the identifiers of rows: short, sorted by time, carrying a prefix that
// names their kind (acc_…, cli_…). An identifier is never reused and never a secret.
package id

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"
)

// Tenant identifies a tenant; it begins the primary key of nearly every table.
type Tenant string

// Default is the tenant that lives at the root of the public URL.
const Default Tenant = "default"

// AllTenants is what system-wide jobs (sealing, sweeping, migrating) pass where a tenant is
// expected. No row bears it.
const AllTenants Tenant = "*"

// alphabet is Crockford's base 32 in lower case: sorts as its value, has no i, l, o, u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// encoded is the length of the part behind the prefix: 48 bits of Unix milliseconds and 80
// random bits.
const encoded = 26

// None is the part behind the prefix of identifiers that no row has.
const None = "00000000000000000000000000"

// New returns a fresh identifier "prefix_…" that sorts behind all identifiers of the same
// prefix made in earlier milliseconds.
func New(prefix string, now time.Time) string {
	var b [16]byte
	ms := uint64(now.UnixMilli()) //nolint:gosec // times before 1970 do not occur
	b[0], b[1], b[2], b[3], b[4], b[5] = byte(ms>>40), byte(ms>>32), byte(ms>>24), byte(ms>>16), byte(ms>>8), byte(ms)
	rand.Read(b[6:]) //nolint:errcheck // crypto/rand.Read never returns an error
	out := make([]byte, 0, len(prefix)+1+encoded)
	out = append(out, prefix...)
	out = append(out, '_')
	// 128 bits in 26 digits of 5: the first digit carries the top 3 bits.
	var acc uint64
	bits := uint(2) // two leading zero bits make 130
	for _, c := range b {
		acc = acc<<8 | uint64(c)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out = append(out, alphabet[acc>>bits&31])
		}
	}
	return string(out)
}

// ErrMalformed is returned for text that New cannot have made.
var ErrMalformed = errors.New("identifier is malformed")

// Check reports whether s has the form that New gives for the prefix.
func Check(prefix, s string) error {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != encoded {
		return ErrMalformed
	}
	for i := range len(rest) {
		if strings.IndexByte(alphabet, rest[i]) < 0 {
			return ErrMalformed
		}
	}
	return nil
}
