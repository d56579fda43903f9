package oauth

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"strings"
	"testing"
)

func register(t testing.TB, raws ...string) []RegisteredURI {
	t.Helper()
	var list []RegisteredURI
	for _, raw := range raws {
		r, err := ParseRedirectURI(raw)
		if err != nil {
			t.Fatalf("register %q: %v", raw, err)
		}
		list = append(list, r)
	}
	return list
}

func refuseAll(t *testing.T, registered []RegisteredURI, presented []string) {
	t.Helper()
	for _, p := range presented {
		if target, ok := Match(registered, p); ok {
			t.Errorf("presented %q was accepted as %q", p, target)
		}
	}
}

func TestRedirectURIRegistration(t *testing.T) {
	good := []string{
		"https://rp.example", "https://rp.example/", "https://rp.example/cb", "https://rp.example:8443/cb?tenant=1",
		"https://medium.example/@someone/cb", "https://xn--bcher-kva.example/cb", "https://my_app.internal/cb",
		"https://192.0.2.7/cb", "https://[2001:db8::1]:8443/cb", "https://localhost/cb", "https://rp.example/a%20b",
		"http://127.0.0.1/cb", "http://127.0.0.1:9/cb", "http://[::1]/cb", "http://[::1]:8080/cb", "http://localhost:3000/cb",
		"com.example.app:/oauth2redirect", "com.example.app://callback", "com.example.MyApp:/cb",
	}
	for _, raw := range good {
		r, err := ParseRedirectURI(raw)
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		if got, ok := Match([]RegisteredURI{r}, raw); !ok || got.String() != raw {
			t.Errorf("%q does not match itself", raw)
		}
	}
	bad := []string{
		"", "/cb", "cb", "//rp.example/cb", "?x", "rp.example/cb", "https:", "https:/cb", "https:///cb", "https:rp.example",
		"https://rp.example/cb#", "https://rp.example/cb#f", "https://rp.example/#/cb",
		"http://rp.example/cb", "http://127.0.0.2.example/cb", "http://LOCALHOST/cb", "http://localhost.example/cb", "http://[::2]/cb",
		"https://*.example/cb", "https://rp.example/*", "https://rp.example:*/cb",
		"https://rp.example:/cb", "https://rp.example:0/cb", "https://rp.example:65536/cb", "https://rp.example:080/cb", "https://rp.example:8x/cb",
		"https://rp..example/cb", "https://.example/cb", "https://rp.example./cb", "https://-/../cb",
		"https://rp.example/a b", "https://rp.example/a\tb", "https://rp.example/\n", "https://rp.example\\cb", "https://rp.example/cb\\",
		"https://rp.example/%", "https://rp.example/%2", "https://rp.example/%zz", "https://bücher.example/", "https://rp.example/\x00",
		"https://rp.example/a/../cb", "https://rp.example/./cb", "https://rp.example/%2e%2E/cb", "https://rp.example/.%2e",
		"https://0x7f.1/cb", "https://2130706433/cb", "https://127.1/cb", "https://017700000001/cb", "https://1.2.3.04/cb", "https://256.1.1.1/",
		"https://[::1/cb", "https://[::1]x/cb", "https://[fe80::1%25eth0]/cb", "https://[127.0.0.1]/cb",
		"https://rp.example/cb?code=1", "https://rp.example/cb?x=1&state=2", "https://rp.example/cb?iss=x", "https://rp.example/cb?%63ode=1",
		"myapp:/cb", "myapp://cb", "com.example.app:cb", "com.example.app://user@host/cb", "urn:ietf:wg:oauth:2.0:oob", "mailto:a@b.example",
		"https://rp.example/" + strings.Repeat("a", 2048),
	}
	for _, raw := range bad {
		if _, err := ParseRedirectURI(raw); err == nil {
			t.Errorf("%q was registered", raw)
		}
	}
}

