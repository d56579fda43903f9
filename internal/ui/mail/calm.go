package mail

import (
	"strings"
	"unicode"
)

// calm pulls apart what mail programs make links of: schemes, domain names and addresses in words
// that people chose. "Visit evil.example" becomes "Visit evil. example"; "Dr. No", "v1.2" and
// "10.0.0.1" stay.
func calm(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		b.WriteRune(r)
		if i == 0 || i+1 == len(runes) {
			continue
		}
		before, after := runes[i-1], runes[i+1]
		switch {
		case dot(r) && word(before) && unicode.IsLetter(after),
			r == ':' && unicode.IsLetter(before) && !unicode.IsSpace(after),
			r == '@' && !unicode.IsSpace(before) && !unicode.IsSpace(after):
			b.WriteRune(' ')
		}
	}
	return b.String()
}

// dot is a full stop, or a character that domain names take for one (UTS 46 §2.3).
func dot(r rune) bool { return r == '.' || r == '\u3002' || r == '\uff0e' || r == '\uff61' }

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' }
