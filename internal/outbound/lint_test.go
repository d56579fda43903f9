package outbound

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// exempt are the trees that may build a client of their own: the public
// modules, programs for tests, and the command line, which talks to a server
// that its user named.
var exempt = []string{"internal/outbound", "internal/cli", "internal/api/apitest", "sdk", "examples", "bench", "iamtest", "test"}

// foreignClients lists the places of a file that build or use an HTTP client.
// A pointer type *http.Client is a mention, not a client.
func foreignClients(fset *token.FileSet, f *ast.File) []string {
	name := ""
	for _, imp := range f.Imports {
		if path, err := strconv.Unquote(imp.Path.Value); err == nil && path == "net/http" {
			name = "http"
			if imp.Name != nil {
				name = imp.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		if star, ok := n.(*ast.StarExpr); ok {
			if sel, ok := star.X.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Client" || sel.Sel.Name == "Transport") {
				return false
			}
		}
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); !ok || x.Name != name {
			return true
		}
		switch sel.Sel.Name {
		case "Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm":
			found = append(found, fset.Position(sel.Pos()).String()+": http."+sel.Sel.Name)
		}
		return true
	})
	return found
}

func TestSS05_OnlyOutboundBuildsClients(t *testing.T) {
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	fset, files := token.NewFileSet(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			for _, e := range exempt {
				if rel == e {
					return filepath.SkipDir
				}
			}
			if base := d.Name(); rel != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		for _, place := range foreignClients(fset, f) {
			t.Errorf("%s: use internal/outbound", place)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 5 {
		t.Fatalf("only %d files were read", files)
	}
}

func TestSS05_TheLintSees(t *testing.T) {
	for code, want := range map[string]int{
		`import "net/http"; var c = http.Client{}`:           1,
		`import "net/http"; var c = &http.Client{}`:          1,
		`import "net/http"; var c http.Client`:               1,
		`import "net/http"; var c = new(http.Client)`:        1,
		`import h "net/http"; var c, _ = h.Get("x")`:         1,
		`import "net/http"; var c = http.DefaultClient`:      1,
		`import "net/http"; var c = &http.Transport{}`:       1,
		`import "net/http"; func f(*http.Client) {}`:         0,
		`import "net/http"; func f(r *http.Request) {}`:      0,
		`import http "example.com/http"; var c http.Client`:  0,
		`import "net/http"; var a, b = http.Post, http.Head`: 2,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "x.go", "package x; "+code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := foreignClients(fset, f); len(got) != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}