var userinfoCorpus = []string{
	"https://rp.example@evil.example/cb", "https://rp.example@evil.example", "https://rp.example:443@evil.example/cb",
	"https://user@rp.example/cb", "https://user:pw@rp.example/cb", "https://@rp.example/cb", "https://:@rp.example/cb",
	"https://a@b@evil.example/cb", "https://rp.example@rp.example@evil.example/cb", "https://evil.example@rp.example/cb",
	"https://rp.example%40evil.example/cb", "https://rp.example%40rp.example/cb", "https://evil.example%40rp.example/cb",
	"https://rp.example\\@evil.example/cb", "https://evil.example\\@rp.example/cb", "https://rp.example/\\@evil.example/cb",
	"https://rp.example&@evil.example/cb", "https://rp.example;@evil.example/cb", "https://rp.example,@evil.example/cb",
	"https://rp.example#@evil.example/cb", "https://evil.example#@rp.example/cb", "https://rp.example?@evil.example/cb",
	"https://evil.example?@rp.example/cb", "https://rp.example%2f@evil.example/cb", "https://rp.example%23@evil.example/cb",
	"https://rp.example%3f@evil.example/cb", "https://rp.example%5c@evil.example/cb", "https://rp.example%00@evil.example/cb",
	"https://rp.example\x00@evil.example/cb", "https://rp.example\t@evil.example/cb", "https://rp.example\n@evil.example/cb",
	"https://rp.example\r\n@evil.example/cb", "https://rp.example @evil.example/cb", "https:// rp.example@evil.example/cb",
	"https:///rp.example@evil.example/cb", "https:/rp.example@evil.example/cb", "https:rp.example@evil.example/cb",
	"https:\\\\rp.example@evil.example/cb", "https:/\\rp.example@evil.example/cb", "https://[rp.example]@evil.example/cb",
	"https://rp.example[@evil.example/cb", "https://rp.example]@evil.example/cb", "https://rp.example:@evil.example/cb",
	"https://rp.example:80:80@evil.example/cb", "https://rp.example＠evil.example/cb", "https://rp.example﹫evil.example/cb",
	"https://rp.example。evil.example/cb", "https://rp.example%E3%80%82evil.example/cb", "https://rp.example／@evil.example/cb",
	"https://rp.example%252f@evil.example/cb", "https://rp.example%2540evil.example/cb", "//rp.example@evil.example/cb",
	"https://RP.EXAMPLE@evil.example/cb", "HTTPS://rp.example@evil.example/cb", "https://rp.example@127.0.0.1/cb",
	"https://rp.example@[::1]/cb", "https://rp.example@2130706433/cb", "https://rp.example!@evil.example/cb",
	"https://rp.example$@evil.example/cb", "https://rp.example'@evil.example/cb", "https://rp.example(@evil.example/cb",
	"https://rp.example*@evil.example/cb", "https://rp.example+@evil.example/cb", "https://rp.example=@evil.example/cb",
	"https://rp.example~@evil.example/cb", "https://rp.example/cb@evil.example", "https://rp.example/cb%40evil.example",
}

func TestRU01_UserinfoConfusion(t *testing.T) {
	refuseAll(t, register(t, "https://rp.example/cb", "https://rp.example", "http://127.0.0.1/cb"), userinfoCorpus)
	// None with an authority beyond doubt may be registered either, except where @ stands in the path or query.
	for _, raw := range userinfoCorpus {
		r, err := ParseRedirectURI(raw)
		if err == nil && r.Origin() != "https://rp.example" && r.Origin() != "https://evil.example" {
			t.Errorf("%q was registered with origin %q", raw, r.Origin())
		}
		if err == nil && strings.Contains(strings.SplitN(strings.TrimPrefix(raw, "https://"), "/", 2)[0], "@evil.example") && !strings.Contains(raw, "?@") {
			t.Errorf("%q was registered", raw)
		}
	}
}

func TestRU02_PathTraversal(t *testing.T) {
	refuseAll(t, register(t, "https://rp.example/cb"), []string{
		"https://rp.example/cb/..;/x", "https://rp.example/cb/%2e%2e/", "https://rp.example/cb%2f..", "https://rp.example/cb/",
		"https://rp.example/CB", "https://rp.example//cb", "https://rp.example/./cb", "https://rp.example/x/../cb", "https://rp.example/cb/..",
		"https://rp.example/cb/../cb", "https://rp.example/%63b", "https://rp.example/cb?", "https://rp.example/cb?x=1", "https://rp.example/cb#",
		"https://rp.example/cb;x", "https://rp.example/cb%00", "https://rp.example/cb%20", "https://rp.example/cb ", " https://rp.example/cb",
		"https://rp.example:443/cb", "HTTPS://rp.example/cb", "https://RP.example/cb", "https://rp.example/c", "https://rp.example",
		"https://rp.example\\cb", "https://rp.example/cb\\..", "",
	})
}

