package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
)

// The tests of this file bear the names of the OpenID Foundation suite's modules, Basic OP and
// Form Post, and check what these modules check at the authorization endpoint. Each runs with
// both response modes.

func oidcc(t *testing.T, fn func(t *testing.T, w *world, ask func(changes ...string) url.Values)) {
	each(t, func(t *testing.T, w *world) {
		for _, mode := range []string{"query", "form_post"} {
			t.Run(mode, func(t *testing.T) {
				w.t = t
				fn(t, w, func(changes ...string) url.Values {
					v := request(w.lax, "code_challenge", "", "code_challenge_method", "", "response_mode", mode)
					for i := 0; i < len(changes); i += 2 {
						if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
							v.Del(changes[i])
						}
					}
					return v
				})
			})
		}
	})
}

// complete signs a person in and approves, as far as pages are asked for, and returns the code.
func (b *agent) complete(who account.ID, a *answer) issued.Code {
	b.w.t.Helper()
	for range 4 {
		u := a.location()
		i := u.Query().Get("i")
		switch {
		case a.StatusCode == http.StatusSeeOther && u.Path == "/signin":
			b.signIn(who, i)
		case a.StatusCode == http.StatusSeeOther && u.Path == "/consent":
			b.decide(i, "approve")
		case a.StatusCode == http.StatusSeeOther && u.Path == "/oauth/authorize" && u.Host == "":
			a = b.get(u.String())
			continue
		default:
			_, c := a.code()
			return c
		}
		a = b.get("/oauth/authorize/resume?i=" + i)
	}
	b.w.t.Fatal("the flow does not end")
	return issued.Code{}
}

func TestOIDCC_server(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		b.complete(w.ada, b.authorize(ask()))
		_, p := b.authorize(ask()).response()
		if len(p.Get("code")) < 43 || p.Get("state") != "st-1" {
			t.Errorf("response %v", p)
		}
	})
}

func TestOIDCC_response_type_missing(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("response_type", "")).refused(oauth.CodeInvalidRequest)
	})
}

func TestOIDCC_ensure_request_without_nonce_succeeds_for_code_flow(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		if c := b.complete(w.ada, b.authorize(ask("nonce", ""))); c.Terms.Nonce != "" {
			t.Errorf("nonce %q", c.Terms.Nonce)
		}
	})
}

func TestOIDCC_scopes(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		for _, scope := range []string{"openid profile", "openid email", "openid address", "openid phone", "openid profile email address phone"} {
			b := w.agent()
			if c := b.complete(w.ada, b.authorize(ask("scope", scope))); c.Terms.Scopes.String() != scope {
				t.Errorf("asked for %q, got %q", scope, c.Terms.Scopes)
			}
		}
	})
}

func TestOIDCC_alternate_happy_flow(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		if c := b.complete(w.ada, b.authorize(ask("scope", "email openid profile"))); !c.Terms.Scopes.Has("openid") {
			t.Errorf("scopes %q", c.Terms.Scopes)
		}
	})
}

func TestOIDCC_display(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		for _, display := range []string{"page", "popup"} {
			w.agent().authorize(ask("display", display)).leads("/signin")
		}
	})
}

func TestOIDCC_prompt_login(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		first := b.complete(w.ada, b.authorize(ask()))
		w.clock.Advance(time.Second)
		i := b.authorize(ask("prompt", "login")).leads("/signin")
		// The old session does not do, even if the interaction is led back to it.
		b.get("/oauth/authorize/resume?i=" + i).leads("/signin")
		b.signIn(w.ada, i)
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); !c.Terms.AuthTime.After(first.Terms.AuthTime) {
			t.Errorf("auth_time %s after %s", c.Terms.AuthTime, first.Terms.AuthTime)
		}
	})
}

func TestOIDCC_prompt_none_not_logged_in(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("prompt", "none")).refused(oauth.CodeLoginRequired)
	})
}

func TestOIDCC_prompt_none_logged_in(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		first := b.complete(w.ada, b.authorize(ask()))
		w.clock.Advance(time.Minute)
		_, second := b.authorize(ask("prompt", "none")).code()
		if second.Account != first.Account || !second.Terms.AuthTime.Equal(first.Terms.AuthTime) {
			t.Errorf("%+v and %+v", first, second)
		}
	})
}

func TestOIDCC_prompt_none_without_consent(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		b.signIn(w.bob, "")
		b.authorize(ask("prompt", "none", "scope", "openid phone")).refused(oauth.CodeConsentRequired)
		b.authorize(ask("prompt", "none login")).refused(oauth.CodeInvalidRequest)
		b.authorize(ask("prompt", "NONE")).refused(oauth.CodeInvalidRequest)
	})
}

func TestOIDCC_max_age_1(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		first := b.complete(w.ada, b.authorize(ask()))
		w.clock.Advance(2 * time.Second)
		i := b.authorize(ask("max_age", "1")).leads("/signin")
		w.clock.Advance(5 * time.Second)
		b.signIn(w.ada, i)
		w.clock.Advance(5 * time.Second)
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); !c.Terms.AuthTime.After(first.Terms.AuthTime) {
			t.Errorf("auth_time %s", c.Terms.AuthTime)
		}
	})
}

