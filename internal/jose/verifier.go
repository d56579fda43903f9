package jose

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/strictjson"
	gojose "github.com/go-jose/go-jose/v4"
)

// ErrInvalidToken is in the chain of every refusal of a token. Errors without it
// are ours: an Expect that does not say what it expects.
var ErrInvalidToken = errors.New("invalid token")

// ErrExpired is in the chain, beside ErrInvalidToken, when the one thing wrong is the expiry.
var ErrExpired = errors.New("expired")

func refusal(err error) error { return fmt.Errorf("jose: %w: %w", ErrInvalidToken, err) }

// Expect says what a token must be. What is left empty is an error of the caller
// and not a check left out; to leave one out takes one of the named switches.
type Expect struct {
	Typ        string      // exact media type without "application/", such as "at+jwt"
	Issuer     string      // exact iss
	Audience   string      // must be among aud
	Algorithms []Algorithm // the key's algorithm must be among these
	Keys       KeySource   // the issuer's keys
	Now        time.Time
	Leeway     time.Duration // for exp, nbf and iat; 0 to 5 minutes

	AnyTyp       bool // typ is not checked: for tools, not for servers
	AnyIssuer    bool // iss is not checked: for tools, not for servers
	NoAudience   bool // aud is not checked: the caller knows from elsewhere that the token is for it
	IgnoreExpiry bool // exp may be past or absent: for id_token_hint (OpenID Connect RP-Initiated Logout 1.0 §2)
}

const maxLeeway = 5 * time.Minute

func (e *Expect) check() error {
	for _, missing := range []struct {
		is   bool
		what string
	}{
		{(e.Typ == "") != e.AnyTyp, "either Typ or AnyTyp"},
		{(e.Issuer == "") != e.AnyIssuer, "either Issuer or AnyIssuer"},
		// RFC 8725 §3.9: an audience that nobody expects is an audience that nobody checks
		{(e.Audience == "") != e.NoAudience, "either Audience or NoAudience"},
		{e.Now.IsZero(), "Now"},
		{e.Leeway < 0 || e.Leeway > maxLeeway, "a Leeway of 0 to 5 minutes"},
	} {
		if missing.is {
			return fmt.Errorf("jose: verify: the caller must set %s", missing.what)
		}
	}
	return nil
}

func (e *Expect) checkKeys() error {
	if len(e.Algorithms) == 0 || slices.Contains(e.Algorithms, "") || e.Keys == nil {
		return errors.New("jose: verify: the caller must set Algorithms and Keys")
	}
	return nil
}

// Verifier checks tokens. The zero value works; NewVerifier adds a memory. It is
// safe for concurrent use.
type Verifier struct{ memory *memory }

// NewVerifier makes a verifier that remembers up to entries verified signatures,
// so that a token seen again costs one hash. Everything but the signature is
// checked again each time, and a key that is gone or changed is a miss.
func NewVerifier(entries int) *Verifier {
	if entries <= 0 {
		return &Verifier{}
	}
	return &Verifier{newMemory(entries)}
}

// Verify checks everything and then, only then, gives the claims. A refusal has
// ErrInvalidToken in its chain; its text is for our log.
func (v *Verifier) Verify(token string, e Expect) (Claims, error) {
	if err := e.check(); err != nil {
		return Claims{}, err
	}
	if err := e.checkKeys(); err != nil {
		return Claims{}, err
	}
	if len(token) > MaxTokenSize {
		return Claims{}, refusal(errors.New("longer than 8192 bytes"))
	}
	var sum [sha256.Size]byte
	if v.memory != nil {
		sum = sha256.Sum256([]byte(token))
		if s, ok := v.memory.get(sum); ok && s.stillHolds(&e) {
			return finish(s.header, s.claims, &e)
		}
	}
	s, err := verifySignature(token, &e)
	if err != nil {
		return Claims{}, refusal(err)
	}
	claims, err := finish(s.header, s.claims, &e)
	if err == nil && v.memory != nil {
		v.memory.put(sum, s)
	}
	return claims, err
}

