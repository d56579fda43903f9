package totp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: what every app supports; HMAC does not need collision resistance
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"time"
)

const (
	// Period is the time step (RFC 6238 §5.2 recommends 30 seconds).
	Period = 30 * time.Second
	// Digits is the length of a code.
	Digits = 6

	seedBytes = 20 // RFC 4226 §4 R6: a shared secret of 160 bits is recommended
	drift     = 1  // RFC 6238 §5.2: at most one step of network delay
)

// newSeed makes a seed.
//
// RFC 4226 §4 R6: the shared secret is random and at least 128 bits long.
func newSeed() []byte {
	seed := make([]byte, seedBytes)
	rand.Read(seed) //nolint:errcheck // crypto/rand.Read never returns an error
	return seed
}

// hotp is the code of a counter.
//
// RFC 4226 §5.3: dynamic truncation takes 31 bits of the MAC at the offset in its last nibble, and
// the code is their remainder, with leading zeros.
func hotp(algorithm func() hash.Hash, seed []byte, counter uint64, digits int) string {
	m := hmac.New(algorithm, seed)
	m.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := m.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%modulus)
}

// stepAt is the time step of a moment.
//
// RFC 6238 §4.2: T is the number of whole steps since the Unix epoch, in more than 32 bits.
func stepAt(now time.Time) int64 { return now.Unix() / int64(Period/time.Second) }

// match finds the step near now whose code it is. All steps are looked at, whichever matches.
//
// RFC 6238 §5.2: a limit on the steps that are accepted bounds what an observer gains.
func match(seed []byte, code string, now time.Time) (step int64, ok bool) {
	present := stepAt(now)
	for _, d := range [...]int64{drift, -drift, 0} { // the present step wins
		want := hotp(sha1.New, seed, uint64(present+d), Digits) //nolint:gosec // times before 1970 do not occur
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = present+d, true
		}
	}
	return step, ok
}

// ParseCode reads a code as people type it: six digits, perhaps with spaces between them. ok is
// false for anything else, which is no guess at a code.
func ParseCode(text string) (code string, ok bool) {
	out := make([]byte, 0, Digits)
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			out = append(out, c)
		case c != ' ':
			return "", false
		}
		if len(out) > Digits || i > 2*Digits {
			return "", false
		}
	}
	return string(out), len(out) == Digits
}
