package access

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/test/rig"
)

// programs are what programs ask for, not people. That none of it answers with a page is tested.
var programs = []string{"/api/", "/.well-known/", "/oauth/jwks", "/oauth/userinfo"}

// routes is the route table's GET routes that may show a page, by pattern. The file is compared
// with the table of the server by TestGoldenRoutes.
func routes(t *testing.T) (mux *http.ServeMux, shown, others []string) {
	t.Helper()
	root, err := rig.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "internal/app/testdata/routes.txt"))
	if err != nil {
		t.Fatal(err)
	}
	mux = http.NewServeMux()
	for line := range strings.Lines(string(text)) {
		field := strings.Fields(line)
		if len(field) < 2 || field[0] != http.MethodGet {
			continue
		}
		path := field[1]
		mux.Handle("GET "+path, http.NotFoundHandler())
		if isProgram(path) {
			others = append(others, path)
		} else {
			shown = append(shown, path)
		}
	}
	if len(shown) < 10 || len(others) < 10 {
		t.Fatalf("the table has %d pages and %d others", len(shown), len(others))
	}
	return mux, shown, others
}

func isProgram(path string) bool {
	for _, p := range programs {
		if strings.HasPrefix(path, p) {
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

// What is left out above shows no page, not even to who asks for one.
func TestWhatProgramsAskForIsNoPage(t *testing.T) {
	w := newWorld(t)
	_, _, others := routes(t)
	agent := rig.NewAgent()
	agent.Headers.Set("Accept", "text/html")
	for _, path := range others {
		answer, err := agent.Get(t.Context(), w.URL+strings.NewReplacer("{", "", "}", "").Replace(path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			t.Errorf("GET %s shows a page: it needs a line in pages_test.go", path)
		}
	}
}
