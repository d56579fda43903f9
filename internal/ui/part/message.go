package part

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Key names a message of the catalogues, for example "signin.title".
type Key string

// Message is a message with its values, ready to be said in any language.
type Message struct {
	Key    Key
	Values []any // name, value, name, value …
}

// Say makes a message. Values come as pairs of placeholder name and value.
func Say(key Key, values ...any) *Message { return &Message{Key: key, Values: values} }

//go:embed messages
var messageFiles embed.FS

// catalogue is one language: key to parsed sentence.
type catalogue map[Key]sentence

// sentence alternates between text (even places) and the name of a
// placeholder (odd places).
type sentence []string

var catalogues = func() map[Locale]func() (catalogue, error) {
	all := map[Locale]func() (catalogue, error){}
	for _, l := range Locales() {
		all[l] = sync.OnceValues(func() (catalogue, error) { return readCatalogue(l) })
	}
	return all
}()

// readCatalogue reads the files of a language: one for each first word of the keys, so that
// whoever writes a page finds its words together.
func readCatalogue(l Locale) (catalogue, error) {
	names, err := fs.Glob(messageFiles, "messages/"+string(l)+"/*.json")
	if err != nil {
		return nil, err
	}
	c := catalogue{}
	for _, name := range names {
		raw, err := messageFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var texts map[Key]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range texts {
			if first, _, _ := strings.Cut(string(key), "."); path.Base(name) != first+".json" {
				return nil, fmt.Errorf("%s: %s belongs into %s.json", name, key, first)
			}
			if c[key], err = parseSentence(text); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, key, err)
			}
		}
	}
	return c, nil
}

func parseSentence(text string) (sentence, error) {
	var s sentence
	for {
		before, rest, open := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, fmt.Errorf("stray } in %q", text)
		}
		s = append(s, before)
		if !open {
			return s, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, "{ ") {
			return nil, fmt.Errorf("broken placeholder in %q", text)
		}
		s = append(s, name)
		text = after
	}
}

// fixed is a message without placeholders.
func (c catalogue) fixed(key Key) (string, error) {
	s, ok := c[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	if len(s) != 1 {
		return "", fmt.Errorf("message %q needs values", key)
	}
	return s[0], nil
}

func pick(values []any, name string) (string, bool) {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return fmt.Sprint(values[i+1]), true
		}
	}
	return "", false
}

// text is the message as plain text; the template escapes it for its place.
func (c catalogue) text(key Key, values ...any) (string, error) {
	if s := c[key]; len(s) == 1 {
		return s[0], nil
	}
	pieces, err := c.pieces(key, values)
	return strings.Join(pieces, ""), err
}

// rich is the message as HTML, each value escaped and set off in <bdi>, so
// that a name written right to left, or with characters that turn the
// direction, cannot reorder our words around it.
func (c catalogue) rich(key Key, values ...any) (template.HTML, error) {
	pieces, err := c.pieces(key, values)
	for i, piece := range pieces {
		pieces[i] = template.HTMLEscapeString(piece)
		if i%2 == 1 {
			pieces[i] = "<bdi>" + pieces[i] + "</bdi>"
		}
	}
	return template.HTML(strings.Join(pieces, "")), err //nolint:gosec // every piece was escaped above
}

// pieces is the sentence with values in place of the placeholders' names.
func (c catalogue) pieces(key Key, values []any) ([]string, error) {
	s, ok := c[key]
	if !ok {
		return nil, fmt.Errorf("no message %q", key)
	}
	out := slices.Clone(s)
	for i := 1; i < len(s); i += 2 {
		value, ok := pick(values, s[i])
		if !ok {
			return nil, fmt.Errorf("message %q: no value for {%s}", key, s[i])
		}
		out[i] = value
	}
	return out, nil
}

func (c catalogue) say(m *Message) (string, error) {
	if m == nil {
		return "", nil
	}
	return c.text(m.Key, m.Values...)
}
