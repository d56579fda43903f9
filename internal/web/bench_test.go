package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/web"
)

// discard is a ResponseWriter without cost of its own.
type discard struct {
	h      http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkOverhead is what web adds to a request beyond net/http: everything
// from the mux to the log line, with the log at its production level.
func BenchmarkOverhead(b *testing.B) {
	doc := get("doc", "/doc", web.Static(web.NewDocument("application/json", []byte(`{"a":1}`))))
	doc.Quiet = true
	opt, _ := options()
	opt.Rates = map[web.RateClass]web.Rate{web.RateStandard: {Count: 1e9, Per: time.Second, Burst: 1e9}}
	opt.Log = slog.New(slog.NewJSONHandler(discardFile{}, nil))
	s, err := web.NewServer(opt, []web.Route{doc, get("loud", "/loud", ok)})
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"/doc", "/loud", "/t/acme/doc"} {
		b.Run(path, func(b *testing.B) {
			r := httptest.NewRequest("GET", origin+path, nil)
			r.RemoteAddr = "192.0.2.7:5555"
			r.Header.Set("User-Agent", "bench")
			r.Header.Set("Accept", "*/*")
			b.ReportAllocs()
			for b.Loop() {
				w := &discard{h: make(http.Header, 16)}
				s.ServeHTTP(w, r)
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
			}
		})
	}
}

type discardFile struct{}

func (discardFile) Write(p []byte) (int, error) { return len(p), nil }
