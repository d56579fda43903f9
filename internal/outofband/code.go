package outofband

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// DigitCount is the length of a code. Six decimal digits are the least that NIST SP 800-63B-4
// §3.1.3.3 allows, and what people type from a telephone.
const DigitCount = 6

// Digits returns a fresh code.
func Digits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%06d", n)
}

// maxTyped is how much of a field is looked at, in bytes.
const maxTyped = 64

// ParseDigits reads what a person typed as a code; spaces and dashes are their affair.
func ParseDigits(text string) (string, bool) {
	if len(text) > maxTyped {
		return "", false
	}
	text = strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u2010", "", "\u2011", "").Replace(text)
	return text, len(text) == DigitCount && strings.Trim(text, "0123456789") == ""
}
