package throttle

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Subject is whom an attempt is for: an account, or the bucket of a name that no
// account has.
type Subject struct{ key string }

// Account is the subject of a known account. The key is the account's id, however
// the person was named, so that aliases and letter case share one counter.
func Account(id string) Subject { return Subject{"account:" + id} }

// Key tells subjects apart. It holds an account's id or the number of a bucket, never a name.
func (s Subject) Key() string { return s.key }

// bucketBytes makes 65,536 buckets: few enough to bound the table, many enough that
// two names rarely meet.
const bucketBytes = 2

// Unknown is the subject of a name that no account has. The key, a secret of the
// tenant, keeps outsiders from choosing names that share a bucket.
func Unknown(key []byte, name string) Subject {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(Canonical(name)))
	return Subject{"name:" + hex.EncodeToString(mac.Sum(nil)[:bucketBytes])}
}

// Canonical is the form of a sign-in name in which it is counted: NFKC, full case
// folding, without format characters and surrounding space. It is for counting
// only; it does not say which account is meant.
func Canonical(name string) string {
	for range 4 { // folding and normalisation settle at the second round, seldom the third
		before := name
		name = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
		name = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
				return -1
			}
			return r
		}, name))
		if name == before {
			break
		}
	}
	return name
}

// address is what one subscriber holds: an IPv4 address, an IPv6 /64.
func address(a netip.Addr) string { return prefix(a, 32, 64) }

// network is what one site or provider pool holds: an IPv4 /24, an IPv6 /48.
func network(a netip.Addr) string { return prefix(a, 24, 48) }

func prefix(a netip.Addr, v4, v6 int) string {
	if !a.IsValid() {
		return "none" // such attempts share one lane
	}
	a = a.Unmap().WithZone("")
	n := v6
	if a.Is4() {
		n = v4
	}
	return netip.PrefixFrom(a, n).Masked().String()
}
