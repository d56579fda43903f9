package verify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/sdk/verify"
)

func TestRequireAuthentication(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.config()
	cfg.Leeway = 0 // ten seconds
	v := newVerifier(t, cfg)
	strong := verify.Authentication{ACRValues: []string{"aal2", "aal3"}, MaxAge: 5 * time.Minute}
	signedIn := func(acr string, ago time.Duration) map[string]any {
		return map[string]any{"acr": acr, "auth_time": i.clock().Add(-ago).Unix()}
	}
	const level, age = "a different authentication level is required", "more recent authentication is required"
	for name, c := range map[string]struct {
		needs       verify.Authentication
		claims      map[string]any
		description string // of the refusal; "" where there is none
		parameters  string
	}{
		"nothing asked":                  {verify.Authentication{}, nil, "", ""},
		"strong and fresh":               {strong, signedIn("aal2", 0), "", ""},
		"the other class":                {strong, signedIn("aal3", time.Minute), "", ""},
		"just fresh enough":              {strong, signedIn("aal2", 5*time.Minute), "", ""},
		"within the clocks' difference":  {strong, signedIn("aal2", 5*time.Minute+9*time.Second), "", ""},
		"weak":                           {strong, signedIn("aal1", 0), level, `acr_values="aal2 aal3", max_age="300"`},
		"of no class":                    {strong, map[string]any{"acr": nil, "auth_time": i.clock().Unix()}, level, `acr_values="aal2 aal3", max_age="300"`},
		"a class in other case":          {strong, signedIn("AAL2", 0), level, `acr_values="aal2 aal3", max_age="300"`},
		"old":                            {strong, signedIn("aal2", 5*time.Minute+12*time.Second), age, `acr_values="aal2 aal3", max_age="300"`},
		"of an unknown time":             {strong, map[string]any{"acr": "aal2", "auth_time": nil}, age, `acr_values="aal2 aal3", max_age="300"`},
		"class alone":                    {verify.Authentication{ACRValues: []string{"phr"}}, signedIn("aal1", time.Hour), level, `acr_values="phr"`},
		"class alone, however old":       {verify.Authentication{ACRValues: []string{"phr"}}, signedIn("phr", time.Hour), "", ""},
		"age alone":                      {verify.Authentication{MaxAge: time.Minute}, signedIn("aal1", time.Hour), age, `max_age="60"`},
		"an age of less than one second": {verify.Authentication{MaxAge: time.Nanosecond}, signedIn("aal1", time.Hour), age, `max_age="1"`},
	} {
		t.Run(name, func(t *testing.T) {
			h := v.RequireScope("read:events")(v.RequireAuthentication(c.needs)(http.HandlerFunc(whoami)))
			resp := get(h, "/", "Bearer "+i.token(c.claims, nil))
			if c.description == "" {
				if resp.StatusCode != http.StatusOK {
					t.Errorf("answered %d %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
				}
				return
			}
			want := `Bearer realm="` + audience + `", error="insufficient_user_authentication", error_description="` + c.description + `", ` + c.parameters +
				`, resource_metadata="http://localhost:8082/.well-known/oauth-protected-resource/api"`
			if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || got != want {
				t.Errorf("answered %d\n%s\nwant\n%s", resp.StatusCode, got, want)
			}
		})
	}
}

// What is wrong with the token itself is said first, and a missing scope before a sign-in.
func TestRequireAuthenticationComesLast(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	recent := v.RequireAuthentication(verify.Authentication{MaxAge: time.Minute})
	for authorization, code := range map[string]string{
		"Bearer " + i.token(map[string]any{"scope": "openid"}, nil): "insufficient_scope",
		"Bearer garbage": "invalid_token",
	} {
		h := v.RequireScope("read:events")(recent(http.HandlerFunc(whoami)))
		if got := get(h, "/", authorization).Header.Get("WWW-Authenticate"); !strings.Contains(got, `error="`+code+`"`) {
			t.Errorf("%s", got)
		}
	}
	// By itself it checks the token, and another Verifier's word is not taken.
	if resp := get(recent(http.HandlerFunc(whoami)), "/"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %d", resp.StatusCode)
	}
	other := i.config()
	other.Audience += "/other"
	w := newVerifier(t, other)
	token := "Bearer " + i.token(map[string]any{"aud": other.Audience, "auth_time": i.clock().Unix()}, nil)
	if resp := get(w.Middleware(recent(http.HandlerFunc(whoami))), "/", token); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token for another API: %d", resp.StatusCode)
	}
}

// A handler that learns from the content how much a request needs answers the same.
func TestRefuseFromAHandler(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	h := v.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := verify.FromContext(r.Context())
		if err := (verify.Authentication{ACRValues: []string{"aal2"}}).Check(token, i.clock()); err != nil {
			v.Refuse(w, r, err)
		}
	}))
	resp := get(h, "/", "Bearer "+i.token(map[string]any{"acr": "aal1"}, nil))
	if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(got, `error="insufficient_user_authentication"`) || !strings.Contains(got, `acr_values="aal2"`) {
		t.Errorf("%d %s", resp.StatusCode, got)
	}
}
