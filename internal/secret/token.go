package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"hash/crc32"

	"github.com/cardea-iam/cardea/internal/clock"
)

// Kind names one sort of token. Its text is the prefix that secret scanners look for and part
// of the label of the key under which the token is digested.
type Kind string

// The kinds of tokens. A value of one kind is not even looked up where another is expected.
const (
	AuthorizationCode Kind = "cdr_ac"
	AccessToken       Kind = "cdr_at"
	RefreshToken      Kind = "cdr_rt"
	ClientSecret      Kind = "cdr_cs"
	SessionCookie     Kind = "cdr_se"
	InteractionCookie Kind = "cdr_in"
	DeviceCookie      Kind = "cdr_dv"
	AccountsCookie    Kind = "cdr_as"
	SetupLink         Kind = "cdr_su"
	APIToken          Kind = "cdr_ap"
	PasskeyEnrolment  Kind = "cdr_pe" // challenge of a registration
	PasskeyChallenge  Kind = "cdr_pc" // challenge of an assertion
	NotMe             Kind = "cdr_nm"
	Invitation        Kind = "cdr_iv"
	RecoveryLink      Kind = "cdr_rl"
	SignInLink        Kind = "cdr_sl"
)

const (
	timeBytes     = 6  // Unix milliseconds: rows of tokens made together lie together
	randomBytes   = 32 // 256 bits that nobody can guess
	bodyBytes     = timeBytes + randomBytes
	bodyChars     = 51 // bodyBytes in base64url
	checksumChars = 6  // 4 bytes in base64url
)

// Length is the exact length of a token of this kind in bytes.
func (k Kind) Length() int { return len(k) + 1 + bodyChars + checksumChars }

// ErrMalformed is returned for text that is no token of the kind.
var ErrMalformed = errors.New("token is malformed")

// Mint returns a fresh token: prefix, underscore, the time in 48 bits, 256 random bits, checksum.
func (k Kind) Mint() Secret {
	var body [bodyBytes]byte
	ms := uint64(clock.System().UnixMilli()) //nolint:gosec // times before 1970 do not occur
	for i := range timeBytes {
		body[i] = byte(ms >> (8 * (timeBytes - 1 - i)))
	}
	rand.Read(body[timeBytes:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return Secret{k.render(body)}
}

func (k Kind) render(body [bodyBytes]byte) string {
	out := make([]byte, 0, k.Length())
	out = append(out, k...)
	out = append(out, '_')
	out = base64.RawURLEncoding.AppendEncode(out, body[:])
	sum := crc32.ChecksumIEEE(out)
	return string(base64.RawURLEncoding.AppendEncode(out, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}))
}

// Parse checks length, prefix, alphabet and checksum before anything is looked up; text that
// differs from a minted token in any character, also in base64's unused bits, is malformed.
func (k Kind) Parse(text string) (Secret, error) {
	if len(text) != k.Length() || text[:len(k)] != string(k) || text[len(k)] != '_' {
		return Secret{}, ErrMalformed
	}
	body, ok := k.body(text)
	if !ok || k.render(body) != text {
		return Secret{}, ErrMalformed
	}
	return Secret{text}, nil
}

// body decodes the part between prefix and checksum of a text of the right length.
func (k Kind) body(text string) (body [bodyBytes]byte, ok bool) {
	n, err := base64.RawURLEncoding.Strict().Decode(body[:], []byte(text[len(k)+1:len(k)+1+bodyChars]))
	return body, err == nil && n == bodyBytes
}
