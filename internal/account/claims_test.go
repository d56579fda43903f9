package account_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

// parse reads claims as every door does.
func parse(raw []byte) (c account.Claims, err error) {
	if err = strictjson.Unmarshal(raw, &c); err == nil {
		err = c.Check()
	}
	return c, err
}

func TestClaimsAreChecked(t *testing.T) {
	for text, field := range map[string]string{
		`{"name":"A\u0007"}`:                              "name",
		`{"given_name":"a\nb"}`:                           "given_name",
		`{"nickname":"` + strings.Repeat("a", 257) + `"}`: "nickname",
		`{"profile":"javascript:alert(1)"}`:               "profile",
		`{"picture":"data:image/png;base64,AA=="}`:        "picture",
		`{"website":"https://user:pass@a.example/"}`:      "website",
		`{"website":"/local"}`:                            "website",
		`{"birthdate":"31.12.1999"}`:                      "birthdate",
		`{"birthdate":"2001-02-29"}`:                      "birthdate",
		`{"birthdate":"0000-13-01"}`:                      "birthdate",
		`{"zoneinfo":"../../etc/passwd"}`:                 "zoneinfo",
		`{"locale":"english please"}`:                     "locale",
		`{"locale":"en_GB"}`:                              "locale",
		`{"phone_number":"0123 456"}`:                     "phone_number",
		`{"phone_number":"+0123456789"}`:                  "phone_number",
		`{"address":{"locality":"a\tb"}}`:                 "address.locality",
		`{"address":{"formatted":"a\rb"}}`:                "address.formatted",
	} {
		_, err := parse([]byte(text))
		var p *guard.Problem
		if !errors.As(err, &p) || p.Code != "invalid" || p.Field != field {
			t.Errorf("%s: want %s refused, got %v", text, field, err)
		}
	}
	for _, text := range []string{
		`{}`, `{"birthdate":"0000-02-29"}`, `{"birthdate":"1999"}`, `{"birthdate":"1999-12-31"}`, `{"zoneinfo":"America/Argentina/Buenos_Aires"}`,
		`{"zoneinfo":"UTC"}`, `{"locale":"en-GB"}`, `{"phone_number":"+16045551234;ext=5678"}`, `{"address":{"formatted":"1 Street\nTown\r\nLand","country":"X"}}`,
		`{"website":"http://a.example/"}`, `{"name":""}`,
	} {
		if _, err := parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// AD15: members that are not claims, differ in case, are given twice, or have another type are
// refused.
func TestAD15_ClaimsAreReadStrictly(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `"a"`, `{`, `{"name"`, `{"name":}`, `{"name":"a"`, `{} {}`, `{}x`,
		`{"Name":"a"}`, `{"NAME":"a"}`, `{"na\u0000me":"a"}`, `{"":"a"}`, `{"-":"a"}`, `{"role":"owner"}`, `{"roles":["owner"]}`,
		`{"name":"a","name":"b"}`, `{"name":"a","n\u0061me":"b"}`, `{"name":1}`, `{"name":["a"]}`, `{"name":{"a":"b"}}`,
		`{"address":"x"}`, `{"address":{"Locality":"x"}}`, `{"address":{"locality":"x","locality":"y"}}`, `{"address":{"street":"x"}}`,
		`{"address":{},"address":{}}`, "{\"name\":\"\xff\"}", `{"name":"` + strings.Repeat("a", 100000) + `"}`,
	} {
		if c, err := parse([]byte(text)); err == nil {
			t.Errorf("%.60s is taken: %+v", text, c)
		}
	}
}

// AU22: no field that is the server's can be written with the claims; the list is generated from
// the types.
func TestAU22_ServerOwnedFieldsAreNotClaims(t *testing.T) {
	names := []string{"sub", "preferred_username", "email", "email_verified", "phone_number_verified", "updated_at"}
	for _, t := range []reflect.Type{reflect.TypeFor[account.Account](), reflect.TypeFor[account.Email]()} {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name != "address" { // an Email's address; a person's postal address is a claim of this name
				names = append(names, name)
			}
		}
	}
	if len(names) < 15 {
		t.Fatalf("only %v", names)
	}
	for _, name := range names {
		for _, value := range []string{`true`, `"x"`, `1`, `{}`} {
			if c, err := parse([]byte(`{"` + name + `":` + value + `}`)); err == nil {
				t.Errorf("%s = %s is taken: %+v", name, value, c)
			}
		}
	}
}

