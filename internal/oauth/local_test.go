package oauth

import (
	"net/url"
	"strings"
	"testing"
)

var returnPathCorpus = []string{
	"", "x", "x/y", "evil.example", "https://evil.example", "http://evil.example/", "https:evil.example", "https:/evil.example", "https:///evil.example",
	"//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..", "//evil.example\\@as.example", "//as.example", "//localhost",
	"/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\\\\evil.example", "\\evil.example", "/a\\evil", "/a\\..\\evil",
	"/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\r\n/evil.example", "\t//evil.example", "\n//evil.example", " //evil.example", "\x00//evil.example",
	"/\x00/evil.example", "/\x0b/evil.example", "/\x0c/evil.example", "/\x7f/evil.example", "/ /evil.example", "/a b", "\x01/x", "/x\x00", "/x\n", "/x\r\nSet-Cookie: a=b",
	"/./evil", "/../evil", "/.//evil.example", "/..//evil.example", "/x/..//evil.example", "/x/../..//evil.example", "/%2e/evil", "/%2e%2e/evil", "/.%2E//evil.example", "/%2e//evil.example",
	"/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "/x%2f%2fevil.example", "/%09/evil.example", "/%0a/evil.example", "/%0d%0aLocation:x", "/%00", "/%7f",
	"/x//evil.example", "/a//b", "/x/%2f/y", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "/javascript:alert(1)\t", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x",
	"/é", "/\u2028/evil", "/\ufeff/evil", "／／evil.example", "/／evil.example", "/。/evil", "/%", "/%2", "/%zz", "/x#f", "/#//evil.example", "?next=//evil.example", "#x", "@evil.example", ".evil.example", ":80/x",
	"/x?a=\\evil", "/x?a=\tb", "/x?a=\"b", "/x?<script>", "/" + strings.Repeat("a", 2048),
}

func TestRU09_ReturnPathCorpus(t *testing.T) {
	if len(returnPathCorpus) < 80 {
		t.Fatalf("the corpus has %d rows, 80 are asked for", len(returnPathCorpus))
	}
	for _, raw := range returnPathCorpus {
		if p, err := ParseLocalPath(raw); err == nil {
			t.Errorf("%q was accepted as %q", raw, p)
		}
	}
	for _, raw := range []string{"/", "/account", "/t/acme/oauth/authorize?client_id=x&redirect_uri=https%3A%2F%2Frp.example%2Fcb", "/x?next=https://rp.example//y",
		"/a%20b", "/@me", "/a:b", "/x?", "/.well-known/openid-configuration", "/a..b"} {
		p, err := ParseLocalPath(raw)
		if err != nil || p.String() != raw {
			t.Errorf("%q: got %q, %v", raw, p, err)
		}
	}
	if got := (LocalPath{}).String(); got != "/" {
		t.Errorf("zero value is %q", got)
	}
	var p LocalPath
	if err := p.UnmarshalText([]byte("//evil.example")); err == nil || p.String() != "/" {
		t.Errorf("read %q from storage, %v", p, err)
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, raw := range append(returnPathCorpus, "/", "/account?x=1") {
		f.Add(raw)
	}
	base, _ := url.Parse("https://as.example/oauth/authorize")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := ParseLocalPath(raw)
		if err != nil {
			return
		}
		if p.String() != raw {
			t.Fatalf("%q became %q", raw, p)
		}
		target, err := base.Parse(p.String())
		if err != nil || target.Scheme != "https" || target.Host != "as.example" || target.User != nil {
			t.Fatalf("%q leads to %v, %v", raw, target, err)
		}
		// The WHATWG parser strips tabs and line ends, reads \ as /, and takes // for an authority.
		if strings.ContainsAny(raw, "\t\r\n\\ ") || !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") {
			t.Fatalf("a browser reads %q otherwise", raw)
		}
	})
}
