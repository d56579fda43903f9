package authorize_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

// redirect before validation (Authorizer CVE-2026-54072, Keycloak GHSA-9vm7-v8wj-3fqw)
func TestRU08_NoRedirectBeforeValidation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		evil := "https://evil.example/cb"
		broken := [][]string{
			{}, {"response_type", ""}, {"response_type", "token"}, {"scope", "peek"}, {"scope", ""}, {"prompt", "none"}, {"prompt", "none login"},
			{"code_challenge", ""}, {"request", "x"}, {"request_uri", "https://x.example"}, {"max_age", "x"}, {"claims", "{"}, {"resource", "urn:x"},
		}
		for _, mode := range []string{"", "query", "fragment", "form_post", "jwt", "query.jwt", "form_post.jwt", "web_message"} {
			for _, change := range broken {
				for _, bad := range [][]string{
					{"redirect_uri", evil}, {"redirect_uri", callback + "/"}, {"redirect_uri", callback + "?x=1"}, {"redirect_uri", "javascript:alert(1)"}, {"redirect_uri", ""},
					{"client_id", "cli_00000000000000000000000000", "redirect_uri", evil}, {"client_id", "nobody"}, {"client_id", ""},
				} {
					params := request(w.web, append(append([]string{"response_mode", mode}, change...), bad...)...)
					a := b.authorize(params)
					if a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" || strings.Contains(a.body, "<form") || strings.Contains(a.body, "evil.example") {
						t.Fatalf("%v: %s %s", params, a.Status, a.Header.Get("Location"))
					}
				}
			}
		}
	})
}

// form_post HTML injection (Keycloak CVE-2023-6134, authentik CVE-2026-42849)
func TestRU10_FormPostInjection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		state := `"><script>alert(1)</script><input name="code" value="`
		a := b.authorize(request(w.own, "response_mode", "form_post", "state", state))
		if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe-inline") || !strings.Contains(csp, "form-action 'self' https://app.example") {
			t.Errorf("policy %s", csp)
		}
		doc, err := html.Parse(strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		inputs, button := map[string]string{}, false
		for n := range doc.Descendants() {
			attr := map[string]string{}
			for _, at := range n.Attr {
				attr[at.Key] = at.Val
			}
			switch {
			case n.Data == "input":
				if _, twice := inputs[attr["name"]]; twice {
					t.Errorf("two inputs %s", attr["name"])
				}
				inputs[attr["name"]] = attr["value"]
			case n.Data == "script" && attr["src"] == "":
				t.Error("a script stands in the page")
			case n.Data == "button":
				button = true
			}
		}
		if len(inputs) != 3 || inputs["state"] != state || inputs["iss"] != w.base || inputs["code"] == "" || !button {
			t.Errorf("inputs %v, button %v", inputs, button)
		}
	})
}

// 307 re-posts credentials (RFC 9700 §4.12)
func TestRU12_O14_303AfterPost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		for _, changes := range [][]string{nil, {"prompt", "none"}, {"response_type", "token"}} {
			if a := b.do("POST", "/oauth/authorize", request(w.own, changes...)); a.StatusCode != http.StatusSeeOther {
				t.Errorf("%v: %s", changes, a.Status)
			}
		}
		b.signIn(w.ada, "")
		if a := b.do("POST", "/oauth/authorize", request(w.own)); a.StatusCode != http.StatusSeeOther {
			t.Errorf("code: %s", a.Status)
		}
	})
}

// AS mix-up (RFC 9207): refused and code check iss in each mode
func TestRU15_O11_IssInEveryResponse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, mode := range []string{"query", "form_post"} {
			b := w.agent()
			for _, changes := range [][]string{
				{"response_type", "token"}, {"response_type", "id_token"}, {"response_type", "code id_token"}, {"prompt", "none"}, {"scope", "peek read:events"},
				{"resource", "https://nowhere.example"}, {"code_challenge", ""}, {"request", "x"}, {"max_age", "-1"},
			} {
				_, p := b.authorize(request(w.web, append([]string{"response_mode", mode}, changes...)...)).response()
				if p.Get("iss") != w.base || p.Get("error") == "" || p.Get("state") != "st-1" {
					t.Errorf("%s %v: %v", mode, changes, p)
				}
			}
			b.signIn(w.ada, "")
			if _, p := b.authorize(request(w.own, "response_mode", mode)).response(); p.Get("iss") != w.base || p.Get("code") == "" {
				t.Errorf("%s: %v", mode, p)
			}
		}
	})
}

