package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/strictjson"
	gojose "github.com/go-jose/go-jose/v4"
)

// Algorithm is a signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1). The zero value is none and signs nothing.
type Algorithm string

// The algorithms that exist here.
const (
	ES256 Algorithm = "ES256"
	RS256 Algorithm = "RS256"
	PS256 Algorithm = "PS256"
	EdDSA Algorithm = "EdDSA" // with Ed25519 only
)

// RSABits is the size of generated RSA keys; smaller ones are not read (RFC 7518 §3.3).
const RSABits = 2048

const (
	maxRSABits   = 8192
	maxKeyIDSize = 256
)

// ParseAlgorithm accepts the names above, exactly.
func ParseAlgorithm(raw string) (Algorithm, error) {
	switch a := Algorithm(raw); a {
	case ES256, RS256, PS256, EdDSA:
		return a, nil
	}
	return "", fmt.Errorf("jose: algorithm %q is not one of ES256, RS256, PS256, EdDSA", raw)
}

// PublicKey is a verification key bound to its algorithm and key id. It is immutable.
type PublicKey struct {
	alg        Algorithm
	kid        string
	key        crypto.PublicKey
	thumbprint string
}

// PrivateKey is a signing key bound to its algorithm and key id. It is immutable
// and prints as a placeholder; MarshalJWK is the only way out.
type PrivateKey struct {
	public PublicKey
	signer crypto.Signer
}

// GenerateKey makes a key for the algorithm. Its key id is its thumbprint.
func GenerateKey(alg Algorithm) (PrivateKey, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RS256, PS256:
		signer, err = rsa.GenerateKey(rand.Reader, RSABits)
	case EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		err = fmt.Errorf("unknown algorithm %q", alg)
	}
	if err != nil {
		return PrivateKey{}, fmt.Errorf("jose: generate key: %w", err)
	}
	return newPrivateKey(alg, "", signer)
}

func newPrivateKey(alg Algorithm, kid string, signer crypto.Signer) (PrivateKey, error) {
	public, err := newPublicKey(alg, kid, signer.Public())
	return PrivateKey{public, signer}, err
}

func newPublicKey(alg Algorithm, kid string, key crypto.PublicKey) (PublicKey, error) {
	if err := fits(alg, key); err != nil {
		return PublicKey{}, err
	}
	sum, err := (&gojose.JSONWebKey{Key: key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return PublicKey{}, fmt.Errorf("jose: thumbprint: %w", err)
	}
	thumbprint := base64.RawURLEncoding.EncodeToString(sum)
	if kid == "" {
		kid = thumbprint
	}
	if len(kid) > maxKeyIDSize {
		return PublicKey{}, errors.New("jose: the key id is longer than 256 bytes")
	}
	return PublicKey{alg, kid, key, thumbprint}, nil
}

// fits binds key types to algorithms.
func fits(alg Algorithm, key crypto.PublicKey) error {
	ok := false
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		// RFC 7518 §3.4: ES256 is ECDSA with P-256
		ok = alg == ES256 && k.Curve == elliptic.P256()
	case *rsa.PublicKey:
		// RFC 7518 §3.3, §3.5: an RSA key has 2048 bits or more
		bits := k.N.BitLen()
		ok = (alg == RS256 || alg == PS256) && bits >= RSABits && bits <= maxRSABits && k.E >= 3 && k.E&1 == 1
	case ed25519.PublicKey:
		// RFC 8037 §3.1: EdDSA here is Ed25519
		ok = alg == EdDSA && len(k) == ed25519.PublicKeySize
	}
	if !ok {
		return fmt.Errorf("jose: the key does not fit the algorithm %q", alg)
	}
	return nil
}

// Algorithm is the one algorithm of the key.
func (k PublicKey) Algorithm() Algorithm { return k.alg }

// ID is the key id, as in kid (RFC 7517 §4.5).
func (k PublicKey) ID() string { return k.kid }

// Thumbprint is the SHA-256 thumbprint of the key in base64url (RFC 7638 §3).
func (k PublicKey) Thumbprint() string { return k.thumbprint }

