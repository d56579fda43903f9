package jose

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/go-json-experiment/json/jsontext"
)

// KeySource finds the verification key for a key id: the keys of one issuer and
// of nobody else. The key id comes from an unverified token: it is for comparing
// only, never for a path, a statement or a URL.
type KeySource interface {
	// Key gives the key with the id. An empty id stands for a token without kid
	// and finds a key only where there is exactly one.
	Key(kid string) (PublicKey, bool)
}

// JWKS is a set of verification keys with distinct ids (RFC 7517 §5). It is
// immutable, and a KeySource. The zero value is the empty set.
type JWKS struct {
	keys  []PublicKey
	index map[string]int
}

const maxKeys = 100

// NewJWKS makes a set, in order. Two keys with one id are an error.
func NewJWKS(keys ...PublicKey) (JWKS, error) {
	s := JWKS{index: make(map[string]int, len(keys))}
	for _, k := range keys {
		if k.IsZero() {
			return JWKS{}, errors.New("jose: a key of the set is missing")
		}
		// RFC 7517 §4.5: different keys of a set have distinct kid values
		if _, taken := s.index[k.kid]; taken {
			return JWKS{}, fmt.Errorf("jose: two keys have the id %q", k.kid)
		}
		s.index[k.kid] = len(s.keys)
		s.keys = append(s.keys, k)
	}
	return s, nil
}

// ParseJWKS reads another server's set strictly: a private or symmetric key, or
// two keys with one id, spoil the whole set. Keys of kinds that do not exist
// here, and encryption keys, are left out (RFC 7517 §5). A key without alg is
// bound here: P-256 to ES256, Ed25519 to EdDSA, RSA to RS256.
func ParseJWKS(data []byte) (JWKS, error) {
	var set struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := strictjson.Unmarshal(data, &set, strictjson.AllowUnknown()); err != nil {
		return JWKS{}, fmt.Errorf("jose: JWKS: %w", err)
	}
	if set.Keys == nil {
		return JWKS{}, errors.New("jose: JWKS: keys is missing")
	}
	if len(set.Keys) > maxKeys {
		return JWKS{}, fmt.Errorf("jose: JWKS: more than %d keys", maxKeys)
	}
	var keys []PublicKey
	for i, raw := range set.Keys {
		key, known, err := parsePublicJWK(raw)
		if err != nil {
			return JWKS{}, fmt.Errorf("jose: JWKS: key %d: %w", i, err)
		}
		if known {
			keys = append(keys, key)
		}
	}
	return NewJWKS(keys...)
}

func parsePublicJWK(raw []byte) (key PublicKey, known bool, err error) {
	var head jwkHead
	if err := strictjson.Unmarshal(raw, &head, strictjson.AllowUnknown()); err != nil {
		return PublicKey{}, false, err
	}
	if head.hasPrivatePart() {
		return PublicKey{}, false, errors.New("a private or symmetric key was published")
	}
	alg, ok := head.algorithm()
	// RFC 7517 §4.2: a key for encryption verifies nothing
	if !ok || head.Use != "" && head.Use != "sig" {
		return PublicKey{}, false, nil
	}
	_, parsed, err := parseJWK(raw)
	if err != nil {
		return PublicKey{}, false, err
	}
	key, err = newPublicKey(alg, head.Kid, parsed.Key)
	return key, err == nil, err
}

// algorithm binds the key, or says that its kind does not exist here. A known
// algorithm on the wrong kind of key is not left out: fits refuses it.
func (h jwkHead) algorithm() (Algorithm, bool) {
	natural := map[string]Algorithm{"EC P-256": ES256, "OKP Ed25519": EdDSA, "RSA ": RS256}[h.Kty+" "+h.Crv]
	if natural == "" || h.Alg == "" {
		return natural, natural != ""
	}
	alg, err := ParseAlgorithm(h.Alg)
	return alg, err == nil
}

// ParsePublicKey reads one public JWK with the rules of ParseJWKS, and is an
// error where that leaves a key out.
func ParsePublicKey(jwk []byte) (PublicKey, error) {
	key, known, err := parsePublicJWK(jwk)
	if err != nil {
		return PublicKey{}, fmt.Errorf("jose: JWK: %w", err)
	}
	if !known {
		return PublicKey{}, errors.New("jose: JWK: not a signature key of a known kind")
	}
	return key, nil
}

// Key finds a key by its id; the empty id finds the only key of a set.
func (s JWKS) Key(kid string) (PublicKey, bool) {
	if kid == "" {
		if len(s.keys) == 1 {
			return s.keys[0], true
		}
		return PublicKey{}, false
	}
	i, ok := s.index[kid]
	if !ok {
		return PublicKey{}, false
	}
	return s.keys[i], true
}

// Keys gives the keys in order, as a copy.
func (s JWKS) Keys() []PublicKey { return append([]PublicKey(nil), s.keys...) }

// MarshalJSON writes the set with public parts only, each key with use, alg and kid.
func (s JWKS) MarshalJSON() ([]byte, error) {
	keys := s.keys
	if keys == nil {
		keys = []PublicKey{}
	}
	return json.Marshal(struct {
		Keys []PublicKey `json:"keys"`
	}{keys})
}
