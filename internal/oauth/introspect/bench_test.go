package introspect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
	"github.com/cardea-iam/cardea/internal/resource"
)

func BenchmarkIntrospect(b *testing.B) {
	s := cast(Bench(b, routes))
	tasks := s.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format, r.Client = resource.Opaque, string(s.api.ID) })
	for name, token := range map[string]string{
		"jwt":     s.tokens.Access,
		"opaque":  s.Tokens(s.app, s.Authorization(s.ada, s.app, "read:tasks", Tasks), tasks).Access,
		"refresh": s.tokens.Refresh,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			asks := s.api
			if name == "refresh" {
				asks = s.app
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequest(http.MethodPost, s.URL+path, strings.NewReader("token="+token))
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					r.SetBasicAuth(string(asks.ID), asks.Secret)
					out := httptest.NewRecorder()
					s.Handler().ServeHTTP(out, r)
					if out.Code != 200 || !strings.HasPrefix(out.Body.String(), `{"active":true`) {
						b.Fatalf("%d %s", out.Code, out.Body)
					}
				}
			})
		})
	}
}
