package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/web"
)

func formRequest(contentType, body string) *web.Request {
	r := httptest.NewRequest("POST", origin+"/x?a=query", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return &web.Request{Request: r}
}

func status(err error) int {
	var refusal *web.Refusal
	if errors.As(err, &refusal) {
		return refusal.Status
	}
	return 0
}

func TestFormIsStrict(t *testing.T) {
	const media = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		media, body string
		want        int
	}{
		{media, "a=1&b=2", 0},
		{media + "; charset=UTF-8", "a=1", 0},
		{"Application/X-WWW-Form-Urlencoded", "a=1", 0},
		{media, "resource=a&resource=b", 0},
		{media, "", 0},
		{media, "a=1&a=2", 400},
		{media, "a=1&%61=2", 400}, // the same name, escaped
		{media, "a=&a=1", 400},
		{media, "=1", 400},
		{media, "a=%zz", 400},
		{media, "a=%", 400},
		{media, "a=1;b=2", 400},
		{media, "a=%ff", 400},
		{media, "a=%00", 400},
		{media, strings.Repeat("a&", 101), 400},
		{media + "; charset=latin1", "a=1", 415},
		{media + "; charset=utf-8; boundary=x", "a=1", 415},
		{"application/json", "{}", 415},
		{"multipart/form-data; boundary=x", "", 415},
		{media + "x", "a=1", 415},
		{"", "a=1", 415},
	} {
		if _, err := web.Form(formRequest(c.media, c.body), "resource"); status(err) != c.want {
			t.Errorf("%q %q: %v, want %d", c.media, c.body, err, c.want)
		}
	}
	r := formRequest(media, "a=1")
	r.Header.Add("Content-Type", media)
	if _, err := web.Form(r); status(err) != 415 {
		t.Errorf("two content types: %v", err)
	}
	r = formRequest(media, "a=1")
	r.Header.Set("Content-Encoding", "gzip")
	if _, err := web.Form(r); status(err) != 415 {
		t.Errorf("an encoded body: %v", err)
	}
}

func TestFormValues(t *testing.T) {
	p, err := web.Form(formRequest("application/x-www-form-urlencoded",
		"a=x+y%26&empty=&resource=r1&resource=&resource=r2"), "resource")
	if err != nil {
		t.Fatal(err)
	}
	if p.Get("a") != "x y&" || p.Has("empty") || p.Has("missing") || !p.Has("resource") ||
		!slices.Equal(p.All("resource"), []string{"r1", "r2"}) ||
		!slices.Equal(p.Names(), []string{"a", "empty", "resource", "resource", "resource"}) {
		t.Errorf("%+v", p)
	}
}

func TestPX12_QueryParsesOneWay(t *testing.T) {
	for query, want := range map[string]int{
		"a=1&b=2": 0, "": 0, "a=1;b=2": 400, "a;b": 400, "a=%": 400, "a=%2": 400, "a=%GG": 400, "a=1&a=1": 400,
		strings.Repeat("a=1&", 1001): 400, "%61=1&a=2": 400,
	} {
		r := httptest.NewRequest("GET", origin+"/x", nil)
		r.URL.RawQuery = query
		if _, err := web.Query(&web.Request{Request: r}); status(err) != want {
			t.Errorf("%.20q: %v, want %d", query, err, want)
		}
	}
}

func TestCookieRefusesDuplicates(t *testing.T) {
	c := web.Cookie{Name: "session"}
	for header, want := range map[string]string{
		"__Host-session=abc":                      "abc",
		"a=b; __Host-session=abc;c=d":             "abc",
		"__Host-session=abc; __Host-session=abc":  "",
		"__Host-session=abc; __Host-session=evil": "",
		"session=abc":                             "",
		"__host-session=abc":                      "",
		`__Host-session="abc"`:                    "",
		"__Host-session=":                         "",
		"__Host-session":                          "",
		"__Host-session=a\xffb":                   "",
		"x__Host-session=abc":                     "",
	} {
		r := httptest.NewRequest("GET", origin+"/x", nil)
		r.Header.Set("Cookie", header)
		got, ok := c.Read(&web.Request{Request: r})
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v", header, got, ok)
		}
	}
	r := httptest.NewRequest("GET", origin+"/x", nil)
	r.Header["Cookie"] = []string{"__Host-session=a", "__Host-session=b"}
	if got, ok := c.Read(&web.Request{Request: r}); ok {
		t.Errorf("two lines: %q", got)
	}
}

func TestCookieAttributes(t *testing.T) {
	w := httptest.NewRecorder()
	if err := (web.Cookie{Name: "s", Strict: true}).Set(w, "v", time.Hour); err != nil {
		t.Fatal(err)
	}
	const want = "__Host-s=v; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict"
	if got := w.Header().Get("Set-Cookie"); got != want {
		t.Errorf("%q", got)
	}
	w = httptest.NewRecorder()
	web.Cookie{Name: "s"}.Clear(w)
	if got := w.Header().Get("Set-Cookie"); got != "__Host-s=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"", "a b", "a;b", "a\nb", `"a"`, "a,b"} {
		if err := (web.Cookie{Name: "s"}).Set(httptest.NewRecorder(), bad, 0); err == nil {
			t.Errorf("the value %q was accepted", bad)
		}
	}
	if err := (web.Cookie{Name: "s"}).Set(httptest.NewRecorder(), "v", time.Millisecond); err == nil {
		t.Error("a life that rounds to forever was accepted")
	}
}

// FuzzForm: what is accepted re-encodes to what another parser reads the same way.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=1&a=2", "a=%zz", "a;b=1", "resource=a&resource=b", "&&=&", "a=%ff", "+=+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := web.Form(formRequest("application/x-www-form-urlencoded", body), "resource")
		if err != nil {
			if status(err) == 0 {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		other, err := url.ParseQuery(body)
		if err != nil {
			t.Fatalf("accepted %q, which net/url refuses: %v", body, err)
		}
		for _, name := range p.Names() {
			if !utf8.ValidString(p.Get(name)) || (name != "resource" && len(other[name]) != 1) {
				t.Fatalf("%q: %q is %q", body, name, other[name])
			}
			if name != "resource" && other.Get(name) != p.Get(name) {
				t.Fatalf("%q: %q differs from net/url", body, name)
			}
		}
		if len(other) > len(p.Names()) {
			t.Fatalf("%q: a parameter was lost", body)
		}
	})
}

var _ http.Handler = (*web.Server)(nil)
