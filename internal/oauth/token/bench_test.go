package token_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
	"github.com/cardea-iam/cardea/internal/resource"
)

// The benchmarks run handler, database and signature without the network; their goals are in
// bench/. Parallel callers share commits, as they do in a server.
func stage(b *testing.B) *scene {
	b.Helper()
	permits := permitted{}
	return cast(Bench(b, routes(permits)), permits)
}

// send posts a form in process and returns the answer's body.
func (s *scene) send(tb testing.TB, c App, form url.Values) string {
	body := form.Encode()
	r := httptest.NewRequest(http.MethodPost, s.URL+path, io.NopCloser(strings.NewReader(body)))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(string(c.ID), c.Secret)
	out := httptest.NewRecorder()
	s.Handler().ServeHTTP(out, r)
	if out.Code != 200 {
		tb.Fatalf("%d %s", out.Code, out.Body)
	}
	return out.Body.String()
}

func (s *scene) many(b *testing.B, c App, form url.Values) {
	s.send(b, c, form)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.send(b, c, form)
		}
	})
}

func BenchmarkClientCredentialsES256(b *testing.B) {
	s := stage(b)
	s.many(b, s.app, Form("grant_type", "client_credentials", "scope", "read:events"))
}

func BenchmarkClientCredentialsOpaque(b *testing.B) {
	s := stage(b)
	s.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format = resource.Opaque })
	app := s.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{Tasks} })
	s.many(b, app, Form("grant_type", "client_credentials", "scope", "read:tasks"))
}

func BenchmarkRefresh(b *testing.B) {
	s := stage(b)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		body := s.send(b, s.app, Form("grant_type", "authorization_code", "code", s.Code(s.Authorization(s.ada, s.app, "openid email")),
			"redirect_uri", Redirect, "code_verifier", Verifier))
		for pb.Next() {
			body = s.send(b, s.app, Form("grant_type", "refresh_token", "refresh_token", between(body, `"refresh_token":"`)))
		}
	})
}

func between(body, mark string) string {
	_, rest, _ := strings.Cut(body, mark)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}
