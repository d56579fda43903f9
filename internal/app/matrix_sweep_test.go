package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/web"
)

// filled is a path with something in place of its parameters.
func filled(path string) string {
	for _, p := range [][2]string{{"{$}", ""}, {"{id}", "x"}, {"{account}", "x"}, {"{kind}", "totp"}, {"{credential}", "only"}, {"{subject}", "x"}, {"{name}", "factors"}, {"{scope}", "default"}, {"{slot}", "logo"}, {"{file}", "x.css"}} {
		path = strings.ReplaceAll(path, p[0], p[1])
	}
	return path
}

// everything sends a request to each route, with the interaction that is under way and a wrong password,
// or none for "": only then is nothing hashed.
func (c try) everything(password string, but func(r web.Route) bool) (sent int) {
	for _, r := range c.b.Server.Routes() {
		if strings.HasPrefix(r.Name, "asset.") || but != nil && but(r) {
			continue
		}
		sent++
		path := filled(r.Path)
		if r.Method == http.MethodGet {
			c.send(r.Method, path+"?i="+c.begun, nil)
			continue
		}
		c.send(r.Method, path, url.Values{"i": {c.begun}, "username": {c.h.name}, "code": {"123456"}, "credential": {"{}"}, "password": {password}})
	}
	return sent
}

// leaves are the routes that end a session or what is under way; nothing can come out behind them.
func leaves(r web.Route) bool {
	return slices.Contains([]string{"POST /signout", "POST /signin/cancel", "POST /account/sessions/end", "POST /account/sessions/end-all", "POST /account/sessions/leave", "POST /account/deletion/signout"}, r.Method+" "+r.Path)
}

// AU10, AU12, AU02: from no state, and under no policy, does a walk over all routes end with more than
// was proved. A sign-in that has to set up a second factor is left by no URL.
func TestAU10_AU12_NoRouteIsAWayAround(t *testing.T) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			b := under(t, r, nil)
			for _, s := range states {
				b.clock.Advance(31 * time.Second)
				h := b.people(s)
				c := b.stand(h, s, r, lunch)
				b.disable(h, s)
				before := map[session.ID]bool{}
				for _, x := range b.sessions(h) {
					before[x.ID] = true
				}
				from := len(c.answers)
				requests += c.everything("quiet otter paints nine lamps", leaves)
				requests += c.everything("", func(r web.Route) bool { return leaves(r) || ofAPI(r) }) // what one route began another must not finish
				c.get("/oauth/authorize/resume?i=" + c.begun)
				out := c.gather(from, before)
				// /signin/choose goes on with a session that is enough; then a code is right.
				alone := s.standing
				alone.here = proven{}
				if !out.none() && !r.opens(s.standing, lunch) && !r.opens(alone, lunch) {
					t.Errorf("%s: %d sessions, codes %q, tokens %d", s.name, len(out.sessions), out.codes, len(out.tokens))
				}
				if len(out.sessions) > 0 {
					t.Errorf("%s: a session out of nothing that was right", s.name)
				}
				for _, res := range c.answers[from:] {
					if res.StatusCode >= http.StatusInternalServerError {
						t.Errorf("%s: %s %s answers %d", s.name, res.Request.Method, res.Request.URL.Path, res.StatusCode)
					}
					if path := res.Request.URL.Path; !s.session && strings.HasPrefix(path, "/account") && path != "/account/deletion" && res.StatusCode == http.StatusOK {
						t.Errorf("%s: %s %s shows a page of one's own", s.name, res.Request.Method, path)
					}
				}
			}
			t.Logf("%d states: %d requests", len(states), requests)
		})
	}
}

// ofAPI tells whether a route is the API's: it takes no cookie, so that nothing which a browser began is
// under way there. TestAU10_TokensAreNoWayAround tries what it takes.
func ofAPI(r web.Route) bool { return strings.HasPrefix(r.Path, "/api/v1/") }

// AU12: whoever has to set up a factor gets on by setting one up, and the session says both proofs.
func TestAU12_ForcedEnrolmentEndsInAStrongSession(t *testing.T) {
	for _, r := range rules[1:4] {
		t.Run(r.name, func(t *testing.T) {
			b := under(t, r, nil)
			s := stateOf("password, nothing else set up")
			h := b.people(s)
			c := b.stand(h, s, r, lunch)
			c.get("/signin?i=" + c.begun)
			for _, path := range []string{"/signin", "/signin/other", "/signin/totp", "/signin/passkey", "/oauth/authorize/resume", "/account", "/consent"} {
				res := c.get(path + "?i=" + c.begun)
				at := res.Header.Get("Location")
				if res.StatusCode == http.StatusOK && path != "/signin/other" || strings.HasPrefix(at, callback) {
					t.Errorf("%s: %d %s", path, res.StatusCode, at)
				}
			}
			if n := len(b.sessions(h)); n != 0 {
				t.Fatalf("%d sessions", n)
			}
			for _, d := range doors {
				if d.route == "POST /signin/enrol/passkey" {
					d.do(c)
				}
			}
			list := b.sessions(h)
			if len(list) != 1 {
				t.Fatalf("%d sessions after the enrolment", len(list))
			}
			if level, key := levelOf(list[0].Facts); level != 2 || !key {
				t.Errorf("the session has level %d", level)
			}
		})
	}
}