// seen is a token whose signature was checked with the key.
type seen struct {
	header Header
	key    PublicKey
	claims Claims
}

// stillHolds tells whether the same key would be chosen now.
func (s *seen) stillHolds(e *Expect) bool {
	key, err := chooseKey(s.header, e)
	return err == nil && key.thumbprint == s.key.thumbprint && key.alg == s.key.alg
}

func chooseKey(h Header, e *Expect) (PublicKey, error) {
	key, ok := e.Keys.Key(h.Kid)
	if !ok || key.IsZero() {
		return PublicKey{}, errors.New("no key has the token's kid")
	}
	// RFC 8725 §3.1: the algorithm is the key's and the caller's choice; the header may only agree
	if h.Alg != string(key.alg) || !slices.Contains(e.Algorithms, key.alg) {
		return PublicKey{}, errors.New("alg is not the key's, or not allowed here")
	}
	return key, nil
}

func verifySignature(token string, e *Expect) (*seen, error) {
	parts, err := split(token)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(parts[0])
	if err != nil {
		return nil, err
	}
	key, err := chooseKey(h, e)
	if err != nil {
		return nil, err
	}
	if _, err := decode(parts[2]); err != nil {
		return nil, err
	}
	jws, err := gojose.ParseSignedCompact(token, []gojose.SignatureAlgorithm{gojose.SignatureAlgorithm(key.alg)})
	if err != nil {
		return nil, errors.New("malformed token")
	}
	payload, err := jws.Verify(key.key)
	if err != nil {
		return nil, errors.New("the signature is wrong")
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	claims.KeyID = key.kid
	return &seen{h, key, claims}, nil
}

func readHeader(part string) (Header, error) {
	var h Header
	raw, err := decode(part)
	if err != nil {
		return h, err
	}
	if err := strictjson.Unmarshal(raw, &h, strictjson.AllowUnknown()); err != nil {
		return h, fmt.Errorf("header: %w", err)
	}
	return h, h.check()
}

// finish checks what depends on the caller and the hour; the signature is known to be good.
func finish(h Header, c Claims, e *Expect) (Claims, error) {
	if err := checkClaims(h, &c, e); err != nil {
		return Claims{}, refusal(err)
	}
	c.Audience = slices.Clone(c.Audience)
	return c, nil
}

func checkClaims(h Header, c *Claims, e *Expect) error {
	// RFC 8725 §3.11: the type is explicit; RFC 7515 §4.1.9: "application/" may be written or left out
	if !e.AnyTyp && h.Typ != e.Typ && h.Typ != "application/"+e.Typ {
		return fmt.Errorf("typ is not %q", e.Typ)
	}
	// RFC 8725 §3.8: the issuer is the one whose keys these are
	if !e.AnyIssuer && c.Issuer != e.Issuer {
		return errors.New("iss is another issuer")
	}
	// RFC 7519 §4.1.3: who is not in aud must reject the token
	if !e.NoAudience && !slices.Contains(c.Audience, e.Audience) {
		return errors.New("aud does not name us")
	}
	// RFC 7519 §4.1.5: not before nbf
	if !c.NotBefore.IsZero() && c.NotBefore.After(e.Now.Add(e.Leeway)) {
		return errors.New("nbf is in the future")
	}
	// RFC 7519 §4.1.6: iat is when it was issued, which is not later than now
	if !c.IssuedAt.IsZero() && c.IssuedAt.After(e.Now.Add(e.Leeway)) {
		return errors.New("iat is in the future")
	}
	if e.IgnoreExpiry {
		return nil
	}
	if c.Expiry.IsZero() {
		return errors.New("exp is missing")
	}
	// RFC 7519 §4.1.4: not on or after exp
	if !e.Now.Before(c.Expiry.Add(e.Leeway)) {
		return fmt.Errorf("%w at %s", ErrExpired, c.Expiry.Format(time.RFC3339))
	}
	return nil
}
