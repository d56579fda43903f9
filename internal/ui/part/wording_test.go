package part_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

func TestWordsInPlaceOfOurs(t *testing.T) {
	for _, c := range []struct {
		locale, key, text string
		good              bool
	}{
		{"en", "signin.title", "Welcome back", true},
		{"de", "signin.title", "Grüß Gott & <b>willkommen</b>", true}, // text: it is shown as it is written
		{"en", "signin.continue", "and then {app}", true},
		{"en", "signin.continue", "and then", false},
		{"en", "signin.continue", "{app} and {app}", false},
		{"en", "signin.continue", "{app} for {person}", false},
		{"en", "signin.continue", "{App}", false},
		{"en", "signin.title", "Hello {person}", false},
		{"en", "signin.title", "{", false},
		{"en", "signin.title", "}", false},
		{"en", "signin.title", "", false},
		{"en", "signin.title", "   ", false},
		{"en", "signin.title", strings.Repeat("é", 200), true},
		{"en", "signin.title", strings.Repeat("é", 201), false},
		{"en", "signin.title", "a\nb", false},
		{"en", "signin.title", "a\u202eb", false},
		{"en", "signin.title", "a\u200bb", false},
		{"en", "signin.title", "a\u2028b", false},
		{"en", "signin.title", "a\x00b", false},
		{"en", "signin.title", "a\xffb", false},
		{"it", "signin.title", "Entra", false},
		{"", "signin.title", "x", false},
		{"en", "signin.password", "x", false},
		{"en", "consent.heading", "{app}", false},
		{"en", "no.such", "x", false},
		{"en", "", "x", false},
	} {
		if why := (part.Words{}).CheckWord(c.locale, c.key, c.text); (why == "") != c.good {
			t.Errorf("%s %s %q: %q", c.locale, c.key, c.text, why)
		}
	}
	for _, key := range part.Wordable() {
		for _, l := range part.Locales() {
			ours := part.Builtin(l, key)
			if why := (part.Words{}).CheckWord(string(l), string(key), ours); ours == "" || why != "" {
				t.Errorf("%s: our own words for %s cannot be used: %q", l, key, why)
			}
		}
	}
	if part.Builtin("xx", "signin.title") != "" || part.Builtin(part.English, "no.such") != "" {
		t.Error("words from nowhere")
	}
}

// Each wording has pages of its own; more of them than are kept cost time and nothing else.
func TestEachWordingHasItsOwnPages(t *testing.T) {
	p := page(`{{t "signin.title"}}`)
	for round := range 2 {
		for i := range 100 {
			want := fmt.Sprintf("Door %d", i)
			w := &part.Wording{ID: want, Texts: map[part.Locale]map[part.Key]string{part.English: {"signin.title": want}}}
			for l, text := range map[part.Locale]string{part.English: want, part.German: part.Builtin(part.German, "signin.title"), "xx": want} {
				var b bytes.Buffer
				if err := p.Execute(&b, l, data{Base: part.Base{Look: part.Look{Wording: w}}}); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(b.String(), text) {
					t.Fatalf("round %d, %s: no %q in %s", round, l, text, b.String())
				}
			}
		}
	}
	var b bytes.Buffer
	if err := p.Execute(&b, part.English, data{}); err != nil || !strings.Contains(b.String(), part.Builtin(part.English, "signin.title")) {
		t.Errorf("the words of a brand stayed: %v %s", err, b.String())
	}
}

// Room brand repeats the built-in tokens for its samples.
func TestBrandsKnowTheBuiltinTokens(t *testing.T) {
	for scheme, colours := range schemes(t) {
		known := map[string]string{}
		for _, token := range brand.BuiltinTokens(brand.Scheme(scheme)) {
			known[token.Name] = token.Value
		}
		delete(known, "shadow")
		for name, value := range colours {
			if known[name] != "#"+value {
				t.Errorf("%s: --%s is #%s here and %q in brand", scheme, name, value, known[name])
			}
			delete(known, name)
		}
		for name := range known {
			t.Errorf("%s: --%s is in brand only", scheme, name)
		}
		p := brand.Builtin[brand.Scheme(scheme)]
		if string(p.Accent) != "#"+colours["accent"] || string(p.Background) != "#"+colours["ground"] || string(p.Text) != "#"+colours["ink"] {
			t.Errorf("%s: %+v is not the built-in palette", scheme, p)
		}
		made := map[string]bool{}
		for _, token := range p.Tokens() {
			made[token.Name] = true
		}
		for name := range colours {
			if !made[name] {
				t.Errorf("%s: a brand leaves --%s as it is built in", scheme, name)
			}
		}
	}
}
