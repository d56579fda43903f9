package jose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/strictjson"
)

// HMACKey is a shared secret for HS256. It is a type of its own, no KeySource
// gives it and no Verifier takes it: a public key cannot be used as a secret
// (RFC 8725 §2.1). It serves the command line, which checks other people's tokens.
type HMACKey struct {
	kid    string
	secret []byte
}

// ParseHMACKey reads a JWK of type oct (RFC 7518 §6.4).
func ParseHMACKey(jwk []byte) (HMACKey, error) {
	var raw struct {
		Kty string `json:"kty"`
		Kid string `json:"kid"`
		Alg string `json:"alg"`
		K   string `json:"k"`
	}
	if err := strictjson.Unmarshal(jwk, &raw, strictjson.AllowUnknown()); err != nil {
		return HMACKey{}, fmt.Errorf("jose: JWK: %w", err)
	}
	if raw.Kty != "oct" || raw.Alg != "" && raw.Alg != "HS256" {
		return HMACKey{}, errors.New("jose: the JWK is not a symmetric key for HS256")
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(raw.K)
	// RFC 7518 §3.2: the key is at least as long as the hash
	if err != nil || len(secret) < sha256.Size {
		return HMACKey{}, errors.New("jose: the secret is not base64url of 32 bytes or more")
	}
	return HMACKey{raw.Kid, secret}, nil
}

// String is a placeholder.
func (k HMACKey) String() string { return "[HMAC key]" }

// GoString is the same placeholder.
func (k HMACKey) GoString() string { return k.String() }

// VerifyHMAC is Verify for HS256; Keys and Algorithms of the Expect stay empty.
func VerifyHMAC(token string, key HMACKey, e Expect) (Claims, error) {
	if err := e.check(); err != nil {
		return Claims{}, err
	}
	if e.Keys != nil || e.Algorithms != nil || len(key.secret) == 0 {
		return Claims{}, errors.New("jose: verify: HS256 takes one HMAC key and nothing else")
	}
	parts, err := split(token)
	if err != nil {
		return Claims{}, refusal(err)
	}
	h, err := readHeader(parts[0])
	if err != nil {
		return Claims{}, refusal(err)
	}
	if h.Alg != "HS256" {
		return Claims{}, refusal(errors.New("alg is not HS256"))
	}
	got, err := decode(parts[2])
	if err != nil {
		return Claims{}, refusal(err)
	}
	mac := hmac.New(sha256.New, key.secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if !hmac.Equal(mac.Sum(nil), got) {
		return Claims{}, refusal(errors.New("the signature is wrong"))
	}
	payload, err := decode(parts[1])
	if err != nil {
		return Claims{}, refusal(err)
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return Claims{}, refusal(fmt.Errorf("claims: %w", err))
	}
	claims.KeyID = key.kid
	return finish(h, claims, &e)
}