func someone() account.Account {
	return account.Account{
		ID: "acc_1", Username: "Ann",
		Claims: account.Claims{Name: "Ann Example", GivenName: "Ann", Profile: "https://a.example/ann", Birthdate: "1999", PhoneNumber: "+14255551212",
			Address: account.Address{Locality: "Town", Country: "Land"}},
		Emails:    []account.Email{{Address: "ann@a.example", Primary: true}, {Address: "ann@b.example", VerifiedAt: time.Unix(5, 0)}},
		UpdatedAt: time.Unix(1700000000, 999_000_000),
	}
}

func TestClaimsForScopes(t *testing.T) {
	verified := someone()
	verified.Emails[0].VerifiedAt, verified.PhoneVerifiedAt = time.Unix(1, 0), time.Unix(1, 0)
	for _, c := range []struct {
		who    account.Account
		scopes string
		want   string
	}{
		{someone(), "openid", `{}`},
		{someone(), "openid profile", `{"name":"Ann Example","given_name":"Ann","preferred_username":"Ann","profile":"https://a.example/ann","birthdate":"1999","updated_at":1700000000}`},
		{someone(), "openid email", `{"email":"ann@a.example","email_verified":false}`},
		{verified, "openid email phone", `{"email":"ann@a.example","email_verified":true,"phone_number":"+14255551212","phone_number_verified":true}`},
		{someone(), "openid phone", `{"phone_number":"+14255551212","phone_number_verified":false}`},
		{someone(), "openid address", `{"address":{"locality":"Town","country":"Land"}}`},
		{account.Account{Username: "b"}, "openid profile email phone address", `{"preferred_username":"b"}`},
	} {
		scopes, err := oauth.ParseScopes(c.scopes)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(c.who.ClaimsFor(scopes, nil))
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %s\nwant %s %v", c.scopes, got, c.want, err)
		}
	}
}

func TestClaimsRequestedOneByOne(t *testing.T) {
	for request, want := range map[string]string{
		`{"userinfo":{"email":null,"given_name":{"essential":true}}}`:             `{"given_name":"Ann","email":"ann@a.example"}`,
		`{"userinfo":{"nickname":{"essential":true},"sub":null,"roles":null}}`:    `{}`,
		`{"userinfo":{"email_verified":{"value":true}}}`:                          `{}`,
		`{"userinfo":{"email_verified":{"value":false}}}`:                         `{"email_verified":false}`,
		`{"userinfo":{"email":{"values":["x@a.example","ann@a.example"]}}}`:       `{"email":"ann@a.example"}`,
		`{"userinfo":{"email":{"value":"x@a.example"}}}`:                          `{}`,
		`{"userinfo":{"updated_at":{"value":1700000000}}}`:                        `{"updated_at":1700000000}`,
		`{"userinfo":{"address":{"value":"x"}}}`:                                  `{}`,
		`{"userinfo":{"epoch":null,"version":null,"id":null,"disabled_at":null}}`: `{}`,
	} {
		q, err := oauth.ParseClaims(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(someone().ClaimsFor(oauth.Scopes(oauth.ScopeOpenID), q.UserInfo))
		if err != nil || string(got) != want {
			t.Errorf("%s:\n got %s\nwant %s %v", request, got, want, err)
		}
	}
}

func FuzzParseClaims(f *testing.F) {
	f.Add([]byte(`{"name":"a","address":{"locality":"b"}}`))
	f.Add([]byte(`{"name":"a","NAME":"b"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parse(raw)
		if err != nil {
			return
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parse(text); err != nil || again != c {
			t.Errorf("%s → %s: %v", raw, text, err)
		}
	})
}
