package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/cardea-iam/cardea/internal/guard"
)

// Username is a name to sign in with, in Unicode NFC, as its owner writes it. Make one with
// ParseUsername.
type Username string

// maxUsername bounds a username in bytes.
const maxUsername = 64

var errUsername = guard.Invalid("username", "A username has 1 to 64 bytes: letters, digits, and dots, hyphens or underscores between them. It holds no @, no spaces, and no characters that merely look like others.")

// ParseUsername reads a username. The refusal is invalid.
//
// Refused are characters that stand for others (those that NFKC changes, such as ſ, the Kelvin
// sign, full-width letters), that cannot be seen, and İ, which folds into an i with a second dot.
func ParseUsername(text string) (Username, error) {
	if text == "" || len(text) > maxUsername || !utf8.ValidString(text) {
		return "", errUsername
	}
	for _, r := range text {
		if !nameRune(r) {
			return "", errUsername
		}
	}
	text = norm.NFC.String(text)
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if len(text) > maxUsername || !letterOrDigit(first) || !letterOrDigit(last) && !unicode.IsMark(last) {
		return "", errUsername
	}
	return Username(text), nil
}

func nameRune(r rune) bool {
	switch {
	case r == '.' || r == '-' || r == '_':
		return true
	case r == 'İ' || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	case letterOrDigit(r), unicode.In(r, unicode.Mn, unicode.Mc):
		return norm.NFKC.String(string(r)) == string(r)
	}
	return false
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Nd, r) }

// Key is the canonical form by which usernames are unique and looked up: two usernames are the
// same if their keys are.
func (u Username) Key() string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(string(u))))
}

// identifier is what someone may offer to sign in with: a username's or an address's key.
func identifier(text string) (key string, email, ok bool) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "@") {
		e, err := ParseEmail(text)
		return e.Key(), true, err == nil
	}
	u, err := ParseUsername(text)
	return u.Key(), false, err == nil
}
