package userinfo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
)

func BenchmarkUserinfo(b *testing.B) {
	s := cast(Bench(b, routes))
	token := s.token(s.app, "openid profile email")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodGet, s.URL+path, nil)
			r.Header.Set("Authorization", "Bearer "+token)
			out := httptest.NewRecorder()
			s.Handler().ServeHTTP(out, r)
			if out.Code != 200 {
				b.Fatalf("%d %s", out.Code, out.Body)
			}
		}
	})
}
