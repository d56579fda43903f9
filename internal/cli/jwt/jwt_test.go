package jwt

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// RFC 7519 §3.1, with the key of RFC 7515 A.1.
const (
	exampleToken = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	exampleKey   = `{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`
)

// run runs the command as a person would and gives its output and exit code.
func run(t *testing.T, stdin string, args ...string) (stdout string, code int, err error) {
	t.Helper()
	c := newCommand(func() time.Time { return noon })
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetErr(io.Discard)
	c.SetIn(strings.NewReader(stdin))
	c.SetArgs(args)
	if err = c.ExecuteContext(t.Context()); err != nil {
		coded, ok := err.(interface{ ExitCode() int })
		if !ok {
			t.Fatalf("%v: error without exit code: %v", args, err)
		}
		code = coded.ExitCode()
	}
	return out.String(), code, err
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func newKey(t *testing.T, alg string) (private, public string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key.jwk")
	public, code, err := run(t, "", "keygen", "--alg", alg, "--out", name)
	if code != 0 {
		t.Fatal(err)
	}
	return name, public
}

func TestVerifyExampleOfRFC7519(t *testing.T) {
	key := file(t, exampleKey)
	for what, args := range map[string][]string{
		"ignore":   {"--ignore-expiry"},
		"at":       {"--at", "2011-03-22T18:42:59Z"},
		"seconds":  {"--at", "1300819379"},
		"all else": {"--at", "1300819379", "--issuer", "joe", "--typ", "JWT"},
	} {
		out, code, err := run(t, "", append([]string{"verify", exampleToken, "--key", key, "--alg", "HS256"}, args...)...)
		if code != 0 || !strings.Contains(out, "Good: the signature is right") || !strings.Contains(out, `"http://example.com/is_root": true`) {
			t.Errorf("%s: exit %d, %v\n%s", what, code, err, out)
		}
	}
	out, code, err := run(t, "", "verify", exampleToken, "--key", key, "--alg", "HS256")
	if code != ExitRefused || out != "" || !strings.Contains(err.Error(), "expired") || !strings.Contains(err.Error(), "--ignore-expiry") {
		t.Errorf("expired: exit %d, %v\n%s", code, err, out)
	}
	if _, code, err := run(t, "", "verify", exampleToken, "--key", key, "--ignore-expiry"); code != ExitUsage || !strings.Contains(err.Error(), "--alg HS256") {
		t.Errorf("HS256 not named: exit %d, %v", code, err)
	}
	if _, code, err := run(t, "", "verify", exampleToken[:80]+"x"+exampleToken[81:], "--key", key, "--alg", "HS256", "--ignore-expiry"); code != ExitRefused {
		t.Errorf("forged: exit %d, %v", code, err)
	}
}

func TestDecode(t *testing.T) {
	for what, call := range map[string][2]string{"argument": {exampleToken, ""}, "standard input": {"-", exampleToken + "\n"}} {
		out, code, err := run(t, call[1], "decode", call[0])
		if code != 0 || !strings.HasPrefix(out, "NOT VERIFIED") || !strings.Contains(out, `"alg": "HS256"`) ||
			!strings.Contains(out, "expired    2011-03-22T18:43:00Z (15 years ago)") {
			t.Errorf("%s: exit %d, %v\n%s", what, code, err, out)
		}
	}
	out, _, _ := run(t, "", "decode", "--json", exampleToken)
	var doc struct {
		Verified *bool                  `json:"verified"`
		Header   struct{ Typ string }   `json:"header"`
		Claims   struct{ Exp, Nbf int } `json:"claims"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Verified == nil || *doc.Verified || doc.Header.Typ != "JWT" || doc.Claims.Exp != 1300819380 {
		t.Errorf("got %s, %v", out, err)
	}
	for _, token := range []string{"x", "a.b", "a.b.c", "eyJhbGciOiJub25lIn0.AAAA.AAAA", strings.Repeat("a", 9000)} {
		if out, code, err := run(t, "", "decode", token); code != ExitRefused || out != "" || err.Error() == "" {
			t.Errorf("%.20q: exit %d, %s", token, code, out)
		}
	}
}

func TestDecodeDisarmsTerminalCharacters(t *testing.T) {
	key, _ := newKey(t, "EdDSA")
	for _, flag := range []string{"--json=false", "--json"} {
		token, code, err := run(t, "{\"a\":\"\u009b31m\u202eevil\U000e0041\u2028\"}", "sign", "-", "--key", key)
		if code != 0 {
			t.Fatal(err)
		}
		out, code, err := run(t, token, "decode", "-", flag)
		if code != 0 || strings.ContainsAny(out, "\u009b\u202e\u2028\U000e0041") || !strings.Contains(out, `\u009b31m\u202eevil\udb40\udc41\u2028`) {
			t.Errorf("%s: exit %d, %v: %q", flag, code, err, out)
		}
	}
}

func TestKeygenSignVerify(t *testing.T) {
	for _, alg := range []string{"ES256", "RS256", "PS256", "EdDSA"} {
		private, public := newKey(t, alg)
		info, err := os.Stat(private)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", alg, info.Mode(), err)
		}
		if key, err := jose.ParsePublicKey([]byte(public)); err != nil || string(key.Algorithm()) != alg || strings.Contains(public, `"d"`) {
			t.Errorf("%s: printed %s, %v", alg, public, err)
		}
		token, code, err := run(t, `{"iss":"me","sub":"s","aud":"api"}`, "sign", "-", "--key", private, "--expires-in", "5m", "--typ", "at+jwt")
		if code != 0 {
			t.Fatalf("%s: %v", alg, err)
		}
		token = strings.TrimSpace(token)
		jwks := file(t, `{"keys":[`+public+`]}`)
		for what, args := range map[string][]string{
			"JWKS":        {"--jwks", jwks, "--issuer", "me", "--audience", "api", "--typ", "at+jwt", "--alg", alg},
			"public key":  {"--key", file(t, public)},
			"private key": {"--key", private},
		} {
			out, code, err := run(t, "", append([]string{"verify", token, "--json"}, args...)...)
			var doc struct {
				Verified   bool           `json:"verified"`
				NotChecked []string       `json:"not_checked"`
				Claims     map[string]any `json:"claims"`
			}
			if code != 0 || json.Unmarshal([]byte(out), &doc) != nil || !doc.Verified || doc.Claims["exp"] != float64(noon.Add(5*time.Minute).Unix()) || doc.Claims["iat"] != float64(noon.Unix()) {
				t.Errorf("%s %s: exit %d, %v\n%s", alg, what, code, err, out)
			}
			if want := map[bool]int{true: 0, false: 3}[what == "JWKS"]; len(doc.NotChecked) != want {
				t.Errorf("%s %s: not checked: %v", alg, what, doc.NotChecked)
			}
		}
		for what, args := range map[string][]string{
			"audience": {"--audience", "other"}, "issuer": {"--issuer", "other"}, "typ": {"--typ", "JWT"}, "later": {"--at", "2026-05-01T12:06:00Z"}, "earlier": {"--at", "2026-05-01T11:00:00Z"},
		} {
			if out, code, err := run(t, "", append([]string{"verify", token, "--jwks", jwks}, args...)...); code != ExitRefused || out != "" {
				t.Errorf("%s other %s: exit %d, %v", alg, what, code, err)
			}
		}
	}
}

func TestKeygenNeverOverwrites(t *testing.T) {
	name := file(t, "precious")
	if _, code, err := run(t, "", "keygen", "--out", name); code != ExitRefused || !strings.Contains(err.Error(), "exists") {
		t.Errorf("exit %d, %v", code, err)
	}
	if text, _ := os.ReadFile(name); string(text) != "precious" {
		t.Error("the file was written over")
	}
	out, code, err := run(t, "", "keygen", "--alg", "EdDSA")
	if code != 0 {
		t.Fatal(err)
	}
	if _, err := jose.ParsePrivateKey([]byte(out)); err != nil {
		t.Errorf("without --out: %v", err)
	}
	if out, code, err := run(t, "", "keygen", "--json", "--out", filepath.Join(t.TempDir(), "k")); code != 0 || !strings.Contains(out, `"public": {`) || strings.Contains(out, `"d"`) {
		t.Errorf("--json: exit %d, %v\n%s", code, err, out)
	}
}

func TestUsageErrors(t *testing.T) {
	key, public := newKey(t, "ES256")
	publicFile := file(t, public)
	for _, c := range []struct {
		code  int
		stdin string
		args  []string
	}{
		{ExitUsage, "", []string{"decode"}}, {ExitUsage, "", []string{"decode", "a", "b"}}, {ExitUsage, "", []string{"decode", "-"}}, {ExitUsage, "", []string{"decode", "--nope", "x"}}, {ExitUsage, "", []string{"nope"}},
		{ExitUsage, "", []string{"verify", exampleToken}}, {ExitUsage, "", []string{"verify", exampleToken, "--key", "a", "--jwks", "b"}}, {ExitUsage, "", []string{"verify", exampleToken, "--key", key, "--alg", "none"}},
		{ExitUsage, "", []string{"verify", exampleToken, "--jwks", key, "--alg", "HS256"}}, {ExitUsage, "", []string{"verify", exampleToken, "--key", key, "--at", "noon"}}, {ExitUsage, "", []string{"verify", exampleToken, "--key", key, "--leeway", "1h"}},
		{ExitUsage, "", []string{"verify", exampleToken, "--issuer", "http://as.example"}}, {ExitUsage, "", []string{"verify", exampleToken, "--issuer", "file:///x"}}, {ExitUsage, "", []string{"verify", exampleToken, "--issuer", "https://u@as.example"}},
		{ExitUsage, `{}`, []string{"sign", "-"}}, {ExitUsage, `{}`, []string{"sign", "-", "--key", key, "--expires-in", "-5m"}}, {ExitUsage, `{"exp":1}`, []string{"sign", "-", "--key", key, "--expires-in", "5m"}}, {ExitUsage, `{}`, []string{"sign", "-", "--key", key, "--typ", "a b"}},
		{ExitRefused, `[]`, []string{"sign", "-", "--key", key}}, {ExitRefused, `null`, []string{"sign", "-", "--key", key}}, {ExitRefused, `{"a":1,"a":2}`, []string{"sign", "-", "--key", key}}, {ExitRefused, `{}`, []string{"sign", "-", "--key", publicFile}},
		{ExitRefused, `{"a":"` + strings.Repeat("a", 9000) + `"}`, []string{"sign", "-", "--key", key}}, {ExitRefused, "", []string{"sign", "absent.json", "--key", key}},
		{ExitRefused, "", []string{"verify", exampleToken, "--key", "absent.jwk"}}, {ExitRefused, "", []string{"verify", exampleToken, "--jwks", key}}, {ExitRefused, "", []string{"verify", exampleToken, "--key", file(t, "{}")}}, {ExitRefused, "", []string{"verify", exampleToken, "--key", key}},
		{ExitUsage, "", []string{"keygen", "--alg", "HS256"}}, {ExitUsage, "", []string{"keygen", "x"}}, {ExitRefused, "", []string{"keygen", "--out", "/dev/null/x"}},
	} {
		if out, code, err := run(t, c.stdin, c.args...); code != c.code || out != "" {
			t.Errorf("%v: exit %d, want %d: %v\n%s", c.args, code, c.code, err, out)
		}
	}
}

// issuerServer answers as an authorization server, with the keys and what the test changes.
func issuerServer(t *testing.T, public string, change map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	routes := map[string]http.HandlerFunc{
		"/.well-known/openid-configuration": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"`+server.URL+`","jwks_uri":"`+server.URL+`/jwks"}`)
		},
		"/.well-known/oauth-authorization-server/t/acme": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"`+server.URL+`/t/acme","jwks_uri":"`+server.URL+`/jwks"}`)
		},
		"/jwks": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[`+public+`]}`) },
	}
	for path, h := range change {
		routes[path] = h
	}
	for path, h := range routes {
		mux.HandleFunc(path, h)
	}
	return server.URL
}

