package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fence keeps a name of a package inside the places that may use it.
type fence struct {
	pkg   string   // import path
	names []string // exported names; none means the whole package
	only  []string // folders or files that may
	tests bool     // whether tests must keep to it too
	why   string
}

// notServer are the trees whose programs are no part of the server.
var notServer = []string{"bench", "test", "internal/conformance"}

var fences = []fence{
	{pkg: "context", names: []string{"WithValue"}, only: []string{"sdk/verify/middleware.go"},
		why: "the caller and the transaction are arguments; a resource server's handler has only the request to find its token by"},
	{pkg: "math/rand", only: notServer, why: "OP08: what is random is unpredictable"},
	{pkg: "math/rand/v2", only: notServer, why: "OP08: what is random is unpredictable"},
	{pkg: module + "internal/factor", names: []string{"Proved"}, only: []string{"internal/factor", "internal/federate", "internal/signin/signin.go"},
		why: "a fact is written only by the verifier that produced it; the dispatcher only supposes one, to see whether it would help"},
	{pkg: module + "internal/jose", names: []string{"Inspect", "VerifyHMAC"}, only: []string{"internal/jose", "internal/cli/jwt"},
		why: "JW02, JW18: nothing that was not verified is believed"},
	{pkg: "html/template", only: []string{"internal/ui", "examples"}, why: "protocol never renders"},
	{pkg: "text/template", only: notServer, why: "RU11: text/template escapes nothing"},
	{pkg: "unsafe", only: nil, why: "memory safety"},
}

// uses lists where a file breaks a fence.
func (n fence) uses(f file) []string {
	if f.test() && !n.tests || f.within(n.only...) {
		return nil
	}
	name, found := "", []string(nil)
	for _, imp := range f.tree.Imports {
		if strings.Trim(imp.Path.Value, `"`) != n.pkg {
			continue
		}
		if len(n.names) == 0 {
			found = append(found, f.at(imp.Pos()))
		}
		name = path.Base(n.pkg)
		if imp.Name != nil {
			name = imp.Name.Name
		}
	}
	if name == "" || len(n.names) == 0 {
		return found
	}
	ast.Inspect(f.tree, func(node ast.Node) bool {
		sel, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && slices.Contains(n.names, sel.Sel.Name) {
			found = append(found, f.at(sel.Pos()))
		}
		return true
	})
	return found
}

func TestFloorsNamesStayInside(t *testing.T) {
	files := source(t)
	for _, n := range fences {
		for _, f := range files {
			for _, place := range n.uses(f) {
				t.Errorf("%s: %s %s is not for this place (%s)", place, n.pkg, strings.Join(n.names, ", "), n.why)
			}
		}
	}
}

// holds checks the fences around some packages, and that they are seen to be broken.
func holds(t *testing.T, packages ...string) {
	t.Helper()
	files := source(t)
	for _, pkg := range packages {
		i := slices.IndexFunc(fences, func(n fence) bool { return n.pkg == pkg })
		if i < 0 {
			t.Fatalf("nothing stands around %s", pkg)
		}
		n := fences[i]
		for _, f := range files {
			for _, place := range n.uses(f) {
				t.Errorf("%s: %s %v (%s)", place, n.pkg, n.names, n.why)
			}
		}
		use := "_"
		if len(n.names) > 0 {
			use = path.Base(pkg) + "." + n.names[0]
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, "internal/x/x.go", "package x\nimport "+strconv.Quote(pkg)+"\nvar _ = "+use, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if len(n.uses(file{name: "internal/x/x.go", tree: tree, set: set})) == 0 {
			t.Errorf("a use of %s is not seen", pkg)
		}
	}
}

// JW18: nothing that was not verified is believed inside the server either: only the command line
// looks into tokens without a key.
func TestJW18_NothingUnverifiedIsBelieved(t *testing.T) { holds(t, module+"internal/jose") }

// OP08: what is random comes from crypto/rand.
func TestOP08_NoPredictableRandomness(t *testing.T) { holds(t, "math/rand", "math/rand/v2") }

// Certificate checks are never switched off outside tests, which only look at what is presented.
func TestFloorsCertificatesAreChecked(t *testing.T) {
	for _, f := range source(t) {
		if f.test() {
			continue
		}
		ast.Inspect(f.tree, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok && id.Name == "InsecureSkipVerify" {
				t.Errorf("%s: InsecureSkipVerify", f.at(id.Pos()))
			}
			return true
		})
	}
}

// A fence that nobody touches would hide a renamed package: each one with a place of its own is
// used there.
func TestFloorsFencesStandWhereTheyAreNeeded(t *testing.T) {
	files := source(t)
	for _, n := range fences {
		if len(n.only) == 0 || slices.Equal(n.only, notServer) {
			continue
		}
		open, used := n, false
		open.only, open.tests = nil, true
		for _, f := range files {
			used = used || len(open.uses(f)) > 0
		}
		if !used {
			t.Errorf("nobody uses %s %v: remove the rule or correct its name", n.pkg, n.names)
		}
	}
}
