package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// requirement is one commented check.
type requirement struct {
	sections []section
	text     string
	file     string // relative to the root
	line     int
	place    string // the declaration around it
}

// section is a place in a standard: "RFC 6749", "4.1.3".
type section struct{ standard, number string }

func (s section) String() string { return s.standard + " §" + s.number }

// test is one test function.
type test struct {
	name, file string
	names      map[section]bool // the sections that it mentions
}

// tree is what the source says.
type tree struct {
	requirements []requirement
	tests        []test
}

const standards = `RFC \d{3,5}|OpenID Connect (?:Core|Discovery|RP-Initiated Logout|Dynamic Client Registration|Session Management) 1\.0|` +
	`OAuth 2\.0 (?:Form Post Response Mode|Multiple Response Type Encoding Practices)|NIST SP 800-63B-4|WebAuthn L3`

var (
	citation = regexp.MustCompile(`(?:(` + standards + `) )?§([0-9A-Z]+(?:\.[0-9A-Z]+)*)`)
	opening  = regexp.MustCompile(`^((?:` + standards + `) §[0-9A-Z][0-9A-Z.]*(?:(?:, | and )(?:(?:` + standards + `) )?§[0-9A-Z][0-9A-Z.]*)*)( step [0-9]+)?: (.*)$`)
)

// cited lists the sections that a text names; one without a standard belongs to the one before.
func cited(text string) []section {
	var out []section
	standard := ""
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			standard = m[1]
		}
		if standard != "" {
			out = append(out, section{standard, m[2]})
		}
	}
	return out
}

// requirementsIn reads one comment group. A requirement goes on until the next one, an empty line
// or the end of the comment.
func requirementsIn(set *token.FileSet, group *ast.CommentGroup) []requirement {
	var out []requirement
	going := false
	for _, c := range group.List {
		text, isLine := strings.CutPrefix(c.Text, "//")
		if !isLine {
			going = false
			continue
		}
		text = strings.TrimSpace(text)
		if m := opening.FindStringSubmatch(text); m != nil {
			text := m[3]
			if step := strings.TrimSpace(m[2]); step != "" { // of a procedure that the standard numbers
				text = step + ": " + text
			}
			out = append(out, requirement{sections: cited(m[1]), text: text, line: set.Position(c.Pos()).Line})
			going = true
			continue
		}
		if text == "" {
			going = false
		}
		if going {
			last := &out[len(out)-1]
			last.text += " " + text
		}
	}
	return out
}

// placeOf names the declaration that holds or follows a position.
func placeOf(f *ast.File, at token.Pos) string {
	for _, d := range f.Decls {
		if at > d.End() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) == 1 {
				kind := d.Recv.List[0].Type
				if star, ok := kind.(*ast.StarExpr); ok {
					kind = star.X
				}
				if id, ok := kind.(*ast.Ident); ok {
					return id.Name + "." + d.Name.Name
				}
			}
			return d.Name.Name
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if at > s.End() {
					continue
				}
				switch s := s.(type) {
				case *ast.TypeSpec:
					return s.Name.Name
				case *ast.ValueSpec:
					return s.Names[0].Name
				}
			}
		}
	}
	return ""
}

// scan reads the Go files of some folders below root.
func scan(root string, folders ...string) (tree, error) {
	var out tree
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "conformance") {
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") {
				return nil
			}
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			return out.read(name, filepath.ToSlash(rel))
		})
		if err != nil {
			return tree{}, err
		}
	}
	slices.SortFunc(out.tests, func(a, b test) int { return strings.Compare(a.file+a.name, b.file+b.name) })
	return out, nil
}

func (t *tree) read(name, rel string) error {
	text, err := os.ReadFile(name) //nolint:gosec // the source tree
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(rel, "_test.go") {
		for _, group := range f.Comments {
			for _, r := range requirementsIn(set, group) {
				r.file, r.place = rel, placeOf(f, group.Pos())
				t.requirements = append(t.requirements, r)
			}
		}
		return nil
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Fuzz") {
			continue
		}
		from := fn.Pos()
		if fn.Doc != nil {
			from = fn.Doc.Pos()
		}
		words := string(text[set.Position(from).Offset:set.Position(fn.End()).Offset])
		found := test{name: fn.Name.Name, file: rel, names: map[section]bool{}}
		for _, s := range cited(strings.ReplaceAll(words, "\n// ", " ")) {
			found.names[s] = true
		}
		t.tests = append(t.tests, found)
	}
	return nil
}
