package authorize_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/store"
)

// single is a world on a SQLite file, for fuzzing and benchmarks.
func single(tb testing.TB) *world {
	tb.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	s, err := store.Open(tb.Context(), store.Options{Path: filepath.Join(tb.TempDir(), "cardea.db"), Clock: fake.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(tb.Context(), schema); err != nil {
		tb.Fatal(err)
	}
	return build(tb, s, fake)
}

// Whatever the query says: nobody is sent to an address that the client did not register, every
// answer to a client has iss, and the server does not fail.
func FuzzAuthorize(f *testing.F) {
	w := single(f)
	b := w.agent()
	b.signIn(w.ada, "")
	apps := map[string]bool{callback: true, callback + "2": true, "com.example.app:/cb": true}
	for _, seed := range []url.Values{
		request(w.own), request(w.web, "prompt", "consent"), request(w.native, "redirect_uri", "http://127.0.0.1:5/cb"),
		request(w.own, "response_mode", "form_post", "claims", `{"id_token":{"acr":{"essential":true}}}`), request(w.own, "redirect_uri", "https://evil.example"),
		request(w.own, "resource", calendar, "scope", "openid read:events", "max_age", "5", "acr_values", "aal1 x", "id_token_hint", "a.b.c"),
	} {
		f.Add(seed.Encode())
	}
	f.Add("client_id=" + string(w.own.ID) + "&redirect_uri=https://app.example/cb%00&state=%ff")
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, "# \r\n\t") || strings.ContainsFunc(query, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
			t.Skip("no address can carry it")
		}
		if _, err := url.Parse(w.base + "/oauth/authorize?" + query); err != nil {
			t.Skip("not an address")
		}
		w.t = t
		a := b.get("/oauth/authorize?" + query)
		switch a.StatusCode {
		case http.StatusBadRequest:
			a.page(http.StatusBadRequest, "")
		case http.StatusOK, http.StatusSeeOther:
			if u := a.location(); a.StatusCode == http.StatusSeeOther && u.Host == "" && u.Scheme == "" {
				a.leads(map[bool]string{true: "/consent", false: "/signin"}[u.Path == "/consent"])
				return
			}
			target, p := a.response()
			if !apps[target] && !strings.HasPrefix(target, "http://127.0.0.1:") || p.Get("iss") != w.base {
				t.Errorf("%s leads to %s %v", query, target, p)
			}
		default:
			t.Errorf("%s: %s", query, a.Status)
		}
	})
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(status int) {
	if status != http.StatusSeeOther {
		panic(fmt.Sprint("status ", status))
	}
}

// The fast path: living session, stored consent; one read of the session, one of the consent,
// one transaction.
func BenchmarkFastPath(b *testing.B) {
	w := single(b)
	browser := w.agent()
	browser.signIn(w.ada, "")
	params := request(w.web, "scope", "openid profile read:events", "resource", calendar)
	browser.consented(params)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, w.base+"/oauth/authorize?"+params.Encode(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range browser.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r.RemoteAddr = "127.0.0.1:1"
	b.ReportAllocs()
	for b.Loop() {
		w.server.ServeHTTP(discard{http.Header{}}, r.Clone(b.Context()))
	}
}