func TestVerifyByIssuer(t *testing.T) {
	key, public := newKey(t, "ES256")
	verify := func(issuer, iss string) (string, int, error) {
		token, _, err := run(t, `{"iss":"`+iss+`","sub":"s"}`, "sign", "-", "--key", key, "--expires-in", "1m")
		if err != nil {
			t.Fatal(err)
		}
		return run(t, token, "verify", "-", "--issuer", issuer)
	}
	good := issuerServer(t, public, nil)
	for _, issuer := range []string{good, good + "/t/acme"} {
		if out, code, err := verify(issuer, issuer); code != 0 || !strings.Contains(out, "Not checked: aud, typ") {
			t.Errorf("%s: exit %d, %v\n%s", issuer, code, err, out)
		}
	}
	if _, code, err := verify(good, "https://other.example"); code != ExitRefused {
		t.Errorf("another issuer's token: exit %d, %v", code, err)
	}
	_, otherPublic := newKey(t, "ES256")
	for what, change := range map[string]map[string]http.HandlerFunc{
		"other issuer": {"/.well-known/openid-configuration": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"https://other.example","jwks_uri":"http://`+r.Host+`/jwks"}`)
		}},
		"keys over plain http": {"/.well-known/openid-configuration": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"http://`+r.Host+`","jwks_uri":"http://other.example/jwks"}`)
		}},
		"keys by redirect": {"/jwks": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, good+"/jwks", http.StatusFound) }},
		"endless keys": {"/jwks": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[],"x":"`+strings.Repeat("x", maxDocument)+`"}`)
		}},
		"other keys":   {"/jwks": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[`+otherPublic+`]}`) }},
		"bad metadata": {"/.well-known/openid-configuration": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{`) }},
		"no metadata":  {"/.well-known/openid-configuration": http.NotFound},
	} {
		bad := issuerServer(t, public, change)
		if out, code, err := verify(bad, bad); code != ExitRefused || out != "" {
			t.Errorf("%s: exit %d, %v\n%s", what, code, err, out)
		}
	}
}

func TestDistance(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "in less than a second", time.Second: "in 1 second", -90 * time.Second: "1 minute ago", 48 * time.Hour: "in 2 days", -366 * 24 * time.Hour: "1 year ago", 3 * time.Hour: "in 3 hours",
	} {
		if got := distance(noon.Add(d), noon); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
