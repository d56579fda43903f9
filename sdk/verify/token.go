package verify

import (
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json" // exact-case keys, no duplicates
)

// Token is what a checked access token grants.
type Token struct {
	// Subject is the person or service on whose behalf the call is made (sub).
	Subject string
	// ClientID is the application that makes the call (client_id).
	ClientID string
	// Scopes are the granted scopes, never more than the issuer grants at this moment.
	Scopes []string
	// Audience lists every API the token was issued for; Config.Audience is one of them.
	Audience []string
	// ID names the token (jti); empty only for opaque tokens whose issuer gives none.
	ID string
	// IssuedAt and ExpiresAt are the token's lifetime; zero when an opaque token has none.
	IssuedAt, ExpiresAt time.Time
	// Actor is who acts for the subject (RFC 8693 §4.1); nil when the subject acts itself.
	Actor *Actor
	// AuthTime, ACR and AMR say when and how the person signed in (RFC 9068 §2.2.1). Optional.
	AuthTime time.Time
	ACR      string
	AMR      []string
}

// Actor is one party in a delegation chain (RFC 8693 §4.1): the party that acts now, and in Actor
// the one it received the delegation from.
type Actor struct {
	Subject string `json:"sub"`
	Issuer  string `json:"iss"`
	Actor   *Actor `json:"act"`
}

// HasScope reports whether every one of the scopes is granted.
func (t Token) HasScope(scopes ...string) bool {
	for _, s := range scopes {
		if !slices.Contains(t.Scopes, s) {
			return false
		}
	}
	return true
}

// claims are the members that access tokens (RFC 9068 §2.2) and introspection answers
// (RFC 7662 §2.2) have in common.
type claims struct {
	Issuer       string          `json:"iss"`
	Subject      string          `json:"sub"`
	Audience     audience        `json:"aud"`
	ClientID     string          `json:"client_id"`
	ID           string          `json:"jti"`
	Scope        *string         `json:"scope"`
	Expires      *numericDate    `json:"exp"`
	NotBefore    *numericDate    `json:"nbf"`
	IssuedAt     *numericDate    `json:"iat"`
	AuthTime     *numericDate    `json:"auth_time"`
	ACR          string          `json:"acr"`
	AMR          []string        `json:"amr"`
	Actor        *Actor          `json:"act"`
	Confirmation json.RawMessage `json:"cnf"`
}

func (c *claims) token() Token {
	t := Token{
		Subject: c.Subject, ClientID: c.ClientID, Audience: c.Audience, ID: c.ID,
		IssuedAt: c.IssuedAt.time(), ExpiresAt: c.Expires.time(),
		Actor: c.Actor, AuthTime: c.AuthTime.time(), ACR: c.ACR, AMR: c.AMR,
	}
	if c.Scope != nil {
		t.Scopes = splitScopes(*c.Scope)
	}
	return t
}

// audience is one string or an array of strings (RFC 7519 §4.1.3).
type audience []string

// UnmarshalJSON accepts both forms and nothing else.
func (a *audience) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var one string
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// contains compares whole values, byte for byte.
func (a audience) contains(want string) bool { return slices.Contains(a, want) }

// numericDate is seconds since 1970 UTC (RFC 7519 §2); fractions are allowed.
type numericDate float64

// time is the zero time for an absent date. Dates too large to count are held at year 9999.
func (d *numericDate) time() time.Time {
	if d == nil {
		return time.Time{}
	}
	const last = 253402300799 // 9999-12-31T23:59:59Z
	seconds := min(max(float64(*d), 0), last)
	return time.UnixMicro(int64(seconds * 1e6)).UTC()
}

func splitScopes(s string) []string { return strings.Fields(s) }

func intersect(a, b []string) []string {
	var both []string
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}

// differs reports whether a value that may be absent contradicts another.
func differs(optional, want string) bool { return optional != "" && optional != want }