// unfresh are the forms of own pages that need no fresh proof, and why.
var unfresh = map[string]string{
	"/account/apps/withdraw": "takes away", "/account/sessions/end": "takes away", "/account/sessions/end-others": "takes away",
	"/account/sessions/end-all": "takes away", "/account/sessions/leave": "takes away",
	"/account/deletion/keep": "only who leaves is let in", "/account/deletion/signout": "takes away",
	"/account/profile": "no credential and no address", "/account/profile/picture": "no credential and no address",
	"/account/profile/preferences": "no credential and no address", "/account/password": "asks for the password itself",
	"/account/approve":                      "asks for a session of two factors, and the number on the other page",
	"/account/security/recovery-codes/hide": "hides",
}

// AU16: what changes a credential, an address, or cannot be undone asks for a fresh proof at the highest
// level that the account reaches: an old session, one of a weaker proof, and a weakened one are led to
// give it. A new form is fresh, or says in unfresh why not.
func TestAU16_FormsOfOnesOwnAskForAFreshProof(t *testing.T) {
	b := under(t, rules[0], nil)
	forms := 0
	for _, s := range states {
		if !s.session || s.stolen || s.disabled || s.abroad {
			continue
		}
		h := b.people(s)
		for _, r := range b.Server.Routes() {
			if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, "/account/") || unfresh[r.Path] != "" {
				continue
			}
			forms++
			c := b.stand(h, s, rules[0], lunch)
			res := c.post(r.Path, "code", "123456", "name", "x", "credential", "{}", "confirm", "yes")
			if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/signin?i=") {
				t.Errorf("%s with a %s: %d %s", r.Path, s.name, res.StatusCode, at)
			}
		}
	}
	t.Logf("%d forms tried", forms)
}

type tokens struct {
	ID      string `json:"id_token"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func decode(t *testing.T, r *http.Response, v any) {
	t.Helper()
	text := body(r)
	if err := json.Unmarshal([]byte(text), v); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s %v", r.StatusCode, text, err)
	}
}

// AU10: the API takes no cookie, and no token of whoever may not act; refreshed tokens say no more than
// the sign-in did, and end with the account.
func TestAU10_TokensAreNoWayAround(t *testing.T) {
	r := rules[1]
	b := under(t, r, nil)
	s := stateOf("session of two factors")
	h := b.people(s)
	c := b.stand(h, s, r, lunch)
	calls := func(what string, want func(status int) bool, headers ...string) (n int) {
		t.Helper()
		for _, route := range b.Server.Routes() {
			if !ofAPI(route) || route.Action == "" {
				continue
			}
			n++
			if res := c.send(route.Method, filled(route.Path), nil, headers...); !want(res.StatusCode) {
				t.Errorf("%s: %s %s answers %d", what, route.Method, route.Path, res.StatusCode)
			}
		}
		return n
	}
	unknown := func(status int) bool { return status == http.StatusUnauthorized }
	n := calls("a session's cookie", unknown)
	res := c.get("/oauth/authorize?" + b.asks(rule{}, lunch).Encode())
	m := codeIn.FindStringSubmatch(res.Header.Get("Location"))
	if m == nil {
		t.Fatalf("no code: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	var first, second tokens
	decode(t, c.redeem(m[1]), &first)
	calls("an access token of the issuer", unknown, "Authorization", "Bearer "+first.Access)
	calls("an ID token", unknown, "Authorization", "Bearer "+first.ID)
	calls("a refresh token", unknown, "Authorization", "Bearer "+first.Refresh)
	calls("a session's cookie as a token", unknown, "Authorization", "Bearer "+c.cookies[sessionCookie])
	refresh := func(token string) *http.Response {
		return c.send("POST", "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, basic(b.apps[lunch])...)
	}
	decode(t, refresh(first.Refresh), &second)
	if a, z := claimsOf(t, first.ID), claimsOf(t, second.ID); a["acr"] != "aal2" || z["acr"] != a["acr"] || z["auth_time"] != a["auth_time"] {
		t.Errorf("first %v, refreshed %v", a, z)
	}
	_, text, err := apitoken.Make(t.Context(), b.Guard, caller.Person(string(h.id), string(c.known[0]), "aal2", "", ""), b.Root, id.Default, apitoken.New{Account: h.id, Name: "mine", Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if res := c.send("GET", "/t/other/api/v1/accounts", nil, "Authorization", "Bearer "+text.Reveal()); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("another tenant's token: %d", res.StatusCode)
	}
	s.disabled = true
	b.disable(h, s)
	calls("a token of a disabled account", unknown, "Authorization", "Bearer "+text.Reveal())
	if res := refresh(second.Refresh); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a refresh token of a disabled account: %d", res.StatusCode)
	}
	if res := c.send("GET", "/oauth/userinfo", nil, "Authorization", "Bearer "+second.Access); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an access token of a disabled account: %d", res.StatusCode)
	}
	t.Logf("%d routes of the API, six credentials", n)
}
