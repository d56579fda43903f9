package verify

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// algorithms is the whole list: asymmetric signatures, nothing negotiable (RFC 8725 §3.1).
var algorithms = []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA}

// header holds the protected header members that decide something. Members that would bring a
// key along (jwk, jku, x5c, x5u) are not even read (RFC 8725 §3.10).
type header struct {
	Algorithm string          `json:"alg"`
	Type      string          `json:"typ"`
	KeyID     string          `json:"kid"`
	Critical  json.RawMessage `json:"crit"`
	Zip       json.RawMessage `json:"zip"`
	B64       json.RawMessage `json:"b64"`
}

// checkSigned verifies a JWT access token (RFC 9068 §4). Claims are returned with a nil error only.
func (v *Verifier) checkSigned(ctx context.Context, raw string) (*claims, error) {
	head, err := parseHeader(raw)
	if err != nil {
		return nil, err
	}
	key, err := v.keys.find(ctx, head.KeyID, head.Algorithm)
	if err != nil {
		return nil, err
	}
	jws, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil {
		return nil, refuse("the access token is malformed").because(err)
	}
	// RFC 9068 §4: the signature is checked with a key that the issuer published for this algorithm.
	payload, err := jws.Verify(key)
	if err != nil {
		return nil, refuse("the signature of the access token is wrong").because(err)
	}
	// RFC 8725 §3.7: UTF-8 only.
	if !utf8.Valid(payload) {
		return nil, refuse("the access token is malformed").because(errors.New("claims are not UTF-8"))
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, refuse("the access token is malformed").because(err)
	}
	if err := v.checkClaims(&c); err != nil {
		return nil, err
	}
	return &c, nil
}

// parseHeader reads the protected header, strictly, before any key is looked for.
func parseHeader(raw string) (header, error) {
	var parts [3][]byte
	for i, part := range strings.SplitN(raw, ".", len(parts)) {
		var err error
		// RFC 7515 §2: base64url without padding; spare bits are zero, so that a token has one spelling.
		if parts[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return header{}, refuse("the access token is malformed").because(err)
		}
	}
	var h header
	if err := json.Unmarshal(parts[0], &h); err != nil {
		return header{}, refuse("the access token is malformed").because(err)
	}
	// RFC 9068 §4: typ is at+jwt or application/at+jwt, so that no ID token passes for an access token.
	if h.Type != "at+jwt" && h.Type != "application/at+jwt" {
		return header{}, refuse("this JWT is not an access token")
	}
	// RFC 8725 §3.1: the algorithm is one of our list, compared exactly; "none" is none of them.
	if !allowed(h.Algorithm) {
		return header{}, refuse("the access token is signed with an algorithm that is not accepted")
	}
	// RFC 7515 §4.1.11: an extension marked critical and not understood means refusal; none is understood.
	if h.Critical != nil || h.Zip != nil || h.B64 != nil {
		return header{}, refuse("the access token uses an extension that is not accepted")
	}
	return h, nil
}

func allowed(alg string) bool {
	for _, a := range algorithms {
		if string(a) == alg {
			return true
		}
	}
	return false
}

// checkClaims applies RFC 9068 §4 to claims whose signature is good.
func (v *Verifier) checkClaims(c *claims) error {
	// RFC 9068 §2.2: these claims are required in every token.
	if c.Subject == "" || c.ClientID == "" || c.ID == "" || c.Expires == nil || c.IssuedAt == nil {
		return refuse("the access token lacks a required claim")
	}
	// RFC 9068 §4: iss is exactly the issuer whose keys were used.
	if c.Issuer != v.cfg.Issuer {
		return refuse("the access token comes from another issuer")
	}
	// RFC 9068 §4: aud names this API.
	if !c.Audience.contains(v.cfg.Audience) {
		return refuse("the access token was issued for another API")
	}
	return v.checkValidity(c)
}

// checkValidity judges times and sender constraints, for signed claims and for introspection answers.
func (v *Verifier) checkValidity(c *claims) error {
	now := v.cfg.Now()
	// RFC 9068 §4: now is before exp.
	if c.Expires != nil && !now.Before(c.Expires.time().Add(v.cfg.Leeway)) {
		return refuse("the access token expired")
	}
	// RFC 7519 §4.1.5: not before nbf. A token from the future has a wrong iat, or we a wrong clock.
	soon := now.Add(v.cfg.Leeway)
	if c.NotBefore.time().After(soon) || c.IssuedAt.time().After(soon) {
		return refuse("the access token is not valid yet")
	}
	// RFC 9449 §7.1, RFC 8705 §3: a token bound to a key is not a bearer token.
	if c.Confirmation != nil {
		return refuse("the access token is bound to a key and cannot be used as a bearer token")
	}
	return nil
}
