package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Sign makes a compact token of the claims, which encoding/json marshals. typ is
// the media type without "application/", such as "at+jwt" (RFC 8725 §3.11), and
// never empty. It is safe for concurrent use.
//
// It calls crypto/* instead of go-jose: measured on two cores, an ES256 token
// costs 28.8 µs and 69 allocations here and 34.5 µs and 126 there (BenchmarkSign,
// BenchmarkSignGoJOSE); the signature alone takes 27. The header is written anew
// for each token, since that costs less than 0.3 µs. Verification stays with
// go-jose: there the check itself outweighs all else.
func (k PrivateKey) Sign(typ string, claims any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("jose: marshal claims: %w", err)
	}
	return k.SignPayload(typ, payload)
}

// SignPayload is Sign for claims that are already JSON.
func (k PrivateKey) SignPayload(typ string, payload []byte) (string, error) {
	if k.IsZero() {
		return "", errors.New("jose: sign: no key")
	}
	if typ == "" || strings.Trim(typ, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") != "" {
		return "", fmt.Errorf("jose: sign: %q is not a token type", typ)
	}
	kid, err := json.Marshal(k.public.kid)
	if err != nil {
		return "", fmt.Errorf("jose: marshal key id: %w", err)
	}
	header := make([]byte, 0, 128)
	header = append(header, `{"alg":"`...)
	header = append(header, k.public.alg...)
	header = append(header, `","typ":"`...)
	header = append(header, typ...)
	header = append(header, `","kid":`...)
	header = append(header, kid...)
	header = append(header, '}')

	token := make([]byte, 0, base64.RawURLEncoding.EncodedLen(len(header)+len(payload)+maxRSABits/8)+4)
	token = base64.RawURLEncoding.AppendEncode(token, header)
	token = append(token, '.')
	token = base64.RawURLEncoding.AppendEncode(token, payload)
	signature, err := k.signature(token)
	if err != nil {
		return "", fmt.Errorf("jose: sign: %w", err)
	}
	token = append(token, '.')
	token = base64.RawURLEncoding.AppendEncode(token, signature)
	return string(token), nil
}

func (k PrivateKey) signature(input []byte) ([]byte, error) {
	// RFC 8037 §3.1: Ed25519 signs the input itself
	if key, ok := k.signer.(ed25519.PrivateKey); ok {
		return ed25519.Sign(key, input), nil
	}
	digest := sha256.Sum256(input)
	switch key := k.signer.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			return nil, err
		}
		// RFC 7518 §3.4: the signature is R and S as 32 bytes each, big-endian
		signature := make([]byte, 64)
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
		return signature, nil
	case *rsa.PrivateKey:
		if k.public.alg == PS256 {
			// RFC 7518 §3.5: the salt is as long as the hash
			return rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	}
	return nil, fmt.Errorf("key of type %T", k.signer)
}
