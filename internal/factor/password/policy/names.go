package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
)

const minName = 3 // shorter names occur in everything

// words returns the folded names of the setting and their simple derivatives:
// parts, parts joined, and each backwards.
func (s Setting) words() map[string]bool {
	words := make(map[string]bool)
	add := func(name string) {
		name = plaintext.Fold(name)
		part := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, w := range append(part, name, strings.Join(part, "")) {
			if utf8.RuneCountInString(w) >= minName {
				words[w] = true
				words[backwards(w)] = true
			}
		}
	}
	add(Product)
	add(s.Tenant)
	add(s.Username)
	add(s.Email)
	if at := strings.LastIndexByte(s.Email, '@'); at >= 0 {
		add(s.Email[:at])
		add(s.Email[at+1:])
	}
	for _, n := range s.Names {
		add(n)
	}
	return words
}

func backwards(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