func TestOIDCC_max_age_10000(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		first := b.complete(w.ada, b.authorize(ask()))
		w.clock.Advance(2 * time.Second)
		if _, c := b.authorize(ask("max_age", "10000")).code(); !c.Terms.AuthTime.Equal(first.Terms.AuthTime) {
			t.Errorf("auth_time %s", c.Terms.AuthTime)
		}
	})
}

func TestOIDCC_ensure_request_with_unknown_parameter_succeeds(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		b.complete(w.ada, b.authorize(ask("extra", "foobar")))
	})
}

func TestOIDCC_id_token_hint(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		first := b.complete(w.ada, b.authorize(ask()))
		hint := w.idToken(w.lax, string(w.ada), first.Session, nil)
		w.clock.Advance(time.Hour) // the hint has expired
		b.authorize(ask("prompt", "none", "id_token_hint", hint)).code()
		// Somebody else's: not silently, and not by signing in as another either.
		other := w.idToken(w.lax, string(w.bob), "", nil)
		b.authorize(ask("prompt", "none", "id_token_hint", other)).refused(oauth.CodeLoginRequired)
		i := b.authorize(ask("id_token_hint", other)).leads("/signin")
		b.signIn(w.ada, i)
		b.get("/oauth/authorize/resume?i=" + i).refused(oauth.CodeLoginRequired)
		i = b.authorize(ask("id_token_hint", other)).leads("/signin")
		b.signIn(w.bob, i)
		if c := b.complete(w.bob, b.get("/oauth/authorize/resume?i="+i)); c.Account != w.bob {
			t.Errorf("account %s", c.Account)
		}
		for name, text := range map[string]string{
			"another client's": w.idToken(w.web, string(w.ada), "", nil),
			"another issuer's": w.idToken(w.lax, string(w.ada), "", func(c map[string]any) { c["iss"] = "https://evil.example" }),
			"modified":         strings.Replace(hint, hint[len(hint)-9:], "AAAAAAAAA", 1),
			"nonsense":         "x.y.z",
		} {
			t.Log(name)
			b.authorize(ask("id_token_hint", text)).refused(oauth.CodeInvalidRequest)
		}
	})
}

func TestOIDCC_login_hint(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		b.authorize(ask("login_hint", "ada@example.com")).leads("/signin")
		b.authorize(ask("login_hint", strings.Repeat("x", 5000))).leads("/signin")
	})
}

func TestOIDCC_ui_locales(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("ui_locales", "se fr-CA fr en")).leads("/signin")
	})
}

func TestOIDCC_claims_locales(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("claims_locales", "se")).leads("/signin")
	})
}

func TestOIDCC_ensure_request_with_acr_values_succeeds(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		for _, values := range []string{"aal1", "urn:mace:incommon:iap:silver aal1", "phr aal3"} {
			b := w.agent()
			if c := b.complete(w.ada, b.authorize(ask("acr_values", values))); c.Terms.ACR != "aal1" {
				t.Errorf("acr %q", c.Terms.ACR)
			}
		}
	})
}

func TestOIDCC_ensure_registered_redirect_uri(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("redirect_uri", "https://evil.example/cb")).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
	})
}

func TestOIDCC_ensure_post_request_succeeds(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		b.complete(w.ada, b.do("POST", "/oauth/authorize", ask()))
		// A browser that sends its cookies is answered in place, one that may not is sent around once.
		b.do("POST", "/oauth/authorize", ask()).code()
		again := w.agent().do("POST", "/oauth/authorize", ask(), "Sec-Fetch-Site", "cross-site", "Origin", "https://app.example")
		if u := again.location(); again.StatusCode != http.StatusSeeOther || u.Path != "/oauth/authorize" {
			t.Fatalf("%s %s", again.Status, u)
		}
		b.get(again.location().String()).code()
	})
}

func TestOIDCC_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("request_uri", "https://app.example/request.jwt")).refused(oauth.CodeRequestURINotSupported)
	})
}

func TestOIDCC_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("request", "eyJhbGciOiJub25lIn0.e30.")).refused(oauth.CodeRequestNotSupported)
		w.agent().authorize(ask("registration", "{}")).refused(oauth.CodeRegistrationNotSupported)
	})
}

func TestOIDCC_ensure_request_object_with_redirect_uri(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		w.agent().authorize(ask("request", "eyJhbGciOiJub25lIn0.e30.", "redirect_uri", "https://evil.example/")).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
	})
}

func TestOIDCC_claims_essential(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		c := b.complete(w.ada, b.authorize(ask("claims", `{"userinfo":{"name":{"essential":true}}}`)))
		if r, ok := c.Terms.Claims.ForUserInfo("name"); !ok || !r.Essential {
			t.Errorf("claims %+v", c.Terms.Claims)
		}
		b.authorize(ask("claims", `{"userinfo":[]}`)).refused(oauth.CodeInvalidRequest)
	})
}

func TestOIDCC_ensure_request_with_valid_pkce_succeeds(t *testing.T) {
	oidcc(t, func(t *testing.T, w *world, ask func(...string) url.Values) {
		b := w.agent()
		if c := b.complete(w.ada, b.authorize(ask("code_challenge", challenge, "code_challenge_method", "S256"))); c.Challenge.String() != challenge {
			t.Errorf("challenge %q", c.Challenge)
		}
	})
}
