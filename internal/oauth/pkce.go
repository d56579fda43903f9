package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// MethodS256 is the only code challenge method that exists here (RFC 7636 §4.3).
const MethodS256 = "S256"

// CodeChallenge is an S256 code challenge (RFC 7636 §4.2). The zero value means that none was sent.
type CodeChallenge struct{ raw string }

// CodeVerifier is a code verifier (RFC 7636 §4.1). The zero value means that none was sent.
type CodeVerifier struct{ raw string }

// ParseCodeChallenge reads code_challenge and code_challenge_method. Both empty
// is the absent challenge. The error is an *Error invalid_request.
func ParseCodeChallenge(method, challenge string) (CodeChallenge, error) {
	if method == "" && challenge == "" {
		return CodeChallenge{}, nil
	}
	if challenge == "" {
		return CodeChallenge{}, InvalidRequest("code_challenge_method without code_challenge")
	}
	// RFC 7636 §4.3: without a method the challenge is "plain"
	// RFC 9700 §2.1.1: only methods that do not expose the verifier are used, which is S256
	if method != MethodS256 {
		return CodeChallenge{}, InvalidRequest("code_challenge_method must be S256")
	}
	// RFC 7636 §4.2: an S256 challenge is 32 bytes in base64url, 43 characters
	if sum, err := base64.RawURLEncoding.Strict().DecodeString(challenge); err != nil || len(sum) != sha256.Size || len(challenge) != 43 {
		return CodeChallenge{}, InvalidRequest("code_challenge must be 43 characters of base64url")
	}
	return CodeChallenge{challenge}, nil
}

// ParseCodeVerifier reads code_verifier; empty is the absent verifier. The error
// is an *Error invalid_grant, since a wrong verifier is a wrong grant (RFC 7636 §4.6).
func ParseCodeVerifier(raw string) (CodeVerifier, error) {
	if raw == "" {
		return CodeVerifier{}, nil
	}
	// RFC 7636 §4.1: a verifier has 43 to 128 characters
	if len(raw) < 43 || len(raw) > 128 {
		return CodeVerifier{}, InvalidGrant("code_verifier must have 43 to 128 characters")
	}
	// RFC 7636 §4.1: a verifier is made of unreserved characters
	for i := range len(raw) {
		switch c := raw[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		default:
			return CodeVerifier{}, InvalidGrant("code_verifier holds a character outside RFC 7636 section 4.1")
		}
	}
	return CodeVerifier{raw}, nil
}

// IsZero tells whether no challenge was sent.
func (c CodeChallenge) IsZero() bool { return c.raw == "" }

// IsZero tells whether no verifier was sent.
func (v CodeVerifier) IsZero() bool { return v.raw == "" }

// String is the challenge as it was sent.
func (c CodeChallenge) String() string { return c.raw }

// MarshalText writes the challenge, for storage.
func (c CodeChallenge) MarshalText() ([]byte, error) { return []byte(c.raw), nil }

// UnmarshalText reads a stored challenge; it was S256, as no other exists.
func (c *CodeChallenge) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = CodeChallenge{}
		return nil
	}
	parsed, err := ParseCodeChallenge(MethodS256, string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// Verify decides whether the verifier belongs to the challenge. The error is an
// *Error invalid_grant and says what was missing. Both absent passes: whether
// PKCE is mandatory is decided when the challenge is stored.
func (c CodeChallenge) Verify(v CodeVerifier) error {
	switch {
	case c.IsZero() && v.IsZero():
		return nil
	// RFC 9700 §2.1.1: a verifier without a challenge is a downgrade attempt
	case c.IsZero():
		return InvalidGrant("code_verifier was sent, but the authorization request had no code_challenge")
	// RFC 7636 §4.5: the client sends the verifier with the code
	case v.IsZero():
		return InvalidGrant("code_verifier is missing")
	}
	sum := sha256.Sum256([]byte(v.raw))
	var want [43]byte
	base64.RawURLEncoding.Encode(want[:], sum[:])
	// RFC 7636 §4.6: the hashed verifier must equal the challenge
	if subtle.ConstantTimeCompare(want[:], []byte(c.raw)) != 1 {
		return InvalidGrant("code_verifier does not match code_challenge")
	}
	return nil
}

// S256 makes the challenge of a verifier, for clients and tests (RFC 7636 §4.2).
func (v CodeVerifier) S256() CodeChallenge {
	sum := sha256.Sum256([]byte(v.raw))
	return CodeChallenge{base64.RawURLEncoding.EncodeToString(sum[:])}
}