// scopes not checked on side grants (authentik CVE-2024-52287)
func TestCG16_ScopeOutsideAllowList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		narrow := w.own
		narrow.Scopes = oauth.Scopes("openid", "read:events")
		narrow = w.change(narrow, 0)
		for _, scope := range []string{"openid write:events", "openid email", "openid offline_access", "openid peek", "peek"} {
			b.authorize(request(narrow, "scope", scope)).refused(oauth.CodeInvalidScope)
		}
		b.authorize(request(narrow, "scope", "no:such")).refused(oauth.CodeInvalidScope)
		b.authorize(request(narrow, "scope", "")).refused(oauth.CodeInvalidScope)
		b.authorize(request(narrow, "scope", "openid  openid")).refused(oauth.CodeInvalidScope)
		// What nobody knows is ignored (OpenID Connect Core 1.0 §3.1.2.1) and never granted.
		if _, c := b.authorize(request(narrow, "scope", "openid no:such")).code(); c.Terms.Scopes.String() != "openid" {
			t.Errorf("scopes %s", c.Terms.Scopes)
		}
	})
}

// audience not bound (better-auth CVE-2026-67332, FastMCP CVE-2025-69196)
func TestCG17_ResourceIsBound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		for _, bad := range []string{"https://unknown.example/api", hidden, calendar + "/", calendar + "#f", "relative", "https://CALENDAR.example/api"} {
			b.authorize(request(w.own, "scope", "openid read:events", "resource", bad)).refused(oauth.CodeInvalidTarget)
		}
		b.authorize(request(w.own, "scope", "openid peek")).refused(oauth.CodeInvalidTarget)
		b.authorize(request(w.own, "scope", "openid read:mail", "resource", calendar)).refused(oauth.CodeInvalidScope)
		twice := request(w.own, "scope", "openid read:events")
		twice["resource"] = []string{calendar, calendar}
		b.authorize(twice).refused(oauth.CodeInvalidTarget)
		if _, c := b.authorize(request(w.own, "scope", "openid read:events", "resource", calendar)).code(); len(c.Terms.Resources) != 1 || c.Terms.Resources[0] != calendar {
			t.Errorf("resources %v", c.Terms.Resources)
		}
		if _, c := b.authorize(request(w.own, "scope", "openid read:mail")).code(); len(c.Terms.Resources) != 1 || c.Terms.Resources[0] != mail {
			t.Errorf("implied resources %v", c.Terms.Resources)
		}
	})
}

// consent skipped for public client (Doorkeeper #1589, RFC 8252 §8.6)
func TestCG22_PublicClientsAlwaysAsk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		for _, target := range []string{"http://127.0.0.1:49152/cb", appScheme} {
			ask := request(w.native, "redirect_uri", target)
			for range 3 {
				i := b.authorize(ask).leads("/consent")
				b.decide(i, "approve")
				got, p := b.get("/oauth/authorize/resume?i=" + i).response()
				if p.Get("code") == "" || got != target {
					t.Fatalf("%s %v", got, p)
				}
			}
			b.authorize(request(w.native, "redirect_uri", target, "prompt", "none")).refused(oauth.CodeConsentRequired)
		}
		b.authorize(request(w.native, "redirect_uri", appScheme, "response_mode", "form_post")).refused(oauth.CodeInvalidRequest)
	})
}

