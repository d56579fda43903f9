package ui_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// mark is what a hostile brand writes into every message.
const mark = "☠"

// takeover is a wording that replaces every message there is, placeholders kept.
func takeover(t *testing.T, l part.Locale, keys func(string) bool) *part.Wording {
	t.Helper()
	texts := map[part.Key]string{}
	for key, text := range readMessages(t, l) {
		if keys(key) {
			texts[part.Key(key)] = mark + strings.Join(placeholder.FindAllString(text, -1), "")
		}
	}
	return &part.Wording{ID: t.Name() + string(l), Texts: map[part.Locale]map[part.Key]string{l: texts}}
}

// brandPage lays a wording and a look over a page, wherever its Base is.
func brandPage(p renderer, look part.Look) {
	reflect.ValueOf(p).Elem().FieldByName("Look").Set(reflect.ValueOf(look))
}

// protected are the first words of messages of which a brand may say none in other words: consent,
// scopes, proofs, errors, and whatever changes an account.
var protected = []string{"account", "apps", "claim", "consent", "date", "device", "error", "form", "formpost", "layout", "notice", "password", "profile", "scope", "sessions", "setup", "signout", "withdraw"}

func TestTheListOfWordsIsClosed(t *testing.T) {
	want := strings.Fields("brand.help overview.hello overview.sentence signedin.sentence signedin.title signedout.sentence signedout.title signin.choose.title signin.continue signin.title")
	var got []string
	for _, key := range part.Wordable() {
		got = append(got, string(key))
		if first, _, _ := strings.Cut(string(key), "."); slices.Contains(protected, first) {
			t.Errorf("%s is protected", key)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("a brand may say\n%v, which is not\n%v: is none of them a line of consent, a warning, or about a proof?", got, want)
	}
	for _, l := range part.Locales() {
		for key, text := range readMessages(t, l) {
			fits := mark + strings.Join(placeholder.FindAllString(text, -1), "")
			if why := (part.Words{}).CheckWord(string(l), key, fits); (why == "") != slices.Contains(want, key) {
				t.Errorf("%s %s: %q", l, key, why)
			}
		}
	}
}

// A theme that tries to say everything in other words: every page keeps its elements, its forms,
// its hidden fields, and every word that is not on the list.
func TestAThemeDropsNothing(t *testing.T) {
	allowed := func(key string) bool { return slices.Contains(part.Wordable(), part.Key(key)) }
	changed := 0
	for _, l := range part.Locales() {
		plain, modest, greedy := samples(l), samples(l), samples(l)
		for i := range plain {
			name := plain[i].name
			look := reflect.ValueOf(plain[i].page).Elem().FieldByName("Look").Interface().(part.Look)
			look.Wording = nil
			brandPage(plain[i].page, look)
			look.Wording = takeover(t, l, allowed)
			look.Wording.ID += " modest"
			brandPage(modest[i].page, look)
			look.Wording = takeover(t, l, func(string) bool { return true })
			brandPage(greedy[i].page, look)
			before, after, mild := render(t, plain[i].page), render(t, greedy[i].page), render(t, modest[i].page)
			if after != mild {
				t.Errorf("%s/%s: words beyond the list were taken", name, l)
			}
			was, is := parse(t, before), parse(t, after)
			if shape(was) != shape(is) {
				t.Errorf("%s/%s: elements changed", name, l)
			}
			if got, want := fields(is), fields(was); !slices.Equal(got, want) {
				t.Errorf("%s/%s: fields %v, were %v", name, l, got, want)
			}
			if before != after {
				changed++
			}
		}
	}
	if changed < 10 {
		t.Errorf("only %d pages said anything in other words: the test tries nothing", changed)
	}
}

// fields are the forms of a page with where they lead and what they carry.
func fields(doc *html.Node) (out []string) {
	for _, e := range elements(doc) {
		switch e.Data {
		case "form", "input", "button", "select":
			s := e.Data
			for _, key := range []string{"method", "action", "type", "name", "value", "id"} {
				v, _ := attr(e, key)
				s += " " + key + "=" + v
			}
			out = append(out, s)
		}
	}
	return out
}

// On the consent page, whatever a brand says or shows, each line of what is asked stands.
func TestAThemeKeepsTheLinesOfConsent(t *testing.T) {
	for _, l := range part.Locales() {
		want := map[string][]string{}
		for _, branded := range []bool{false, true} {
			for _, s := range samples(l) {
				if !strings.HasPrefix(s.name, "consent") {
					continue
				}
				if branded {
					look := lookOf(ownTheme(l))
					look.Layout, look.Wording = "plain", takeover(t, l, func(string) bool { return true })
					brandPage(s.page, look)
				}
				var lines []string
				for _, e := range elements(parse(t, render(t, s.page))) {
					if e.Data == "main" {
						lines = strings.Split(textOf(e), "\n")
					}
				}
				if !branded {
					want[s.name] = lines
				} else if !slices.Equal(lines, want[s.name]) || len(lines) == 0 {
					t.Errorf("%s/%s says\n%q\nand said\n%q", s.name, l, lines, want[s.name])
				}
			}
		}
	}
}

// What a brand's owner writes is text.
func TestAU29_WordsOfABrandAreText(t *testing.T) {
	for _, poly := range polyglots {
		word := strings.NewReplacer("{", "(", "}", ")", "\u202e", "", "\u2028", "").Replace(poly)
		l := part.English
		if why := (part.Words{}).CheckWord("en", "signin.title", word); why != "" {
			t.Fatalf("%q cannot be tried: %s", word, why)
		}
		page := samples(l)[0].page
		want := shape(parse(t, render(t, page)))
		look := part.Look{Wording: &part.Wording{ID: word, Texts: map[part.Locale]map[part.Key]string{l: {"signin.title": word, "signin.continue": word + "{app}"}}}}
		brandPage(page, look)
		doc := parse(t, render(t, page))
		if shape(doc) != want {
			t.Errorf("%q became markup", word)
		}
		for _, e := range elements(doc) {
			if e.Data == "h1" && textOf(e) != word {
				t.Errorf("%q is shown as %q", word, textOf(e))
			}
		}
	}
}

// A look names files of brands and an https address; whatever else stands in it is passed over.
func TestALookStaysOnOurOrigin(t *testing.T) {
	for _, evil := range append(slices.Clone(polyglots), "https://evil.example/x.css", "//evil.example/x.css", "/brand/../x.css", "/brand/x.js", "/assets/x.css", "/brand/x.css?a", "/t/a/b/brand/x.png", "/brand/X.css", "/brand/x.svg", `/brand\x.css`, "http://evil.example") {
		page := samples(part.English)[0].page
		brandPage(page, part.Look{})
		want := render(t, page)
		help := evil
		if strings.HasPrefix(evil, "https:") {
			help = "" // an address that an administrator may give
		}
		brandPage(page, part.Look{StylePath: evil, LogoPath: evil, LogoDarkPath: evil, IconPath: evil, Layout: part.Layout(evil), HelpURL: help})
		if got := render(t, page); got != want {
			t.Errorf("%q changed the page", evil)
		}
	}
}
