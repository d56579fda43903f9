package recovery

import (
	"crypto/rand"
	"strings"
	"unicode/utf8"
)

const (
	// Codes is how many codes a set has.
	Codes = 10

	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base32: no I, L, O and U
	codeChars  = 16
	groupChars = 4
	maxTyped   = 64 // bytes of what may be typed
)

// newCode makes a code in its canonical form: 16 letters and digits, 80 random bits.
func newCode() string {
	var b [codeChars]byte
	rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))] // 256 is a multiple of 32: no letter is likelier
	}
	return string(b[:])
}

// Format is a code as it is shown: groups of four with hyphens.
func Format(code string) string {
	var groups []string
	for len(code) > groupChars {
		groups, code = append(groups, code[:groupChars]), code[groupChars:]
	}
	return strings.Join(append(groups, code), "-")
}

// ParseCode reads a code as people type it: case, spaces and hyphens do not matter, and the
// letters O, I and L are the digits that they look like. ok is false for what is no code.
func ParseCode(text string) (code string, ok bool) {
	if len(text) > maxTyped || !utf8.ValidString(text) {
		return "", false
	}
	var out strings.Builder
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '\t', '\u00a0', '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		out.WriteRune(r)
	}
	return out.String(), out.Len() == codeChars
}
