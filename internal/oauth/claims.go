package oauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ClaimsRequest is the claims parameter (OpenID Connect Core 1.0 §5.5). The zero value asks for nothing.
type ClaimsRequest struct {
	UserInfo []ClaimRequest
	IDToken  []ClaimRequest
}

// ClaimRequest asks for one claim (OpenID Connect Core 1.0 §5.5.1).
type ClaimRequest struct {
	Name      string // with its language tag, if any: family_name#ja
	Essential bool
	Values    []any // wanted values in order of preference: string, json.Number or bool; empty for any
}

const (
	maxClaimsLength = 8 << 10
	maxClaimsDepth  = 6
	maxClaims       = 100
)

// ParseClaims reads the claims parameter; empty asks for nothing. Keys are
// compared exactly, repeated keys are refused. The error is an *Error invalid_request.
func ParseClaims(raw string) (ClaimsRequest, error) {
	if raw == "" {
		return ClaimsRequest{}, nil
	}
	var c ClaimsRequest
	err := func() error {
		top, err := readObject(raw)
		if err != nil {
			return err
		}
		for _, m := range top {
			// OpenID Connect Core 1.0 §5.5: members that are not understood must be ignored
			switch m.name {
			case "userinfo":
				c.UserInfo, err = readClaimRequests(m.value)
			case "id_token":
				c.IDToken, err = readClaimRequests(m.value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}()
	if err != nil {
		return ClaimsRequest{}, InvalidRequest("claims: " + err.Error()).Because(err)
	}
	return c, nil
}

func readClaimRequests(value any) ([]ClaimRequest, error) {
	// A null section asks for nothing, as an absent one.
	if value == nil {
		return nil, nil
	}
	members, ok := value.([]member)
	if !ok {
		return nil, errors.New("userinfo and id_token must be objects")
	}
	if len(members) > maxClaims {
		return nil, fmt.Errorf("more than %d claims", maxClaims)
	}
	list := make([]ClaimRequest, 0, len(members))
	for _, m := range members {
		r, err := readClaimRequest(m)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func readClaimRequest(m member) (ClaimRequest, error) {
	r := ClaimRequest{Name: m.name}
	// OpenID Connect Core 1.0 §5.5.1: null asks for the claim in the default manner
	if m.value == nil {
		return r, nil
	}
	parts, ok := m.value.([]member)
	if !ok {
		return r, errors.New("a claim must be null or an object")
	}
	var hasValue, hasValues bool
	for _, p := range parts {
		switch p.name {
		case "essential":
			if r.Essential, ok = p.value.(bool); !ok {
				return r, errors.New("essential must be true or false")
			}
		case "value":
			hasValue = true
			r.Values = []any{p.value}
		case "values":
			hasValues = true
			if r.Values, ok = p.value.([]any); !ok || len(r.Values) == 0 {
				return r, errors.New("values must be a list with at least one value")
			}
		}
	}
	if hasValue && hasValues {
		return r, errors.New("value and values exclude each other")
	}
	for _, v := range r.Values {
		switch v.(type) {
		case string, json.Number, bool:
		default:
			return r, errors.New("a wanted value must be a string, a number or a boolean")
		}
	}
	return r, nil
}

// IsZero tells whether nothing is asked for.
func (c ClaimsRequest) IsZero() bool { return len(c.UserInfo) == 0 && len(c.IDToken) == 0 }

// ForIDToken finds the request for the claim in the ID token.
func (c ClaimsRequest) ForIDToken(name string) (ClaimRequest, bool) { return find(c.IDToken, name) }

// ForUserInfo finds the request for the claim in the UserInfo response.
func (c ClaimsRequest) ForUserInfo(name string) (ClaimRequest, bool) { return find(c.UserInfo, name) }

func find(list []ClaimRequest, name string) (ClaimRequest, bool) {
	for _, r := range list {
		if r.Name == name {
			return r, true
		}
	}
	return ClaimRequest{}, false
}

// Strings gives the wanted values that are strings, in order.
func (r ClaimRequest) Strings() []string {
	var list []string
	for _, v := range r.Values {
		if s, ok := v.(string); ok {
			list = append(list, s)
		}
	}
	return list
}

// MarshalJSON writes the form of OpenID Connect Core 1.0 §5.5, with values in place of value.
func (c ClaimsRequest) MarshalJSON() ([]byte, error) {
	type request struct {
		Essential bool  `json:"essential,omitempty"`
		Values    []any `json:"values,omitempty"`
	}
	section := func(list []ClaimRequest) map[string]*request {
		m := make(map[string]*request, len(list))
		for _, r := range list {
			m[r.Name] = nil
			if r.Essential || len(r.Values) > 0 {
				m[r.Name] = &request{r.Essential, r.Values}
			}
		}
		return m
	}
	return json.Marshal(struct {
		UserInfo map[string]*request `json:"userinfo,omitempty"`
		IDToken  map[string]*request `json:"id_token,omitempty"`
	}{section(c.UserInfo), section(c.IDToken)})
}

// UnmarshalJSON reads what MarshalJSON wrote, with the checks of ParseClaims.
func (c *ClaimsRequest) UnmarshalJSON(raw []byte) error {
	parsed, err := ParseClaims(string(raw))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// member is a name and its value; an object is a []member, a list is a []any.
type member struct {
	name  string
	value any
}

func readObject(raw string) ([]member, error) {
	if len(raw) > maxClaimsLength {
		return nil, fmt.Errorf("longer than %d bytes", maxClaimsLength)
	}
	if !utf8.ValidString(raw) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	value, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("data after the object")
	}
	object, ok := value.([]member)
	if !ok {
		return nil, errors.New("must be a JSON object")
	}
	return object, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxClaimsDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxClaimsDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, errors.New("malformed JSON")
	}
	switch token {
	case json.Delim('{'):
		return readMembers(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, malformed(err)
	}
	return token, nil
}

func readMembers(d *json.Decoder, depth int) ([]member, error) {
	members := []member{}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, malformed(err)
		}
		name, _ := token.(string)
		if name == "" || seen[name] || bytes.ContainsFunc([]byte(name), func(c rune) bool { return c < 0x20 || c == utf8.RuneError }) {
			return nil, errors.New("a member name is empty, repeated or malformed")
		}
		seen[name] = true
		value, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	_, err := d.Token()
	return members, malformed(err)
}

func malformed(err error) error {
	if err != nil {
		return errors.New("malformed JSON")
	}
	return nil
}

var scopeClaims = map[Scope][]string{
	ScopeProfile: {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
		"picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"},
	ScopeEmail:   {"email", "email_verified"},
	ScopeAddress: {"address"},
	ScopePhone:   {"phone_number", "phone_number_verified"},
}

// ScopeClaims lists the claims that a scope asks for (OpenID Connect Core 1.0
// §5.4), nil for scopes that ask for none. The caller must not change the list.
func ScopeClaims(scope Scope) []string { return scopeClaims[scope] }
