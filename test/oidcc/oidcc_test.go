// Package oidcc checks from outside, with the released binary, what modules of the OpenID
// Foundation's suite check at the token and userinfo endpoints; those of the authorization and
// logout endpoints stand beside their rooms. The tests have the modules' names.
package oidcc

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/test/rig"
)

var binary string

func TestMain(m *testing.M) { rig.Main(m, "oidcc", &binary) }

const redirectURI = "https://rp.example/cb"

// provider is a server under test with what a test plan registers there.
type provider struct {
	*rig.Server
	web, second, post rig.Client
	mode              string // response_mode of the plan
	person            *rig.Person
	account           string // the person's id
}

// module runs the test of a module in the basic plan and in the form post plan, on both databases.
func module(t *testing.T, fn func(t *testing.T, op *provider)) {
	t.Helper()
	databases := []struct {
		name string
		args func(t *testing.T) []string
	}{
		{"sqlite", func(*testing.T) []string { return nil }},
		{"postgres", func(t *testing.T) []string { return []string{"--database", storetest.Postgres(t)} }},
	}
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			op := start(t, d.args(t)...)
			for _, mode := range []string{"query", "form_post"} {
				t.Run(mode, func(t *testing.T) {
					plan := *op
					plan.mode = mode
					plan.person = &rig.Person{Agent: rig.NewAgent(), Username: op.person.Username, Password: op.person.Password}
					fn(t, &plan)
				})
			}
		})
	}
}

func start(t *testing.T, args ...string) *provider {
	t.Helper()
	ctx := t.Context()
	s, err := rig.NewServer(binary, filepath.Join(t.TempDir(), "data"), args...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.Log())
		}
	})
	op := &provider{Server: s, person: &rig.Person{Username: "ann", Password: "a pass phrase for the suite"}}
	for _, c := range []struct {
		to   *rig.Client
		name string
		args []string
	}{
		{&op.web, "first", nil}, {&op.second, "second", nil}, {&op.post, "post", []string{"--auth-method", "client_secret_post"}},
	} {
		if *c.to, err = s.CreateClient(ctx, c.name, append(c.args, "--redirect-uri", redirectURI)...); err != nil {
			t.Fatal(err)
		}
		c.to.RedirectURI = redirectURI
	}
	op.account, err = s.CreateAccount(ctx, op.person.Username, op.person.Password,
		"--name", "Ann Able", "--given-name", "Ann", "--family-name", "Able", "--middle-name", "B", "--nickname", "annie",
		"--profile", "https://ann.example/", "--picture", "https://ann.example/me.png", "--website", "https://ann.example/blog",
		"--gender", "female", "--birthdate", "1990-02-03", "--zoneinfo", "Europe/Paris", "--locale", "en-GB",
		"--phone-number", "+14255551212", "--email", "ann@example.org", "--email-verified")
	if err != nil {
		t.Fatal(err)
	}
	change := map[string]any{"address": map[string]string{"street_address": "1 Main Street", "locality": "Springfield", "country": "US"}}
	if err := s.Admin(ctx, http.MethodPatch, "/accounts/"+op.account, change, nil); err != nil {
		t.Fatal(err)
	}
	return op
}

// answer runs an authorization request to its answer.
func (op *provider) answer(t *testing.T, c rig.Client, further url.Values) (rig.Attempt, url.Values) {
	t.Helper()
	all := url.Values{}
	if op.mode != "query" {
		all.Set("response_mode", op.mode)
	}
	for name, values := range further {
		all[name] = values
	}
	a := c.Attempt(all)
	got, err := op.person.Authorize(t.Context(), a.URL, redirectURI)
	if err != nil {
		t.Fatal(err)
	}
	if got.Get("state") != a.State || got.Get("iss") != op.URL {
		t.Fatalf("the answer is %v", got)
	}
	return a, got
}

// flow is a whole code flow.
func (op *provider) flow(t *testing.T, c rig.Client, further url.Values) rig.Tokens {
	t.Helper()
	a, got := op.answer(t, c, further)
	tokens, err := c.Redeem(t.Context(), a, got)
	if err != nil {
		t.Fatal(err)
	}
	if tokens.Status != http.StatusOK {
		t.Fatalf("the code was refused: %+v", tokens)
	}
	return tokens
}

// part decodes header (0) or claims (1) of a JWT.
func part(t *testing.T, token string, n int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// ask sends a request to the userinfo endpoint and decodes its claims.
func (op *provider) ask(t *testing.T, method, access string, form url.Values) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, op.URL+"/oauth/userinfo", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if access != "" {
		req.Header.Set("Authorization", "Bearer "+access)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	var out map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("userinfo answered %d %v (%v)", answer.StatusCode, out, err)
	}
	if out["sub"] != op.account {
		t.Errorf("sub is %v, want %s", out["sub"], op.account)
	}
	return out
}
