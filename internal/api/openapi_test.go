package api

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write golden files")

// TestOpenAPIIsTheTable holds the document against the table of endpoints and the types of
// their bodies: every route and every JSON member is in it, and nothing else is.
func TestOpenAPIIsTheTable(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Generated from the table of endpoints by go test ./internal/api -run OpenAPI -update.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	g := &generator{t: t, schemas: map[string]any{}, types: map[string]reflect.Type{}, comments: map[string]map[string]string{}}
	if err := enc.Encode(g.document()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.yaml", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(b.Bytes(), document) {
		t.Errorf("openapi.yaml is not what the table says: run go test ./internal/api -run OpenAPI -update, and look at the difference")
	}
}

type object = map[string]any

type generator struct {
	t        *testing.T
	schemas  map[string]any
	types    map[string]reflect.Type
	comments map[string]map[string]string // package path → "Type.Field" → sentence
}

func (g *generator) document() object {
	paths := map[string]any{}
	for _, e := range endpoints() {
		where := base + e.path
		if paths[where] == nil {
			paths[where] = object{}
		}
		paths[where].(object)[strings.ToLower(e.method)] = g.operation(e)
	}
	g.schema(reflect.TypeFor[Problem]())
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Cardea administration", "version": "1",
			"description": "What an administrator does to a tenant. Other tenants than the default one have the same below /t/{tenant}.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []any{object{"url": "/"}, object{"url": "/t/{tenant}", "variables": object{"tenant": object{"default": "default", "description": "The tenant's name."}}}},
		"security": []any{object{"token": []any{}}},
		"paths":    paths,
		"components": object{
			"schemas":         g.schemas,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "An API token of the tenant. The Unix socket in the data folder needs none."}},
			"responses": object{"Problem": object{"description": "Why not (RFC 9457).",
				"content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}},
		},
	}
}

func (g *generator) operation(e endpoint) object {
	var parameters []any
	for segment := range strings.SplitSeq(e.path, "/") {
		if strings.HasPrefix(segment, "{") {
			parameters = append(parameters, object{"name": strings.Trim(segment, "{}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, p := range e.query {
		kind := "string"
		if p.integer {
			kind = "integer"
		}
		parameters = append(parameters, object{"name": p.name, "in": "query", "description": p.doc, "schema": object{"type": kind}})
	}
	if e.patch || e.match {
		parameters = append(parameters, object{"name": "If-Match", "in": "header", "description": "The entity tag that was looked at; 412 if it is another now.", "schema": object{"type": "string"}})
	}
	op := object{"operationId": e.name, "summary": e.doc, "x-action": e.action, "responses": object{"default": object{"$ref": "#/components/responses/Problem"}}}
	if parameters != nil {
		op["parameters"] = parameters
	}
	if e.in != nil {
		media := "application/json"
		schema := g.schema(e.in)
		if e.patch {
			media = "application/merge-patch+json"
		}
		op["requestBody"] = object{"required": true, "content": object{media: object{"schema": schema}}}
	}
	status, good := http.StatusNoContent, object{"description": "Done."}
	if e.out != nil {
		if status = e.status; status == 0 {
			status = http.StatusOK
		}
		good = object{"description": http.StatusText(status), "content": object{"application/json": object{"schema": g.schema(e.out)}}}
		headers := object{}
		if e.out.Implements(reflect.TypeFor[versioned]()) {
			headers["ETag"] = object{"description": "The version.", "schema": object{"type": "string"}}
		}
		if slices.ContainsFunc(e.query, func(p param) bool { return p.name == "after" }) {
			headers["Link"] = object{"description": `The next page, rel="next" (RFC 8288); none on the last.`, "schema": object{"type": "string"}}
		}
		if len(headers) > 0 {
			good["headers"] = headers
		}
	}
	op["responses"].(object)[strconv.Itoa(status)] = good
	return op
}

func (g *generator) schema(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return g.schema(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return object{"type": "object", "description": "Ids and codes, closed per action."}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": g.schema(t.Elem())}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		return object{"type": "integer"}
	case t.Kind() != reflect.Struct:
		g.t.Fatalf("%v: no schema for this kind", t)
	case t.NumField() == 1 && t.Field(0).Anonymous:
		return g.schema(t.Field(0).Type)
	}
	ref := object{"$ref": "#/components/schemas/" + t.Name()}
	if known := g.types[t.Name()]; known != nil {
		if known != t {
			g.t.Fatalf("two types are called %s: %v and %v", t.Name(), known.PkgPath(), t.PkgPath())
		}
		return ref
	}
	g.types[t.Name()] = t
	properties, required := object{}, []string{}
	g.members(t, properties, &required)
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		slices.Sort(required)
		s["required"] = required
	}
	g.schemas[t.Name()] = s
	return ref
}

func (g *generator) members(t reflect.Type, properties object, required *[]string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			g.members(f.Type, properties, required)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			g.t.Errorf("%v.%s has no JSON name", t, f.Name)
		}
		s := g.schema(f.Type)
		if doc := g.comment(t, f.Name); doc != "" {
			s["description"] = doc
		}
		properties[name] = s
		if options == "" {
			*required = append(*required, name)
		}
	}
}

// comment is what the source says about a field.
func (g *generator) comment(t reflect.Type, field string) string {
	pkg := t.PkgPath()
	if g.comments[pkg] == nil {
		g.comments[pkg] = map[string]string{}
		_, dir, _ := strings.Cut(pkg, "/internal/")
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			g.t.Fatalf("source of %s: %v", pkg, err)
		}
		for _, name := range files {
			g.read(pkg, name)
		}
	}
	return g.comments[pkg][t.Name()+"."+field]
}

func (g *generator) read(pkg, name string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		g.t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, f := range body.Fields.List {
			text := f.Doc.Text()
			if text == "" {
				text = f.Comment.Text()
			}
			for _, n := range f.Names {
				g.comments[pkg][spec.Name.Name+"."+n.Name] = sentence(text, n.Name)
			}
		}
		return false
	})
}

// sentence drops the field's Go name from the beginning of its comment.
func sentence(text, field string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, verb := range []string{" is ", " are "} {
		if rest, ok := strings.CutPrefix(text, field+verb); ok {
			text = rest
		}
	}
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// TestOpenAPIServesWhatItSays reads the document as a stranger would.
func TestOpenAPIServesWhatItSays(t *testing.T) {
	var doc struct {
		OpenAPI    string                               `yaml:"openapi"`
		Paths      map[string]map[string]map[string]any `yaml:"paths"`
		Components struct {
			Schemas map[string]any `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %q", doc.OpenAPI)
	}
	said := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			said[strings.ToUpper(method)+" "+path+" "+fmt.Sprint(op["x-action"])] = true
		}
	}
	for _, rt := range (&API{table: endpoints()}).Routes() {
		if rt.Public != "" {
			continue
		}
		key := rt.Method + " " + rt.Path + " " + rt.Action
		if !said[key] {
			t.Errorf("%s is not in the document", key)
		}
		delete(said, key)
	}
	for key := range said {
		t.Errorf("%s is in the document and nowhere else", key)
	}
	for _, ref := range strings.Split(string(document), "#/components/schemas/")[1:] {
		name, _, _ := strings.Cut(ref, "\n")
		if doc.Components.Schemas[strings.Trim(name, "\"'")] == nil {
			t.Errorf("schema %q is referred to and not there", name)
		}
	}
}
