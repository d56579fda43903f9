package part

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"regexp"
	"sync"
)

//go:embed *.html
var shared embed.FS

// Template is a page's template in every language. It is parsed when a
// language is first needed and then kept; it is safe for concurrent use.
type Template struct {
	compiled map[Locale]func() (*template.Template, error)
	worded   worded
}

// Layer is some files of a template. A later layer's definitions replace an earlier one's.
type Layer struct {
	FS    fs.FS
	Names []string
}

// Parse declares a page made of the named files, which define "title" and
// "main". Faults in the files are reported by [Template.Execute].
func Parse(files fs.FS, names ...string) *Template { return ParseLayers(Layer{files, names}) }

// ParseLayers is Parse for files from several places.
func ParseLayers(layers ...Layer) *Template {
	t := &Template{compiled: map[Locale]func() (*template.Template, error){}}
	for _, l := range Locales() {
		t.compiled[l] = sync.OnceValues(func() (*template.Template, error) {
			c, err := catalogues[l]()
			if err != nil {
				return nil, err
			}
			return compile(l, c, layers)
		})
	}
	t.worded.compile = func(l Locale, c catalogue) (*template.Template, error) { return compile(l, c, layers) }
	return t
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Execute writes the whole document in the language l, or nothing: a fault of
// the template is returned before the first byte is written.
func (t *Template) Execute(w io.Writer, l Locale, page any) error {
	if t.compiled[l] == nil {
		l = English
	}
	compiled := t.compiled[l]
	if b, ok := page.(interface{ wording() *Wording }); ok && b.wording() != nil {
		compiled = func() (*template.Template, error) { return t.worded.in(l, b.wording()) }
	}
	tmpl, err := compiled()
	if err != nil {
		return err
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := tmpl.ExecuteTemplate(buf, "document", page); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	_, err = w.Write(buf.Bytes())
	return err
}

func compile(l Locale, c catalogue, layers []Layer) (*template.Template, error) {
	root := template.New("").Funcs(template.FuncMap{
		"t":      c.text,
		"rich":   c.rich,
		"say":    c.say,
		"icon":   icon,
		"asset":  assetPath,
		"locale": func() Locale { return l },
		"moment": c.moment,
	})
	common := Layer{shared, []string{"document.html", "frame.html", "component.html", "puzzle.html"}}
	for _, layer := range append([]Layer{common}, layers...) {
		for _, name := range layer.Names {
			text, err := fs.ReadFile(layer.FS, name)
			if err != nil {
				return nil, err
			}
			resolved, err := resolve(c, l, string(text))
			if err != nil {
				return nil, fmt.Errorf("template %s: %w", name, err)
			}
			if _, err := root.New(name).Parse(resolved); err != nil {
				return nil, err
			}
		}
	}
	return root, nil
}

// literalCall matches a call whose result is known before any page is shown.
var literalCall = regexp.MustCompile(`\{\{(?:(t|icon|asset) "([^"{}]+)"|(locale))\}\}`)

// resolve puts the results of literal calls into the template's text, escaped
// so that they fit between tags and inside quoted attributes alike.
func resolve(c catalogue, l Locale, text string) (string, error) {
	var firstErr error
	out := literalCall.ReplaceAllStringFunc(text, func(call string) string {
		m := literalCall.FindStringSubmatch(call)
		var result string
		var err error
		switch {
		case m[3] == "locale":
			result = string(l)
		case m[1] == "t":
			result, err = c.fixed(Key(m[2]))
			result = template.HTMLEscapeString(result)
		case m[1] == "icon":
			var svg template.HTML
			svg, err = icon(m[2])
			result = string(svg)
		case m[1] == "asset":
			result, err = assetPath(m[2])
		}
		if err != nil && firstErr == nil {
			firstErr = err
		}
		return result
	})
	return out, firstErr
}