// IsZero tells whether there is no key.
func (k PublicKey) IsZero() bool { return k.key == nil }

// MarshalJSON writes the public JWK with use, alg and kid (RFC 7517 §4).
func (k PublicKey) MarshalJSON() ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("jose: marshal: no key")
	}
	return gojose.JSONWebKey{Key: k.key, KeyID: k.kid, Algorithm: string(k.alg), Use: "sig"}.MarshalJSON()
}

// Algorithm is the one algorithm of the key.
func (k PrivateKey) Algorithm() Algorithm { return k.public.alg }

// ID is the key id.
func (k PrivateKey) ID() string { return k.public.kid }

// Public is the verification key.
func (k PrivateKey) Public() PublicKey { return k.public }

// IsZero tells whether there is no key.
func (k PrivateKey) IsZero() bool { return k.signer == nil }

// String is a placeholder with algorithm and key id.
func (k PrivateKey) String() string {
	return fmt.Sprintf("[private key %s %s]", k.public.alg, k.public.kid)
}

// GoString is the same placeholder.
func (k PrivateKey) GoString() string { return k.String() }

// MarshalJSON writes the placeholder: a private key gets into no document by accident.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"[private key]"`), nil }

// MarshalJWK writes the private JWK (RFC 7518 §6). The caller seals it or writes it to a file of mode 0600.
func (k PrivateKey) MarshalJWK() ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("jose: marshal: no key")
	}
	return gojose.JSONWebKey{Key: k.signer, KeyID: k.public.kid, Algorithm: string(k.public.alg), Use: "sig"}.MarshalJSON()
}

// ParsePrivateKey reads what MarshalJWK wrote, or another's private JWK that
// names its algorithm; without kid the thumbprint is the key id.
func ParsePrivateKey(jwk []byte) (PrivateKey, error) {
	head, key, err := parseJWK(jwk)
	if err != nil {
		return PrivateKey{}, err
	}
	if key.IsPublic() {
		return PrivateKey{}, errors.New("jose: the JWK has no private part")
	}
	signer, ok := key.Key.(crypto.Signer)
	if !ok {
		return PrivateKey{}, errors.New("jose: the JWK is not a signing key")
	}
	// RFC 8725 §3.1: each key is used with exactly one algorithm
	alg, err := ParseAlgorithm(head.Alg)
	if err != nil {
		return PrivateKey{}, err
	}
	return newPrivateKey(alg, head.Kid, signer)
}

// jwkHead is what has to be known of a JWK before it is built.
type jwkHead struct {
	Kty    string   `json:"kty"`
	Crv    string   `json:"crv"`
	Alg    string   `json:"alg"`
	Kid    string   `json:"kid"`
	Use    string   `json:"use"`
	KeyOps []string `json:"key_ops"`
	// Presence of any of these makes a key private or symmetric (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
	D   any `json:"d"`
	P   any `json:"p"`
	Q   any `json:"q"`
	DP  any `json:"dp"`
	DQ  any `json:"dq"`
	QI  any `json:"qi"`
	Oth any `json:"oth"`
	K   any `json:"k"`
}

func (h jwkHead) hasPrivatePart() bool {
	for _, part := range []any{h.D, h.P, h.Q, h.DP, h.DQ, h.QI, h.Oth, h.K} {
		if part != nil {
			return true
		}
	}
	return h.Kty == "oct"
}

func parseJWK(jwk []byte) (head jwkHead, key gojose.JSONWebKey, err error) {
	if err = strictjson.Unmarshal(jwk, &head, strictjson.AllowUnknown()); err != nil {
		return head, key, fmt.Errorf("jose: JWK: %w", err)
	}
	// go-jose checks that EC points are on the curve and RSA values fit together.
	if err = key.UnmarshalJSON(jwk); err != nil {
		return head, key, fmt.Errorf("jose: JWK: %w", err)
	}
	if !key.Valid() {
		return head, key, errors.New("jose: the JWK is not a valid key")
	}
	return head, key, nil
}
