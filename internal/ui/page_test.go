package ui_test

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// eachPage runs a check on every page in every language.
func eachPage(t *testing.T, check func(t *testing.T, name string, l part.Locale, text string, doc *html.Node)) {
	for _, l := range part.Locales() {
		for _, s := range samples(l) {
			t.Run(s.name+"/"+string(l), func(t *testing.T) {
				text := render(t, s.page)
				check(t, s.name, l, text, parse(t, text))
			})
		}
	}
}

func TestEveryPageIsADocument(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		count := map[string]int{}
		for _, e := range elements(doc) {
			count[e.Data]++
			if e.Data == "html" {
				if lang, _ := attr(e, "lang"); lang != string(l) {
					t.Errorf("lang = %q", lang)
				}
			}
		}
		for _, tag := range []string{"h1", "main", "title"} {
			if count[tag] != 1 {
				t.Errorf("%d %s elements", count[tag], tag)
			}
		}
		if !strings.HasPrefix(text, "<!doctype html>") {
			t.Error("no doctype: the browser would go into quirks mode")
		}
		if strings.Contains(text, "ZgotmplZ") {
			t.Error("a benign value was filtered")
		}
	})
}

func TestEveryPageWorksUnderThePolicy(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		for _, e := range elements(doc) {
			if e.Data == "style" || e.Data == "base" || e.Data == "iframe" || e.Data == "object" || e.Data == "embed" {
				t.Errorf("<%s>", e.Data)
			}
			if src, ok := attr(e, "src"); e.Data == "script" && (!ok || !strings.HasPrefix(src, part.AssetPrefix)) {
				t.Error("script that is not an asset")
			}
			for _, a := range e.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("<%s %s>", e.Data, a.Key)
				}
			}
		}
	})
}

// RU14: no page fetches anything from another origin, and the only links that
// leave say nothing about where they were followed.
func TestRU14_NoForeignOrigins(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)url\(|@import|//[a-z]`)
	assets := map[string]bool{}
	for _, a := range part.Assets() {
		assets[a.Path] = true
		if a.Type == "text/css; charset=utf-8" && foreign.Match(a.Body) {
			t.Errorf("%s refers to something outside itself", a.Name)
		}
	}
	local := regexp.MustCompile(`^(/([^/\\]|$)|#)`)
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		for _, e := range elements(doc) {
			for _, a := range e.Attr {
				switch a.Key {
				case "src", "href", "action", "formaction", "srcset", "poster", "data", "xlink:href", "background", "ping", "cite":
				default:
					continue
				}
				switch {
				case e.Data == "link" && strings.HasPrefix(a.Val, part.BrandPrefix):
					if css, ok := brand.StyleSheet(strings.TrimPrefix(a.Val, part.BrandPrefix)); ok == strings.HasSuffix(a.Val, ".png") || foreign.Match(css) {
						t.Errorf("<%s %s=%q> refers to something outside itself", e.Data, a.Key, a.Val)
					}
				case e.Data == "link" || e.Data == "script":
					if !assets[a.Val] {
						t.Errorf("<%s %s=%q> is no asset", e.Data, a.Key, a.Val)
					}
				case local.MatchString(a.Val):
				case e.Data == "a" && relIs(e, "noreferrer") && relIs(e, "noopener"):
				case e.Data == "form" && name == "formpost":
				default:
					t.Errorf("<%s %s=%q> leaves our origin", e.Data, a.Key, a.Val)
				}
			}
		}
	})
}

func relIs(n *html.Node, word string) bool {
	rel, _ := attr(n, "rel")
	return hasWord(rel, word)
}

func TestIDsAreUniqueAndResolve(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		seen := map[string]bool{}
		for _, e := range elements(doc) {
			if id, ok := attr(e, "id"); ok {
				if seen[id] || id == "" {
					t.Errorf("id %q twice or empty", id)
				}
				seen[id] = true
			}
		}
		for _, e := range elements(doc) {
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "list", "data-reveal"} {
				refs, _ := attr(e, key)
				for ref := range strings.FieldsSeq(refs) {
					if !seen[ref] {
						t.Errorf("%s=%q leads nowhere", key, ref)
					}
				}
			}
			if href, _ := attr(e, "href"); strings.HasPrefix(href, "#") && !seen[href[1:]] {
				t.Errorf("href=%q leads nowhere", href)
			}
		}
	})
}