func TestRU03_PatternReadAsRegex(t *testing.T) {
	refuseAll(t, register(t, "https://foo.example/cb"), []string{
		"https://fooXexample/cb", "https://foo-example/cb", "https://foo.example/.*", "https://foo.example/cbb", "https://foo.examplee/cb",
	})
	for _, pattern := range []string{"https://foo.example/.*", "^https://foo.example/cb$", "https://(foo|bar).example/*", "https://[a-z].example/"} {
		if _, err := ParseRedirectURI(pattern); err == nil && strings.Contains(pattern, "*") {
			t.Errorf("pattern %q was registered", pattern)
		}
	}
	// The package has no pattern engine to read anything with, and nothing but the standard library.
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if path == "path" || path == "path/filepath" || strings.HasPrefix(path, "regexp") || strings.Contains(path, ".") {
				t.Errorf("%s imports %s", f.Name(), path)
			}
		}
	}
}

func TestRU04_PrefixInsteadOfParse(t *testing.T) {
	refuseAll(t, register(t, "https://portal.example.com", "https://portal.example.com/cb"), []string{
		"https://portal.example.com.evil.tld", "https://portal.example.com.evil.tld/cb", "https://portal.example.community/cb",
		"https://evil-portal.example.com/cb", "https://evil.portal.example.com/cb", "https://portal.example.com:8443/cb",
		"https://portal.example.com/cb.evil.tld", "https://portal.example.com/cbx", "https://portal.example.co/cb",
		"https://portal.example.com%2eevil.tld/cb", "https://portal.example.com./cb", "https://portal.example.com/",
		"https://evil.tld/https://portal.example.com/cb", "https://evil.tld?https://portal.example.com/cb", "http://portal.example.com/cb",
	})
}

func TestRU05_LoopbackTooLoose(t *testing.T) {
	registered := register(t, "http://127.0.0.1/cb", "http://localhost/cb", "https://127.0.0.1/tls")
	refuseAll(t, registered, []string{
		"http://127.0.0.1.evil/cb", "http://127.0.0.1.evil:80/cb", "http://localhost@evil/cb", "http://127.0.0.1@evil/cb", "http://127.0.0.1:80@evil/cb",
		"http://0x7f.1/cb", "http://2130706433/cb", "http://127.1/cb", "http://0177.0.0.1/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb",
		"http://[::1]/cb", "http://[::1]:8080/cb", "http://[::ffff:127.0.0.1]/cb", "http://[0:0:0:0:0:0:0:1]/cb",
		"http://127.0.0.1:8080/other", "http://127.0.0.1:8080/cb/", "http://127.0.0.1:8080/CB", "http://127.0.0.1:8080/cb?x=1", "http://127.0.0.1:8080/cb#f",
		"http://127.0.0.1:8080", "http://127.0.0.1:/cb", "http://127.0.0.1:0/cb", "http://127.0.0.1:00080/cb", "http://127.0.0.1:65536/cb",
		"http://127.0.0.1:99999999999999999999/cb", "http://127.0.0.1:80:90/cb", "http://127.0.0.1:8x/cb", "http://127.0.0.1:+80/cb", "http://127.0.0.1:-1/cb",
		"https://127.0.0.1:8080/cb", "https://127.0.0.1:8080/tls", "HTTP://127.0.0.1:8080/cb", "http://localhost:8080/cb", "http://localhost.evil/cb",
		"http://127.0.0.1\\.evil/cb", "http://127.0.0.1%2eevil/cb", "http://127.0.0.1:8080\\@evil/cb", "http://127.0.0.1:8080/%63b",
	})
	for _, presented := range []string{"http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:8080/cb", "http://127.0.0.1:65535/cb", "http://localhost/cb"} {
		if target, ok := Match(registered, presented); !ok || target.String() != presented {
			t.Errorf("%q: got %q, %v", presented, target, ok)
		}
	}
	v6 := register(t, "http://[::1]:4711/cb?x=1")
	if target, ok := Match(v6, "http://[::1]:9/cb?x=1"); !ok || target.Redirect(url.Values{"code": {"c"}}) != "http://[::1]:9/cb?x=1&code=c" {
		t.Errorf("port of [::1]: got %q, %v", target, ok)
	}
}

