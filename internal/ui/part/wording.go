package part

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// wordable is the closed list of messages that the owner of a brand may say in
// other words: headings, the sentence below a heading, and the help link. What
// tells a person what they allow, what is wrong, or what to beware of is never
// among them.
var wordable = strings.Fields(`
	brand.help
	overview.hello
	overview.sentence
	signedin.sentence
	signedin.title
	signedout.sentence
	signedout.title
	signin.choose.title
	signin.continue
	signin.title
`)

// Wordable lists the messages that a brand may say in other words.
func Wordable() []Key {
	out := make([]Key, len(wordable))
	for i, k := range wordable {
		out[i] = Key(k)
	}
	return out
}

// Builtin is our text of a message, with its placeholders in braces; "" if
// there is no such message.
func Builtin(l Locale, key Key) string {
	read, ok := catalogues[l]
	if !ok {
		return ""
	}
	c, err := read()
	if err != nil {
		return ""
	}
	return c[key].String()
}

// String is the sentence as the catalogue writes it.
func (s sentence) String() string {
	var b strings.Builder
	for i, piece := range s {
		if i%2 == 1 {
			piece = "{" + piece + "}"
		}
		b.WriteString(piece)
	}
	return b.String()
}

// placeholders are the names in a sentence, in order of the alphabet.
func (s sentence) placeholders() (names []string) {
	for i := 1; i < len(s); i += 2 {
		names = append(names, s[i])
	}
	slices.Sort(names)
	return names
}

// maxWord bounds the text of a message in other words, in characters.
const maxWord = 200

// Words judges wordings; it implements brand.Words.
type Words struct{}

// CheckWord says what is wrong with a text in place of a message, in a
// sentence; "" if nothing is.
func (Words) CheckWord(locale, key, text string) string {
	read, ok := catalogues[Locale(locale)]
	if !ok {
		return fmt.Sprintf("The pages do not speak %.10q.", locale)
	}
	if !slices.Contains(wordable, key) {
		return fmt.Sprintf("%.60q cannot be said in other words. These can: %s.", key, strings.Join(wordable, ", "))
	}
	c, err := read()
	if err != nil {
		return "The messages cannot be read."
	}
	given, err := parseSentence(text)
	want := c[Key(key)].placeholders()
	switch {
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxWord || strings.TrimSpace(text) == "":
		return key + ": write 1 to 200 characters."
	case strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}):
		return key + ": write plain text on one line, without characters that cannot be seen."
	case err != nil || !slices.Equal(given.placeholders(), want):
		if len(want) == 0 {
			return key + " has no placeholders: write it without braces."
		}
		return key + " needs {" + strings.Join(want, "} and {") + "}, once each, and no other placeholder."
	}
	return ""
}

// Wording is messages in the words of the owner of a brand.
type Wording struct {
	// ID is the same for the same texts: pages are prepared once for each.
	ID string
	// Texts are by language and message. Those that are not on the closed list,
	// or do not fit it any more, are passed over.
	Texts map[Locale]map[Key]string
}

// over lays the wording over a catalogue.
func (w *Wording) over(l Locale, c catalogue) catalogue {
	out := maps.Clone(c)
	for key, text := range w.Texts[l] {
		if (Words{}).CheckWord(string(l), string(key), text) != "" {
			continue
		}
		if s, err := parseSentence(text); err == nil {
			out[key] = s
		}
	}
	return out
}

// maxWorded bounds how many wordings a page is kept prepared in.
const maxWorded = 32

// worded is a page prepared in the words of brands.
type worded struct {
	compile func(Locale, catalogue) (*template.Template, error)
	mu      sync.Mutex
	kept    map[string]*template.Template
}

// in is the page in the words of a brand.
func (t *worded) in(l Locale, w *Wording) (*template.Template, error) {
	id := string(l) + " " + w.ID
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept, ok := t.kept[id]; ok {
		return kept, nil
	}
	c, err := catalogues[l]()
	if err != nil {
		return nil, err
	}
	made, err := t.compile(l, w.over(l, c))
	if err != nil {
		return nil, err
	}
	if len(t.kept) >= maxWorded || t.kept == nil {
		t.kept = map[string]*template.Template{}
	}
	t.kept[id] = made
	return made, nil
}