func TestEveryControlHasAName(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		labelled := map[string]bool{}
		for _, e := range elements(doc) {
			if id, ok := attr(e, "for"); ok && e.Data == "label" && strings.TrimSpace(textOf(e)) != "" {
				labelled[id] = true
			}
		}
		for _, e := range elements(doc) {
			id, _ := attr(e, "id")
			aria, _ := attr(e, "aria-label")
			switch e.Data {
			case "input":
				if kind, _ := attr(e, "type"); kind != "hidden" && !labelled[id] {
					t.Errorf("input %q has no label", id)
				}
			case "button", "a":
				if strings.TrimSpace(textOf(e)) == "" && aria == "" {
					t.Errorf("<%s id=%q> has no name", e.Data, id)
				}
			case "nav", "section":
				if e.Data == "nav" && aria == "" {
					t.Error("nav without name")
				}
			case "img":
				if _, ok := attr(e, "alt"); !ok {
					t.Error("img without alt")
				}
			case "svg":
				if v, _ := attr(e, "aria-hidden"); v != "true" {
					t.Error("drawing that screen readers would read")
				}
			}
		}
	})
}

func TestEveryFormPostsAndCarriesHiddenFields(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		for _, form := range elements(doc) {
			if form.Data != "form" {
				continue
			}
			if m, _ := attr(form, "method"); m != "post" {
				t.Errorf("method %q", m)
			}
			if a, _ := attr(form, "action"); a == "" {
				t.Error("form without action posts to whatever the address is")
			}
			carried := ""
			submit := false
			for _, e := range elements(form) {
				if n, _ := attr(e, "name"); n == "flow" {
					carried, _ = attr(e, "value")
				}
				if kind, _ := attr(e, "type"); e.Data == "button" && kind == "submit" {
					submit = true
				}
			}
			if want := "int_01jd7v3k9x"; name != "formpost" && carried != want {
				t.Errorf("hidden field carries %q", carried)
			}
			if !submit {
				t.Error("form without a button does not work without script")
			}
		}
	})
}

// The ids on which people's tests, and ours, rely.
func TestStableIDs(t *testing.T) {
	want := map[string]string{
		"signin": "username password submit cancel", "signin-wrong": "error username password submit",
		"signin-throttled": "error", "signin-again": "username password submit other",
		"signin-choose": "account-0 account-1 other", "consent": "approve deny switch privacy terms unverified",
		"consent-nothing": "nothing approve deny", "profile": "submit done claim-name claim-zoneinfo",
		"password": "current-password new-password repeat-password end-others submit",
		"sessions": "session-0 end-1 end-others", "sessions-one": "only", "apps": "app-0 withdraw-0 withdraw-1",
		"apps-none": "no-apps done", "withdraw": "withdraw-yes withdraw-no", "signout": "logout-yes logout-no",
		"signedout": "signed-out continue signin", "signedin": "signed-in continue signout",
		"setup": "username password submit", "formpost": "form-post continue", "overview": "signout",
		"error-request": "error error-code error-detail error-app request-id continue",
	}
	for _, s := range samples(part.English) {
		doc := parse(t, render(t, s.page))
		for id := range strings.FieldsSeq(want[s.name]) {
			if byID(doc, id) == nil {
				t.Errorf("%s: no #%s", s.name, id)
			}
		}
		delete(want, s.name)
	}
	for name := range want {
		t.Errorf("no page %s", name)
	}
}

func TestPasswordFieldsServePasswordManagers(t *testing.T) {
	eachPage(t, func(t *testing.T, name string, l part.Locale, text string, doc *html.Node) {
		for _, e := range elements(doc) {
			if kind, _ := attr(e, "type"); kind != "password" {
				continue
			}
			if word, _ := attr(e, "autocomplete"); word != "current-password" && word != "new-password" {
				t.Errorf("autocomplete=%q", word)
			}
			if _, ok := attr(e, "value"); ok {
				t.Error("a password was written into the page")
			}
			if _, ok := attr(e, "maxlength"); ok {
				t.Error("maxlength would cut a pasted password silently")
			}
		}
	})
}

func TestLanguageSwitchKeepsTheAddress(t *testing.T) {
	doc := parse(t, render(t, samples(part.German)[0].page))
	var links []string
	for _, e := range elements(doc) {
		if _, ok := attr(e, "hreflang"); ok {
			href, _ := attr(e, "href")
			links = append(links, href)
		}
	}
	if got := strings.Join(links, " "); got != "/signin?flow=int_01&ui_locales=en /signin?flow=int_01&ui_locales=de "+
		"/signin?flow=int_01&ui_locales=fr /signin?flow=int_01&ui_locales=es" {
		t.Errorf("links: %s", got)
	}
}

func BenchmarkPages(b *testing.B) {
	for _, s := range samples(part.German) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.page.Render(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
