package outofband

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"

	"github.com/cardea-iam/cardea/internal/secret"
)

// Lengths of codes. Six decimal digits are the least that NIST SP 800-63B-4 §3.1.3.3 allows, and what
// people type from a telephone; eight of our letters have 34 bits.
const (
	DigitCount  = 6
	LetterCount = 8
)

// letters make no words and are not taken for digits or each other (RFC 8628 §6.1).
const letters = "BCDFGHJKLMNPQRSTVWXZ"

// Digits returns a fresh code of six digits.
func Digits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%06d", n)
}

// Letters is the code that goes along with a link, as people read it: "BCDF-GHJK". It follows from
// the link and from the installation's key.
func Letters(root *secret.Root, link secret.Secret) string {
	n := binary.BigEndian.Uint64(root.MAC("outofband/letters", link.Reveal())) // 20^8 is far below 2^64: no letter is likelier than another by more than 1 in 2^29
	var b strings.Builder
	for i := range LetterCount {
		if i == LetterCount/2 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[n%uint64(len(letters))])
		n /= uint64(len(letters))
	}
	return b.String()
}

// ParseDigits reads what a person typed as a code of digits; spaces and dashes are their affair.
func ParseDigits(text string) (string, bool) {
	text = squeezed(text)
	return text, len(text) == DigitCount && strings.Trim(text, "0123456789") == ""
}

// ParseLetters reads what a person typed as a code of letters, in the form that Letters gives.
func ParseLetters(text string) (string, bool) {
	text = strings.ToUpper(squeezed(text))
	if len(text) != LetterCount || strings.Trim(text, letters) != "" {
		return "", false
	}
	return text[:LetterCount/2] + "-" + text[LetterCount/2:], true
}

// maxTyped is how much of a field is looked at, in bytes.
const maxTyped = 64

func squeezed(text string) string {
	if len(text) > maxTyped {
		return ""
	}
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u2010", "", "\u2011", "").Replace(text)
}