func TestRU06_ScriptSchemes(t *testing.T) {
	for _, scheme := range []string{"javascript", "data", "blob", "vbscript", "file", "about", "view-source", "filesystem"} {
		for _, rest := range []string{":alert(1)", "://rp.example/cb", ":/cb", "://%0aalert(1)", ":text/html,<script>alert(1)</script>", ":https://rp.example/cb"} {
			for _, raw := range []string{scheme + rest, strings.ToUpper(scheme) + rest, strings.ToUpper(scheme[:1]) + scheme[1:] + rest,
				"\t" + scheme + rest, " " + scheme + rest, "\x01" + scheme + rest, scheme[:2] + "\t" + scheme[2:] + rest, scheme[:3] + "\n" + scheme[3:] + rest,
				scheme + "%3a" + rest, "\ufeff" + scheme + rest} {
				if _, err := ParseRedirectURI(raw); err == nil {
					t.Errorf("%q was registered", raw)
				}
				if _, err := ParseResource(raw); err == nil && strings.HasPrefix(strings.ToLower(raw), scheme+":") {
					t.Errorf("%q became a resource", raw)
				}
			}
		}
	}
}

func TestRedirectKeepsQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"https://rp.example/cb":          "https://rp.example/cb?code=a%26b&state=s",
		"https://rp.example/cb?":         "https://rp.example/cb?code=a%26b&state=s",
		"https://rp.example/cb?x=%2f&y":  "https://rp.example/cb?x=%2f&y&code=a%26b&state=s",
		"com.example.app:/cb":            "com.example.app:/cb?code=a%26b&state=s",
		"https://rp.example":             "https://rp.example?code=a%26b&state=s",
		"http://127.0.0.1:9/cb?dummy=1&": "http://127.0.0.1:9/cb?dummy=1&code=a%26b&state=s",
	} {
		if got := register(t, raw)[0].Redirect(url.Values{"state": {"s"}, "code": {"a&b"}}); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
		if got := register(t, raw)[0].Redirect(nil); got != raw {
			t.Errorf("%q without parameters became %q", raw, got)
		}
	}
}

func TestRedirectOrigin(t *testing.T) {
	for raw, want := range map[string]string{
		"https://RP.example:8443/cb?x": "https://rp.example:8443", "http://localhost:3000/cb": "http://localhost:3000",
		"http://[::1]:3000/cb": "http:", "com.example.App:/cb": "com.example.app:",
	} {
		if got := register(t, raw)[0].Origin(); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
	if r := register(t, "com.example.app:/cb")[0]; !r.IsPrivateScheme() || r.IsLoopback() || r.IsZero() {
		t.Error("private-use scheme not recognised")
	}
	if r := register(t, "http://localhost/cb")[0]; r.IsPrivateScheme() || !r.IsLoopback() {
		t.Error("loopback not recognised")
	}
}

func TestRedirectStoresAsText(t *testing.T) {
	list := register(t, "https://rp.example/cb", "http://127.0.0.1:1/cb")
	stored, err := json.Marshal(list)
	if err != nil || string(stored) != `["https://rp.example/cb","http://127.0.0.1:1/cb"]` {
		t.Fatalf("%s, %v", stored, err)
	}
	var read []RegisteredURI
	if err := json.Unmarshal(stored, &read); err != nil || len(read) != 2 || read[0] != list[0] || read[1] != list[1] {
		t.Fatalf("%v, %v", read, err)
	}
	if err := json.Unmarshal([]byte(`["javascript:alert(1)"]`), &read); err == nil {
		t.Error("an unregistrable URI was read from storage")
	}
}

func FuzzRedirectMatch(f *testing.F) {
	registered := register(f, "https://rp.example/cb", "https://rp.example", "http://127.0.0.1/cb", "http://[::1]:5/cb?x=1", "http://localhost/cb", "com.example.app:/cb")
	for _, raw := range append(userinfoCorpus, "http://127.0.0.1:8080/cb", "https://rp.example/cb", "http://[::1]/cb?x=1") {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, presented string) {
		target, ok := Match(registered, presented)
		if !ok {
			return
		}
		if target.String() != presented {
			t.Fatalf("target %q is not what was presented, %q", target, presented)
		}
		for _, r := range registered {
			if r.raw == presented {
				return
			}
		}
		u, err := url.Parse(presented)
		if err != nil || u.Scheme != "http" || u.User != nil || u.Fragment != "" {
			t.Fatalf("accepted %q", presented)
		}
		if h := u.Hostname(); (h != "127.0.0.1" || u.RequestURI() != "/cb") && (h != "::1" || u.RequestURI() != "/cb?x=1") {
			t.Fatalf("accepted %q", presented)
		}
	})
}
