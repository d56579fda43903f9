package oauth

import (
	"encoding/json"
	"slices"
	"strings"
)

// Scope is one scope token (RFC 6749 §3.3).
type Scope string

// Scopes of OpenID Connect Core 1.0 §5.4 and §11.
const (
	ScopeOpenID        Scope = "openid"
	ScopeProfile       Scope = "profile"
	ScopeEmail         Scope = "email"
	ScopeAddress       Scope = "address"
	ScopePhone         Scope = "phone"
	ScopeOfflineAccess Scope = "offline_access"
)

// maxScopes bounds the work that one request can ask for; maxScopeLength bounds one token.
const (
	maxScopes      = 100
	maxScopeLength = 256
)

// ParseScope accepts one scope token. The error is an *Error invalid_scope.
func ParseScope(raw string) (Scope, error) {
	if raw == "" || len(raw) > maxScopeLength {
		return "", InvalidScope("a scope has 1 to 256 characters")
	}
	// RFC 6749 §3.3: a scope token is one or more of %x21 / %x23-5B / %x5D-7E
	for i := range len(raw) {
		if c := raw[i]; c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			return "", InvalidScope("a scope holds a character outside RFC 6749 section 3.3")
		}
	}
	return Scope(raw), nil
}

// ScopeSet is an ordered set of scopes without repetition. It is immutable:
// every operation returns a new set. The zero value is the empty set.
type ScopeSet struct{ list []Scope }

// ParseScopes reads the space-delimited form of RFC 6749 §3.3. Repeated scopes
// are kept once, at their first place. The empty string is the empty set, as a
// parameter without a value counts as omitted (RFC 6749 §3.1). The error is an
// *Error invalid_scope.
func ParseScopes(raw string) (ScopeSet, error) {
	if raw == "" {
		return ScopeSet{}, nil
	}
	// RFC 6749 §3.3: scope tokens are separated by exactly one space
	return parseScopeList(strings.SplitN(raw, " ", maxScopes+1))
}

func parseScopeList(words []string) (ScopeSet, error) {
	if len(words) > maxScopes {
		return ScopeSet{}, InvalidScope("more than 100 scopes")
	}
	list := make([]Scope, 0, len(words))
	for _, word := range words {
		s, err := ParseScope(word)
		if err != nil {
			return ScopeSet{}, err
		}
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return ScopeSet{list}, nil
}

// Scopes makes a set of already parsed scopes, keeping the first of each.
func Scopes(scopes ...Scope) ScopeSet {
	return ScopeSet{}.Union(ScopeSet{scopes})
}

// String is the space-delimited form of RFC 6749 §3.3.
func (s ScopeSet) String() string {
	switch len(s.list) {
	case 0:
		return ""
	case 1:
		return string(s.list[0])
	}
	var b strings.Builder
	for i, scope := range s.list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(scope))
	}
	return b.String()
}

// All returns the scopes in order, as a copy.
func (s ScopeSet) All() []Scope { return slices.Clone(s.list) }

// Len is the number of scopes.
func (s ScopeSet) Len() int { return len(s.list) }

// IsEmpty tells whether the set has no scope.
func (s ScopeSet) IsEmpty() bool { return len(s.list) == 0 }

// Has tells whether the set holds the scope. Scopes are case-sensitive (RFC 6749 §3.3).
func (s ScopeSet) Has(scope Scope) bool { return slices.Contains(s.list, scope) }

// Contains tells whether every scope of other is in the set; the empty set is in every set.
func (s ScopeSet) Contains(other ScopeSet) bool {
	for _, scope := range other.list {
		if !s.Has(scope) {
			return false
		}
	}
	return true
}

// Equal tells whether both sets hold the same scopes, in any order.
func (s ScopeSet) Equal(other ScopeSet) bool {
	return len(s.list) == len(other.list) && s.Contains(other)
}

// Intersect keeps the scopes that are also in other, in the order of s.
func (s ScopeSet) Intersect(other ScopeSet) ScopeSet { return s.filter(other.Has) }

// Minus keeps the scopes that are not in other, in the order of s.
func (s ScopeSet) Minus(other ScopeSet) ScopeSet {
	return s.filter(func(scope Scope) bool { return !other.Has(scope) })
}

// Union holds the scopes of s, then those of other that s lacks.
func (s ScopeSet) Union(other ScopeSet) ScopeSet {
	list := make([]Scope, 0, len(s.list)+len(other.list))
	for _, part := range [][]Scope{s.list, other.list} {
		for _, scope := range part {
			if !slices.Contains(list, scope) {
				list = append(list, scope)
			}
		}
	}
	return ScopeSet{list}
}

func (s ScopeSet) filter(keep func(Scope) bool) ScopeSet {
	list := make([]Scope, 0, len(s.list))
	for _, scope := range s.list {
		if keep(scope) {
			list = append(list, scope)
		}
	}
	return ScopeSet{list}
}

// MarshalJSON writes a list of strings, the form in which sets are stored.
func (s ScopeSet) MarshalJSON() ([]byte, error) {
	if len(s.list) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(s.list)
}

// UnmarshalJSON reads a list of strings with the checks of ParseScopes.
func (s *ScopeSet) UnmarshalJSON(raw []byte) error {
	var words []string
	if err := json.Unmarshal(raw, &words); err != nil {
		return err
	}
	parsed, err := parseScopeList(words)
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