// login/consent session fixation (Hydra #770, Keycloak CVE-2026-7507, ZITADEL CVE-2024-28197)
func TestCG23_InteractionBelongsToItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		attacker, victim := w.agent(), w.agent()
		i := attacker.authorize(request(w.own)).leads("/signin")
		victim.signIn(w.ada, "")
		victim.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, "")
		victim.authorize(request(w.web)).leads("/consent") // the victim has a binding of its own now
		victim.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, "")
		if a := victim.decide(i, "approve"); a.StatusCode != http.StatusGone {
			t.Errorf("decide another browser's: %s", a.Status)
		}
		// Nor does the attacker profit from the victim's session if the victim is tricked into it.
		attacker.signIn(w.bob, i)
		victim.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, "")
		for _, bad := range []string{"", "x", "int_00000000000000000000000000", i + "x"} {
			attacker.get("/oauth/authorize/resume?i="+url.QueryEscape(bad)).page(http.StatusBadRequest, "")
		}
	})
}

// CORS reflection (Keycloak CVE-2026-37977, Casdoor CVE-2024-41657)
func TestCG25_O15_NoCORSAtAuthorize(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, origin := range []string{"https://app.example", "null", "https://evil.example"} {
			b := w.agent()
			b.signIn(w.ada, "")
			for _, a := range []*answer{
				b.get("/oauth/authorize?"+request(w.own).Encode(), "Origin", origin),
				b.do("OPTIONS", "/oauth/authorize", nil, "Origin", origin, "Access-Control-Request-Method", "GET"),
				b.do("POST", "/oauth/authorize", request(w.own), "Origin", origin),
			} {
				for name := range a.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s: %s", origin, name)
					}
				}
			}
		}
	})
}

// token in URL (Portainer CVE-2026-44883)
func TestCG26_OnlyCodesInAddresses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.web)).leads("/signin")
		b.signIn(w.ada, i)
		var emitted []string
		emitted = append(emitted, b.get("/oauth/authorize/resume?i="+i).Header.Get("Location"), b.decide(i, "approve").Header.Get("Location"))
		_, p := b.get("/oauth/authorize/resume?i=" + i).response()
		p.Del("code")
		emitted = append(emitted, p.Encode())
		for _, text := range emitted {
			if strings.Contains(text, "cdr_") || strings.Contains(text, "eyJ") {
				t.Errorf("a secret in %s", text)
			}
		}
	})
}

// parameters in a readable cookie (Keycloak CVE-2024-4540)
func TestCG30_CookiesAreOpaque(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.web, "login_hint", "ada@example.com")).leads("/signin")
		b.signIn(w.ada, i)
		b.get("/oauth/authorize/resume?i=" + i)
		b.decide(i, "approve")
		b.get("/oauth/authorize/resume?i=" + i).code()
		opaque := regexp.MustCompile(`^__Host-cardea-[a-z]+=cdr_[a-z]{2}_[A-Za-z0-9_-]{49,80}; Path=/; HttpOnly; Secure; SameSite=Lax$`)
		if len(b.seen) == 0 {
			t.Fatal("no cookie was set")
		}
		for _, raw := range b.seen {
			if !opaque.MatchString(raw) {
				t.Errorf("cookie %s", raw)
			}
		}
	})
}

// rows of people who never come (Keycloak CVE-2023-6563 and its kin): one address begins only so many
func TestAU28_BeginningsAreLimited(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if a := w.agent().authorize(request(w.web, "acr_values", strings.Repeat("x", 17<<10))); !strings.Contains(a.Header.Get("Location"), "error=invalid_request") {
			t.Errorf("a long request: %s %s", a.Status, a.Header.Get("Location"))
		}
		begin := func() string { return w.agent().authorize(request(w.web)).Header.Get("Location") }
		limit := web.DefaultRates()[web.RateBegin]
		begun := 0
		for range limit.Burst + 10 {
			if to := begin(); strings.HasPrefix(to, "/signin?i=") {
				begun++
			} else if !strings.HasPrefix(to, callback+"?error=temporarily_unavailable&") {
				t.Fatal(to)
			}
		}
		if begun != limit.Burst {
			t.Errorf("%d began, want %d", begun, limit.Burst)
		}
		// Who is signed in and needs no page is not held up.
		b := w.agent()
		b.signIn(w.ada, "")
		if to := b.authorize(request(w.own)).Header.Get("Location"); !strings.Contains(to, "code=") {
			t.Error(to)
		}
		w.clock.Advance(limit.Per)
		if to := begin(); !strings.HasPrefix(to, "/signin?i=") {
			t.Error(to)
		}
	})
}
