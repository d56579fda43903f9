package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/cardea-iam/cardea/internal/guard"
)

// EmailAddress is an address with its domain in ASCII. Make one with ParseEmail.
type EmailAddress string

var errEmail = guard.Invalid("email", "An e-mail address looks like name@example.com: one @, no quotes, no comments, no spaces, and a full domain name.")

// domains turns a domain name into A-labels (RFC 5891 §4, with the mapping of UTS 46).
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
	idna.ValidateLabels(true), idna.CheckHyphens(true), idna.CheckJoiners(true), idna.BidiRule(), idna.VerifyDNSLength(true))

// ParseEmail reads an addr-spec (RFC 5322 §3.4.1) whose local part is a dot-atom in ASCII and
// whose domain is a name of at least two labels. Quoted local parts, comments, domain literals,
// a trailing dot, and characters that stand for others are refused. The refusal is
// invalid.
func ParseEmail(text string) (EmailAddress, error) {
	local, domain, found := strings.Cut(text, "@")
	// RFC 5321 §4.5.3.1.1: a local part has at most 64 octets
	if !found || !utf8.ValidString(text) || len(local) > 64 || !dotAtom(local) {
		return "", errEmail
	}
	for _, r := range domain {
		if r != '.' && r != '-' && !letterOrDigit(r) && !unicode.In(r, unicode.Mn, unicode.Mc) || norm.NFKC.String(string(r)) != string(r) {
			return "", errEmail
		}
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || numeric(ascii[strings.LastIndexByte(ascii, '.')+1:]) {
		return "", errEmail
	}
	// RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of which are its brackets
	if len(local)+1+len(ascii) > 254 {
		return "", errEmail
	}
	return EmailAddress(local + "@" + ascii), nil
}

// dotAtom checks for a dot-atom-text (RFC 5322 §3.2.3).
func dotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			c := atom[i]
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(c)) {
				return false
			}
		}
	}
	return true
}

// numeric tells a top-level domain that none can be: the end of an IP address.
func numeric(label string) bool { return strings.Trim(label, "0123456789") == "" }

// Key is the canonical form by which addresses are compared: ASCII in lower case. RFC 5321 §2.4
// lets a host tell local parts by case; none does, and two people must not be told by it.
func (e EmailAddress) Key() string { return strings.ToLower(string(e)) }

// Domain is the part behind the @, in A-labels.
func (e EmailAddress) Domain() string {
	_, d, _ := strings.Cut(e.Key(), "@")
	return d
}
