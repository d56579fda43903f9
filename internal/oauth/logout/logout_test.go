package logout_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
)

// The tests named TestOIDCC_… bear the names of the OpenID Foundation suite's modules for
// RP-Initiated Logout.

func TestOIDCC_rp_initiated_logout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		hint := w.idToken(w.app, string(w.ada), s)
		w.clock.Advance(time.Hour - time.Minute) // the ID token has expired long ago
		b.logout("id_token_hint", hint, "post_logout_redirect_uri", goodbye, "state", "a&b=ä").goes(goodbye + "?state=a%26b%3D%C3%A4")
		if signedIn, granted := w.alive(s, grant); signedIn || granted {
			t.Errorf("after the logout: session %v, grant %v", signedIn, granted)
		}
		if b.cookies["__Host-cardea-session"] != "" {
			t.Error("the cookie is still there")
		}
		// Once more, signed out already: the client gets its browser back.
		b.logout("id_token_hint", hint, "post_logout_redirect_uri", goodbye+"?tag=a", "state", "x").goes(goodbye + "?tag=a&state=x")
	})
}

func TestOIDCC_rp_initiated_logout_no_state(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, _ := b.signIn(w.ada)
		b.logout("id_token_hint", w.idToken(w.app, string(w.ada), s), "post_logout_redirect_uri", goodbye).goes(goodbye)
	})
}

// questioned answers the question with yes and expects the person to be told.
func questioned(t *testing.T, w *world, b *agent, a *answer, says string) {
	t.Helper()
	question := a.leads("/oauth/logout/confirm")
	b.get(question).shows(http.StatusOK, `id="logout-yes"`)
	done := b.do("POST", question, url.Values{"answer": {"yes"}}, "Sec-Fetch-Site", "same-origin").leads("/oauth/logout/done")
	b.get(done).shows(http.StatusOK, says)
}

func TestOIDCC_rp_initiated_logout_no_params(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		a := b.logout()
		if signedIn, _ := w.alive(s, grant); !signedIn {
			t.Fatal("signed out without being asked")
		}
		questioned(t, w, b, a, "signed out")
		if signedIn, granted := w.alive(s, grant); signedIn || granted {
			t.Error("still signed in")
		}
		b.logout().leads("/oauth/logout/done")
	})
}

func TestOIDCC_rp_initiated_logout_only_state(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada)
		questioned(t, w, b, b.logout("state", "x"), "signed out")
	})
}

func TestOIDCC_rp_initiated_logout_no_post_logout_redirect_uri(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		done := b.logout("id_token_hint", w.idToken(w.app, string(w.ada), s), "state", "x").leads("/oauth/logout/done")
		b.get(done).shows(http.StatusOK, "signed out")
		if signedIn, _ := w.alive(s, grant); signedIn {
			t.Error("still signed in")
		}
	})
}

func TestOIDCC_rp_initiated_logout_bad_post_logout_redirect_uri(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, _ := b.signIn(w.ada)
		b.logout("id_token_hint", w.idToken(w.app, string(w.ada), s), "post_logout_redirect_uri", "https://evil.example/").shows(http.StatusBadRequest, "invalid_request")
	})
}

func TestOIDCC_rp_initiated_logout_query_added_to_post_logout_redirect_uri(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, _ := b.signIn(w.ada)
		b.logout("id_token_hint", w.idToken(w.app, string(w.ada), s), "post_logout_redirect_uri", goodbye+"?foo=bar").shows(http.StatusBadRequest, "invalid_request")
	})
}

func TestOIDCC_rp_initiated_logout_no_id_token_hint(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada)
		// Without client_id nobody knows whose URI it is.
		b.logout("post_logout_redirect_uri", goodbye, "state", "x").shows(http.StatusBadRequest, "invalid_request")
		// With it the person is asked, told, and offered the way: never sent.
		questioned(t, w, b, b.logout("client_id", string(w.app.ID), "post_logout_redirect_uri", goodbye, "state", "x"), goodbye+"?state=x")
		// The same with nobody signed in.
		done := b.logout("client_id", string(w.app.ID), "post_logout_redirect_uri", goodbye).leads("/oauth/logout/done")
		b.get(done).shows(http.StatusOK, goodbye)
	})
}

