package account

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/cardea-iam/cardea/internal/oauth"
)

// Released is a list of claims to give out, in the order of OpenID Connect Core 1.0 §5.1. It
// marshals as a JSON object.
type Released []Claim

// Claim is one claim: Value is a string, a bool, an int64 or an Address.
type Claim struct {
	Name  string
	Value any
}

// Get returns the value of a claim.
func (r Released) Get(name string) (any, bool) {
	for _, c := range r {
		if c.Name == name {
			return c.Value, true
		}
	}
	return nil, false
}

// MarshalJSON writes the claims as the members of an object, in order.
func (r Released) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, c := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(c.Value)
		if err != nil {
			return nil, err
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// ClaimsFor gives the claims that the scopes ask for (OpenID Connect Core 1.0 §5.4) and those
// requested one by one (§5.5). Claims that the account does not have are left out (§5.3.2), as
// are requested ones whose wanted values exclude the account's. sub is the caller's business: it
// may be pairwise.
func (a Account) ClaimsFor(scopes oauth.ScopeSet, requested []oauth.ClaimRequest) Released {
	wanted := map[string]bool{}
	for _, s := range scopes.All() {
		for _, name := range oauth.ScopeClaims(s) {
			wanted[name] = true
		}
	}
	all := a.standard()
	for _, q := range requested {
		if value, ok := all.Get(q.Name); ok && !wanted[q.Name] {
			wanted[q.Name] = accepts(q, value)
		}
	}
	return slices.DeleteFunc(all, func(c Claim) bool { return !wanted[c.Name] })
}

// accepts tells whether a value is among those that the request names, if it names any.
func accepts(q oauth.ClaimRequest, value any) bool {
	if len(q.Values) == 0 {
		return true
	}
	return slices.ContainsFunc(q.Values, func(v any) bool {
		switch v := v.(type) {
		case string, bool:
			return v == value
		case json.Number:
			n, err := v.Int64()
			return err == nil && n == value
		}
		return false
	})
}

// standard lists all claims that the account has.
func (a Account) standard() Released {
	c := a.Claims
	out := make(Released, 0, 20)
	for _, t := range []struct{ name, value string }{
		{"name", c.Name}, {"given_name", c.GivenName}, {"family_name", c.FamilyName}, {"middle_name", c.MiddleName},
		{"nickname", c.Nickname}, {"preferred_username", string(a.Username)}, {"profile", c.Profile}, {"picture", c.Picture},
		{"website", c.Website},
	} {
		if t.value != "" {
			out = append(out, Claim{t.name, t.value})
		}
	}
	if e, ok := a.PrimaryEmail(); ok {
		out = append(out, Claim{"email", string(e.Address)}, Claim{"email_verified", !e.VerifiedAt.IsZero()})
	}
	for _, t := range []struct{ name, value string }{
		{"gender", c.Gender}, {"birthdate", c.Birthdate}, {"zoneinfo", c.Zoneinfo}, {"locale", c.Locale},
	} {
		if t.value != "" {
			out = append(out, Claim{t.name, t.value})
		}
	}
	if c.PhoneNumber != "" {
		out = append(out, Claim{"phone_number", c.PhoneNumber}, Claim{"phone_number_verified", !a.PhoneVerifiedAt.IsZero()})
	}
	if c.Address != (Address{}) {
		out = append(out, Claim{"address", c.Address})
	}
	if !a.UpdatedAt.IsZero() {
		out = append(out, Claim{"updated_at", a.UpdatedAt.Unix()})
	}
	return out
}
