package oauth

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// The example of OpenID Connect Core 1.0 §5.5.
const claimsExample = `{
   "userinfo":
    {
     "given_name": {"essential": true},
     "nickname": null,
     "email": {"essential": true},
     "email_verified": {"essential": true},
     "picture": null,
     "http://example.info/claims/groups": null
    },
   "id_token":
    {
     "auth_time": {"essential": true},
     "acr": {"values": ["urn:mace:incommon:iap:silver"] }
    }
  }`

func TestClaimsExample(t *testing.T) {
	c, err := ParseClaims(claimsExample)
	if err != nil {
		t.Fatal(err)
	}
	want := ClaimsRequest{
		UserInfo: []ClaimRequest{{"given_name", true, nil}, {"nickname", false, nil}, {"email", true, nil}, {"email_verified", true, nil},
			{"picture", false, nil}, {"http://example.info/claims/groups", false, nil}},
		IDToken: []ClaimRequest{{"auth_time", true, nil}, {"acr", false, []any{"urn:mace:incommon:iap:silver"}}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v", c)
	}
	acr, ok := c.ForIDToken("acr")
	if !ok || !reflect.DeepEqual(acr.Strings(), []string{"urn:mace:incommon:iap:silver"}) {
		t.Errorf("acr: %+v, %v", acr, ok)
	}
	if _, ok := c.ForUserInfo("acr"); ok {
		t.Error("acr was not asked for in userinfo")
	}
}

func TestClaimsStrict(t *testing.T) {
	many := make([]string, 101)
	for i := range many {
		many[i] = `"c` + strings.Repeat("x", i) + `":null`
	}
	for _, raw := range []string{
		`[]`, `null`, `"x"`, `1`, `{`, `{}x`, `{} {}`, `{"userinfo":[]}`, `{"userinfo":"email"}`, `{"userinfo":{"email":true}}`, `{"userinfo":{"email":"x"}}`,
		`{"userinfo":{},"userinfo":{}}`, `{"userinfo":{"email":null,"email":null}}`, `{"userinfo":{"email":{"essential":true,"essential":false}}}`,
		`{"userinfo":{"email":{"essential":"true"}}}`, `{"userinfo":{"email":{"essential":1}}}`, `{"id_token":{"acr":{"values":"x"}}}`, `{"id_token":{"acr":{"values":[]}}}`,
		`{"id_token":{"acr":{"value":"a","values":["b"]}}}`, `{"id_token":{"acr":{"value":{}}}}`, `{"id_token":{"acr":{"values":[[]]}}}`, `{"id_token":{"acr":{"value":null}}}`,
		`{"userinfo":{"":null}}`, "{\"userinfo\":{\"a\\u0000\":null}}", "{\"userinfo\":{\"\xff\":null}}", `{"userinfo":{"\ud800":null}}`, `{'userinfo':{}}`, `{"userinfo":{},}`,
		`{"x":[[[[[[[[1]]]]]]]]}`, `{"x":"` + strings.Repeat("a", 9000) + `"}`, `{"userinfo":{` + strings.Join(many, ",") + `}}`, `{"x":` + strings.Repeat("[", 4000),
	} {
		if c, err := ParseClaims(raw); CodeOf(err) != CodeInvalidRequest || !c.IsZero() {
			t.Errorf("%.60q: got %+v, %v", raw, c, err)
		}
	}
	for _, raw := range []string{``, `{}`, `{"userinfo":null}`, `{"UserInfo":{"email":null}}`, `{"purpose":{"x":[1]}}`} {
		if c, err := ParseClaims(raw); err != nil || !c.IsZero() {
			t.Errorf("%q: got %+v, %v", raw, c, err)
		}
	}
	c, err := ParseClaims(`{"id_token":{"sub":{"value":"x"},"n":{"values":[1.50,true,"y"]},"Acr":{"ESSENTIAL":true,"x":{}}}}`)
	if err != nil || !reflect.DeepEqual(c.IDToken, []ClaimRequest{{"sub", false, []any{"x"}}, {"n", false, []any{json.Number("1.50"), true, "y"}}, {"Acr", false, nil}}) {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestScopeClaims(t *testing.T) {
	if got := ScopeClaims(ScopeEmail); !reflect.DeepEqual(got, []string{"email", "email_verified"}) {
		t.Errorf("email: %v", got)
	}
	if len(ScopeClaims(ScopeProfile)) != 14 || len(ScopeClaims(ScopePhone)) != 2 || len(ScopeClaims(ScopeAddress)) != 1 || ScopeClaims(ScopeOpenID) != nil || ScopeClaims("Email") != nil {
		t.Error("the table differs from OpenID Connect Core 1.0 §5.4")
	}
}

func FuzzClaims(f *testing.F) {
	for _, raw := range []string{claimsExample, `{}`, `{"userinfo":{"a":{"value":1}}}`, `{"userinfo":{},"userinfo":{}}`, `{"a":[[[`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := ParseClaims(raw)
		if err != nil {
			return
		}
		stored, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		var again ClaimsRequest
		if len(stored) > maxClaimsLength { // escaping may lengthen names
			return
		}
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatalf("%q stored as %s: %v", raw, stored, err)
		}
		for _, r := range c.IDToken {
			if got, ok := again.ForIDToken(r.Name); !ok || !reflect.DeepEqual(got, r) {
				t.Fatalf("%q: %+v was read again as %+v", raw, r, got)
			}
		}
	})
}
