package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/oauth"
)

// The rows of RFC 9700 and OAuth 2.1, by number.

func TestO1_ExactRedirectURI(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		if target, _ := b.authorize(request(w.own, "redirect_uri", callback)).code(); target != callback {
			t.Errorf("target %s", target)
		}
		for _, bad := range []string{callback + "/", callback + "?", callback + "#", callback + "%2F", "https://APP.example/cb", "https://app.example:443/cb", "http://app.example/cb", callback + "/../cb", callback + "2"} {
			b.authorize(request(w.own, "redirect_uri", bad)).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
		}
		// A registered query stays, and ours is added to it.
		_, p := b.authorize(request(w.web, "redirect_uri", callback+"2?tag=a", "prompt", "none")).response()
		if p.Get("tag") != "a" || p.Get("error") == "" {
			t.Errorf("%v", p)
		}
	})
}

func TestO2_NoOpenRedirector(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		// Every client here was registered by an administrator, who thereby vouches for its redirect
		// URIs (RFC 9700 §4.11.2); what is not registered is never redirected to.
		b := w.agent()
		target, p := b.authorize(request(w.web, "scope", "peek openid")).response()
		if target != callback || p.Get("error") == "" {
			t.Errorf("%s %v", target, p)
		}
		w.disable(w.web.ID)
		b.authorize(request(w.web, "scope", "peek openid")).page(http.StatusBadRequest, oauth.CodeInvalidClient)
	})
}

func TestO3_PKCE(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		for name, bad := range map[string][]string{
			"plain":              {"code_challenge_method", "plain"},
			"no method is plain": {"code_challenge_method", ""},
			"no challenge":       {"code_challenge", ""},
			"too short":          {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw"},
			"the verifier":       {"code_challenge", verifier[:42] + "+"},
			"lower case method":  {"code_challenge_method", "s256"},
		} {
			t.Log(name)
			b.authorize(request(w.own, bad...)).refused(oauth.CodeInvalidRequest)
			b.authorize(request(w.lax, bad...)).refused(oauth.CodeInvalidRequest)
		}
	})
}

func TestO4_PKCEIsRequired(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		without := []string{"code_challenge", "", "code_challenge_method", ""}
		b.authorize(request(w.own, without...)).refused(oauth.CodeInvalidRequest)
		b.authorize(request(w.native, append(without, "redirect_uri", "http://127.0.0.1:1234/cb")...)).refused(oauth.CodeInvalidRequest)
		b.authorize(request(w.lax, append(without, "scope", "read:events")...)).refused(oauth.CodeInvalidRequest)
		b.authorize(request(w.lax, without...)).leads("/signin")
	})
}

func TestO7_OnlyCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		for _, kind := range []string{"token", "id_token", "id_token token", "code token", "code id_token", "code id_token token", "none", "CODE", "code code"} {
			for _, mode := range []string{"query", "form_post"} {
				b.authorize(request(w.own, "response_type", kind, "response_mode", mode)).refused(oauth.CodeUnsupportedResponseType)
			}
		}
		b.authorize(request(w.machine)).refused(oauth.CodeUnauthorizedClient)
	})
}

func TestO16_NoFraming(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		for _, a := range []*answer{
			b.authorize(request(w.own)), b.authorize(url.Values{}), b.authorize(request(w.own, "prompt", "none", "response_mode", "form_post")), b.get("/oauth/authorize/resume"),
		} {
			if !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: %v", a.Request.URL, a.Header)
			}
		}
	})
}

func TestO17_ForwardedHeadersChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		_, p := b.get("/oauth/authorize?"+request(w.own, "prompt", "none").Encode(),
			"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example", "X-Client-Cert", "x", "X-Remote-User", string(w.ada)).response()
		if p.Get("iss") != w.base || p.Get("error") != "login_required" {
			t.Errorf("%v", p)
		}
	})
}

// client cannot look like a resource owner: ids of clients and of accounts cannot be confused
func TestO18_ClientIsNoPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.authorize(request(w.own, "client_id", string(w.ada))).page(http.StatusBadRequest, oauth.CodeInvalidClient)
	})
}

func TestO19_NoWebMessage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, mode := range []string{"web_message", "fragment", "jwt", "query.jwt", "form_post.jwt"} {
			b := w.agent()
			b.authorize(request(w.own, "response_mode", mode)).refused(oauth.CodeInvalidRequest)
		}
	})
}

func TestO21_RepeatedParameters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		full := request(w.own, "response_mode", "query", "prompt", "login", "max_age", "1", "claims", "{}", "acr_values", "aal1", "id_token_hint", "x",
			"login_hint", "x", "ui_locales", "de", "display", "page", "unknown", "x")
		for name := range full {
			twice := url.Values{}
			for n, v := range full {
				twice[n] = v
			}
			twice[name] = []string{full.Get(name), full.Get(name)}
			b.authorize(twice).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
			b.do("POST", "/oauth/authorize", twice).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
		}
	})
}

func TestOpaqueStateIsBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		state := strings.Repeat("ä&=+ ", 400)[:2048]
		if _, p := b.authorize(request(w.own, "state", state)).response(); p.Get("state") != state || p.Get("code") == "" {
			t.Errorf("state %q", p.Get("state"))
		}
		if _, p := b.authorize(request(w.own, "state", state+"x")).response(); p.Get("error") != "invalid_request" || p.Has("state") {
			t.Errorf("%v", p)
		}
		if _, p := b.authorize(request(w.own, "state", "")).response(); p.Has("state") {
			t.Errorf("%v", p)
		}
		b.authorize(request(w.own, "nonce", strings.Repeat("x", 2049))).refused(oauth.CodeInvalidRequest)
	})
}