// forge gives hints that are not ours, by what is wrong with them.
func forge(t *testing.T, good string) map[string]string {
	t.Helper()
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	return map[string]string{
		"nonsense":      "not-a-token",
		"alg none":      none + "." + parts[1] + ".",
		"other payload": parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"x"}`)) + "." + parts[2],
		"no signature":  parts[0] + "." + parts[1] + ".",
	}
}

func TestOIDCC_rp_initiated_logout_bad_id_token_hint(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		for name, text := range forge(t, w.idToken(w.app, string(w.ada), s)) {
			t.Log(name)
			b.logout("id_token_hint", text, "post_logout_redirect_uri", goodbye).shows(http.StatusBadRequest, "invalid_request")
			b.logout("id_token_hint", text).leads("/oauth/logout/confirm")
			b.logout("id_token_hint", text, "client_id", string(w.app.ID), "post_logout_redirect_uri", goodbye).leads("/oauth/logout/confirm")
			if signedIn, _ := w.alive(s, grant); !signedIn {
				t.Fatal("a forged hint ended the session")
			}
		}
	})
}

func TestOIDCC_rp_initiated_logout_modified_id_token_hint(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		hint := forge(t, w.idToken(w.app, string(w.ada), s))["alg none"]
		questioned(t, w, b, b.logout("id_token_hint", hint, "state", "x"), "signed out")
		if signedIn, _ := w.alive(s, grant); signedIn {
			t.Error("still signed in")
		}
	})
}

// post-logout open redirect (Casdoor CVE-2026-5467)
func TestRU13_PostLogoutRedirect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, _ := b.signIn(w.ada)
		hint := w.idToken(w.app, string(w.ada), s)
		for _, bad := range []string{
			goodbye + "/", goodbye + "?", goodbye + "#x", "https://app.example.evil.example/bye", "https://app.example@evil.example/bye", "https://APP.example/bye",
			"http://app.example/bye", "https://app.example:443/bye", "https://app.example/%62ye", "https://app.example/x/../bye", "//app.example/bye", "/bye", `\\evil.example`,
			"javascript:alert(1)", "data:text/html,x", "https://other.example/bye", "com.example.app:/bye/", "https://app.example\\.evil.example/bye", " " + goodbye,
		} {
			for _, with := range [][]string{{"id_token_hint", hint}, {"client_id", string(w.app.ID)}, {}} {
				a := b.logout(append(with, "post_logout_redirect_uri", bad)...)
				a.shows(http.StatusBadRequest, "invalid_request")
				if strings.Contains(a.body, "evil.example") {
					t.Errorf("the page repeats %s", bad)
				}
			}
		}
		// Other people's hints and hints for other clients prove nothing.
		b.logout("id_token_hint", w.idToken(w.other, "pairwise-"+string(w.ada), s), "post_logout_redirect_uri", goodbye).shows(http.StatusBadRequest, "invalid_request")
		b.logout("id_token_hint", hint, "client_id", string(w.other.ID)).shows(http.StatusBadRequest, "invalid_request")
		b.logout("id_token_hint", w.idToken(w.app, string(w.bob), "ses_x")).leads("/oauth/logout/confirm")
		b.logout("id_token_hint", hint, "post_logout_redirect_uri", phone).goes(phone)
	})
}

func TestRU12_303AfterPost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		hint := w.idToken(w.app, string(w.ada), s)
		// Another site posts: browsers leave our cookies out, and send them with the GET after it.
		form := url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {goodbye}, "state": {"s"}}
		again := w.agent().do("POST", "/oauth/logout", form, "Sec-Fetch-Site", "cross-site", "Origin", "https://app.example").leads("/oauth/logout")
		if signedIn, _ := w.alive(s, grant); !signedIn {
			t.Fatal("the POST itself ended the session")
		}
		b.get(again).goes(goodbye + "?state=s")
		if signedIn, _ := w.alive(s, grant); signedIn {
			t.Error("still signed in")
		}
	})
}

func TestO21_RepeatedParameters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"} {
			b := w.agent()
			b.get("/oauth/logout?"+name+"=a&"+name+"=a").shows(http.StatusBadRequest, "invalid_request")
			b.do("POST", "/oauth/logout", url.Values{name: {"a", "a"}}).shows(http.StatusBadRequest, "invalid_request")
		}
	})
}

func TestPersonStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s, grant := b.signIn(w.ada)
		question := b.logout().leads("/oauth/logout/confirm")
		b.do("POST", question, url.Values{"answer": {"no"}}, "Sec-Fetch-Site", "same-origin").leads("/account")
		if signedIn, granted := w.alive(s, grant); !signedIn || !granted {
			t.Error("signed out against the answer")
		}
		b.get("/oauth/logout/done").leads("/account") // it would not be true
	})
}

// A question of another browser, or an answer from another site, ends nothing.
func TestCG23_QuestionBelongsToItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		attacker, victim := w.agent(), w.agent()
		attacker.signIn(w.bob)
		s, grant := victim.signIn(w.ada)
		question := attacker.logout().leads("/oauth/logout/confirm")
		victim.get(question).shows(http.StatusBadRequest, "")
		victim.do("POST", question, url.Values{"answer": {"yes"}}, "Sec-Fetch-Site", "same-origin").shows(http.StatusBadRequest, "")
		own := victim.logout().leads("/oauth/logout/confirm")
		victim.do("POST", own, url.Values{"answer": {"yes"}}, "Sec-Fetch-Site", "cross-site").shows(http.StatusForbidden, "")
		victim.do("POST", own, url.Values{"answer": {"yes"}}).shows(http.StatusForbidden, "")
		if signedIn, _ := w.alive(s, grant); !signedIn {
			t.Error("signed out by another")
		}
	})
}

// What a client registered is looked up again when the browser leaves.
func TestTargetOfStoppedClient(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada)
		hint := w.idToken(w.app, string(w.bob), "ses_x") // somebody else's: the person is asked
		question := b.logout("id_token_hint", hint, "post_logout_redirect_uri", goodbye).leads("/oauth/logout/confirm")
		if csp := b.get(question).Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' https://app.example") {
			t.Errorf("policy %s", csp)
		}
		if err := client.SetDisabled(t.Context(), w.guard, caller.Local(""), id.Default, w.app.ID, true); err != nil {
			t.Fatal(err)
		}
		b.do("POST", question, url.Values{"answer": {"yes"}}, "Sec-Fetch-Site", "same-origin").leads("/oauth/logout/done")
	})
}

func TestPairwiseHint(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada)
		// The session was replaced since the ID token was made; the person is the same.
		b.logout("id_token_hint", w.idToken(w.other, "pairwise-"+string(w.ada), "ses_old"), "post_logout_redirect_uri", "https://other.example/bye").goes("https://other.example/bye")
	})
}
