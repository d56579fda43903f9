package token_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
)

// FuzzTokenForm: whatever a client sends, the answer is one of RFC 6749 §5 and never a fault, and
// nothing but a good secret gets a token.
func FuzzTokenForm(f *testing.F) {
	permits := permitted{}
	w := Bench(f, routes(permits))
	s := cast(w, permits)
	for _, body := range []string{
		"grant_type=client_credentials", "grant_type=authorization_code&code=" + s.code() + "&code_verifier=" + Verifier,
		"grant_type=refresh_token&refresh_token=cdr_rt_0", "grant_type=password&username=a&password=b",
		"grant_type=client_credentials&scope=read%3Aevents&resource=" + Calendar, "grant_type=client_credentials&client_id=" + string(s.app.ID) + "&client_secret=",
		"a=1&a=2", "%zz", "=", ";", "\x00", "resource=x&resource=y&grant_type=client_credentials",
	} {
		f.Add(body, true)
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body string, authenticated bool) {
		r := httptest.NewRequest(http.MethodPost, w.URL+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if authenticated {
			r.SetBasicAuth(string(s.app.ID), s.app.Secret)
		}
		out := httptest.NewRecorder()
		w.Handler().ServeHTTP(out, r)
		switch {
		case out.Code == 200 && !authenticated:
			t.Fatalf("a token without a secret for %q", body)
		case out.Code != 200 && out.Code != 400 && out.Code != 401 && out.Code != 413:
			t.Fatalf("%d %s for %q", out.Code, out.Body, body)
		case out.Header().Get("Cache-Control") != "no-store":
			t.Fatalf("the answer may be stored")
		}
	})
}
