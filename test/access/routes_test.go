package access

import (
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/app"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/test/rig"
)

// programs are what programs and pages ask for, not people: a path, or with a slash at its end all
// below it. That none of it answers with a page is tested. What a mail looks like is a mail.
var programs = []string{
	"/api/", "/.well-known/", "/assets/", "/avatar/{file}", "/brand/{file}", "/oauth/jwks", "/oauth/userinfo",
	"/signin/approval/state", "/account/approve/waiting", "/account/security/recovery-codes/text", "/inbox/{id}/html",
}

// routes is the route table of a server with the same settings: its GET routes by pattern, those
// that may show a page, and the others.
func routes(t *testing.T) (mux *http.ServeMux, shown, others []string) {
	t.Helper()
	flags := maps.Clone(settings)
	flags["data"] = filepath.Join(t.TempDir(), "data")
	cfg, err := config.Load("", nil, flags)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // nothing was written
	mux = http.NewServeMux()
	for _, r := range a.Server.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		mux.Handle("GET "+r.Path, http.NotFoundHandler())
		if isProgram(r.Path) {
			others = append(others, r.Path)
		} else {
			shown = append(shown, r.Path)
		}
	}
	if len(shown) < 10 || len(others) < 10 {
		t.Fatalf("the table has %d pages and %d others", len(shown), len(others))
	}
	return mux, shown, others
}

func isProgram(path string) bool {
	for _, p := range programs {
		if path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// pattern is the route of a path, "" for none.
func pattern(mux *http.ServeMux, path string) string {
	path, _, _ = strings.Cut(path, "?")
	r, err := http.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return ""
	}
	_, p := mux.Handler(r)
	return strings.TrimPrefix(p, "GET ")
}

// What is left out above shows no page, not even to who asks for one, signed in or not.
func TestWhatProgramsAskForIsNoPage(t *testing.T) {
	w := newWorld(t)
	_, _, others := routes(t)
	person := &rig.Person{Agent: rig.NewAgent(), Username: string(ann), Password: password}
	if _, err := person.Authorize(t.Context(), w.own.Attempt(nil).URL, w.own.RedirectURI); err != nil {
		t.Fatal(err)
	}
	for _, agent := range []*rig.Agent{rig.NewAgent(), person.Agent} {
		agent.Headers.Set("Accept", "text/html")
		for _, path := range others {
			answer, err := agent.Get(t.Context(), w.URL+strings.NewReplacer("{", "", "}", "").Replace(path))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && answer.Status < 400 {
				t.Errorf("GET %s shows a page: it needs a line in pages_test.go", path)
			}
		}
	}
}
