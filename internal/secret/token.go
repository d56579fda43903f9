package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"hash/crc32"
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
	SetupLink         Kind = "cdr_su"
	APIToken          Kind = "cdr_ap"
)

const (
	randomChars   = 43 // 32 bytes in base64url
	checksumChars = 6  // 4 bytes in base64url
)

// Length is the exact length of a token of this kind in bytes.
func (k Kind) Length() int { return len(k) + 1 + randomChars + checksumChars }

// ErrMalformed is returned for text that is no token of the kind.
var ErrMalformed = errors.New("token is malformed")

// Mint returns a fresh token: prefix, underscore, 256 random bits, checksum.
func (k Kind) Mint() Secret {
	var random [32]byte
	rand.Read(random[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return Secret{k.render(random)}
}

func (k Kind) render(random [32]byte) string {
	out := make([]byte, 0, k.Length())
	out = append(out, k...)
	out = append(out, '_')
	out = base64.RawURLEncoding.AppendEncode(out, random[:])
	sum := crc32.ChecksumIEEE(out)
	return string(base64.RawURLEncoding.AppendEncode(out, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}))
}

// Parse checks length, prefix, alphabet and checksum before anything is looked up; text that
// differs from a minted token in any character, also in base64's unused bits, is malformed.
func (k Kind) Parse(text string) (Secret, error) {
	if len(text) != k.Length() || text[:len(k)] != string(k) || text[len(k)] != '_' {
		return Secret{}, ErrMalformed
	}
	var random [32]byte
	body := text[len(k)+1:]
	if n, err := base64.RawURLEncoding.Strict().Decode(random[:], []byte(body[:randomChars])); err != nil || n != len(random) {
		return Secret{}, ErrMalformed
	}
	if k.render(random) != text {
		return Secret{}, ErrMalformed
	}
	return Secret{text}, nil
}
