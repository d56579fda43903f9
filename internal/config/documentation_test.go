package config

import (
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

const documentation = "../../docs/configuration.md"

func TestDocumentationIsGeneratedFromTheComments(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	want, meanings := document(t, f)
	generated(t, "meaning.go", meanings)
	if *update {
		if err := os.WriteFile(documentation, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/configuration.md is not what the comments say: go test ./internal/config -run Documentation -update")
	}
}

const head = `# Configuration

<!-- Generated from the comments in internal/config/config.go:
     go test ./internal/config -run Documentation -update -->

Cardea works without any configuration. What is set is read in this order, and the later one wins:

1. the file named by ` + "`--config`" + `, in YAML;
2. the environment: the key in capitals, with ` + "`_`" + ` for ` + "`.` and `-`" + `, after ` + "`CARDEA_`" + `;
3. flags: the key with ` + "`-` for `.`" + `, after ` + "`--`" + `.

So ` + "`tls.cert`" + ` is ` + "`CARDEA_TLS_CERT`" + ` and ` + "`--tls-cert`" + `. Lists are separated by commas in the environment and in flags.
An unknown key or variable stops the start. Secrets come from files.

` + "```yaml" + `
listen: 0.0.0.0:443
public-url: https://id.example.com
tls:
  cert: /etc/cardea/tls.crt
  key: /etc/cardea/tls.key
database-file: /etc/cardea/database
lifetimes:
  access-token: 5m
` + "```" + `
`

// generated holds a file of this package against what it should be.
func generated(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is not what the comments say (%v): go test ./internal/config -run Documentation -update", name, err)
	}
}

// first is a text's first sentence, without the code marks of Markdown.
func first(text string) string {
	text = strings.ReplaceAll(text, "`", "")
	if end := strings.Index(text, ". "); end >= 0 {
		return text[:end]
	}
	return strings.TrimSuffix(text, ".")
}

// document is the page, and the source of Meaning's map.
func document(t *testing.T, f *ast.File) (page, source string) {
	t.Helper()
	types := map[string]*ast.StructType{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, s := range g.Specs {
				if ts, ok := s.(*ast.TypeSpec); ok {
					if st, ok := ts.Type.(*ast.StructType); ok {
						types[ts.Name.Name] = st
					}
				}
			}
		}
	}
	var b, later, meanings strings.Builder
	b.WriteString(head)
	b.WriteString("\n## Server\n\n")
	var section func(b *strings.Builder, st *ast.StructType, prefix string)
	section = func(b *strings.Builder, st *ast.StructType, prefix string) {
		fmt.Fprintf(b, "| key | default | meaning |\n|---|---|---|\n")
		for _, field := range st.Fields.List {
			if field.Tag == nil {
				continue
			}
			raw, err := strconv.Unquote(field.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			tag, name := reflect.StructTag(raw), field.Names[0].Name
			key, text := prefix+tag.Get("key"), sentence(name, field.Doc.Text())
			if text == "" {
				t.Errorf("%s has no comment", key)
			}
			if ident, ok := field.Type.(*ast.Ident); ok && types[ident.Name] != nil {
				fmt.Fprintf(&later, "\n## %s\n\n%s\n\n", key, text)
				section(&later, types[ident.Name], key+".")
				continue
			}
			def := ""
			if d, ok := tag.Lookup("default"); ok {
				def = "`" + d + "`"
			}
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", key, def, text)
			short := first(text)
			if d := tag.Get("default"); d != "" {
				short += " (default " + d + ")"
			}
			fmt.Fprintf(&meanings, "\t%q: %q,\n", FlagName(key), strings.ToLower(short[:1])+short[1:])
		}
	}
	section(&b, types["Config"], "")
	formatted, err := format.Source([]byte("// Code generated from the comments in config.go by go test -run Documentation -update; DO NOT EDIT.\n\n" +
		"package config\n\nvar meanings = map[string]string{\n" + meanings.String() + "}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + later.String(), string(formatted)
}

// sentence turns "Listen is the address …" into "The address …", which reads
// better beside the key.
func sentence(name, doc string) string {
	text := strings.Join(strings.Fields(doc), " ")
	for _, verb := range []string{" is ", " are "} {
		if rest, ok := strings.CutPrefix(text, name+verb); ok {
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	if rest, ok := strings.CutPrefix(text, name+" "); ok {
		return strings.ToUpper(rest[:1]) + rest[1:]
	}
	return text
}
