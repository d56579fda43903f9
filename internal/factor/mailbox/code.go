package mailbox

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
)

// length is that of a code, in characters. NIST SP 800-63B-4 §4.2.1.2 asks recovery codes for six
// digits at least; eight of our letters have 34 bits.
const length = 8

// alphabet is of letters that make no words and are not taken for digits or each other (RFC 8628
// §6.1).
const alphabet = "BCDFGHJKLMNPQRSTVWXZ"

// mint makes the proof of one letter.
func (room *Room) mint(p Proof) Said {
	switch p {
	case Code:
		return Said{Code: newDigits()}
	case Linked:
		link := secret.SignInLink.Mint()
		return Said{room.Letters(link), link}
	}
	return Said{}
}

func newDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%0*d", length, n)
}

// Letters is the code that goes along with a link, as people read it: "BCDF-GHJK". It follows from
// the link and from the installation's key, so that whoever opens the link can be shown the code.
func (room *Room) Letters(link secret.Secret) string {
	n := binary.BigEndian.Uint64(room.root.MAC("mailbox/letters", link.Reveal())) // 20^8 is far below 2^64: no letter is likelier than another by more than 1 in 2^29
	var b strings.Builder
	for i := range length {
		if i == length/2 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[n%uint64(len(alphabet))])
		n /= uint64(len(alphabet))
	}
	return b.String()
}

func (room *Room) digest(tenant id.Tenant, k Key, code string) []byte {
	return room.root.MAC("mailbox/code", strings.Join([]string{string(tenant), string(k.Purpose), k.Bound, code}, "\x00"))
}

// maxTyped is how much of a field is looked at, in bytes.
const maxTyped = 64

// typed takes out what people put between the characters of a code.
func typed(text string) string {
	if len(text) > maxTyped {
		return ""
	}
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\u2010", "", "\u2011", "").Replace(text)
}

// IsCode tells whether a text has the form of a code of digits.
func IsCode(text string) bool {
	t := typed(text)
	return len(t) == length && strings.Trim(t, "0123456789") == ""
}

// ParseLetters reads what a person typed as a code of letters, in the form that Letters gives.
func ParseLetters(text string) (string, bool) {
	text = strings.ToUpper(typed(text))
	if len(text) != length || strings.Trim(text, alphabet) != "" {
		return "", false
	}
	return text[:length/2] + "-" + text[length/2:], true
}
