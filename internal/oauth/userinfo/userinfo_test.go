package userinfo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest" //nolint:revive // the tests' own language
	"github.com/cardea-iam/cardea/internal/oauth/userinfo"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

const path = "/oauth/userinfo"

type scene struct {
	*World
	ada Person
	app App
}

func each(t *testing.T, fn func(t *testing.T, s *scene)) {
	Each(t, routes, func(t *testing.T, w *World) { fn(t, cast(w)) })
}

func routes(w *World) []web.Route { return userinfo.New(w.Store, w.Mint, w.Ring).Routes() }

func cast(w *World) *scene {
	return &scene{World: w, ada: w.MakePerson("ada"), app: w.MakeClient(nil)}
}

func (s *scene) token(c App, scopes string) string {
	return s.Tokens(c, s.Authorization(s.ada, c, scopes), resource.Resource{}).Access
}

// challenge is what RFC 6750 §3 wants of every refusal.
func refused(t *testing.T, a Answer, status int, code string) {
	t.Helper()
	if a.Status != status || a.Error() != code || !strings.Contains(a.Header.Get("WWW-Authenticate"), `Bearer realm="userinfo", error="`+code+`"`) {
		t.Errorf("%d %s %q, want %d %s", a.Status, a.Body, a.Header.Get("WWW-Authenticate"), status, code)
	}
}

func TestClaimsByScope(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.token(s.app, "openid email")
		ways := map[string]Answer{
			"GET":                s.Get(path, Bearer(token)),
			"POST with header":   s.Post(path, Bearer(token), nil),
			"POST with body":     s.Post(path, nil, Form("access_token", token)),
			"scheme in any case": s.Get(path, func(r *http.Request, _ url.Values) { r.Header.Set("Authorization", "bEARER "+token) }),
		}
		r, err := http.NewRequest(http.MethodPost, s.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		ways["POST without content type"] = s.Send(r)
		for name, a := range ways {
			if a.Status != 200 || a.Body != `{"sub":"`+string(s.ada.ID)+`","email":"ada@example.com","email_verified":true}` {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
			if a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", name, a.Header)
			}
		}
		if a := s.Get(path, Bearer(s.token(s.app, "openid"))); a.Body != `{"sub":"`+string(s.ada.ID)+`"}` {
			t.Errorf("%s", a.Body)
		}
		if a := s.Get(path, Bearer(s.token(s.app, "openid profile"))); a.Text("name") != "Ada ada" || a.Text("preferred_username") != "ada" || a.JSON["email"] != nil {
			t.Errorf("%s", a.Body)
		}
	})
}

func TestClaimsParameter(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		c := s.Authorization(s.ada, s.app, "openid")
		var err error
		if c.Terms.Claims, err = oauth.ParseClaims(`{"userinfo":{"name":{"essential":true},"nickname":null}}`); err != nil {
			t.Fatal(err)
		}
		if a := s.Get(path, Bearer(s.Tokens(s.app, c, resource.Resource{}).Access)); a.Body != `{"sub":"`+string(s.ada.ID)+`","name":"Ada ada"}` {
			t.Errorf("%s", a.Body)
		}
	})
}

func TestSignedAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, alg := range []jose.Algorithm{jose.ES256, jose.EdDSA} {
			app := s.MakeClient(func(c *client.Client) { c.UserinfoAlg, c.SubjectType = string(alg), oauth.SubjectPairwise })
			a := s.Get(path, Bearer(s.token(app, "openid email")))
			if a.Status != 200 || a.Header.Get("Content-Type") != "application/jwt" {
				t.Fatalf("%d %v %s", a.Status, a.Header, a.Body)
			}
			set, err := s.Ring.Set(t.Context(), s.Tenant)
			if err != nil {
				t.Fatal(err)
			}
			claims, err := jose.NewVerifier(0).Verify(a.Body, jose.Expect{Typ: "JWT", Issuer: s.URL, Audience: string(app.ID), Keys: set,
				Algorithms: []jose.Algorithm{alg}, Now: s.Clock.Now(), IgnoreExpiry: true})
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := claims.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if got["sub"] != s.Mint.Subject(s.Tenant, app.Client, s.ada.ID) || got["sub"] == string(s.ada.ID) || got["email"] != "ada@example.com" {
				t.Errorf("%v", got)
			}
		}
	})
}

func TestO8_CG26_OneTokenAndNeverInTheURL(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.token(s.app, "openid")
		query := "?access_token=" + url.QueryEscape(token)
		refused(t, s.Get(path+query, nil), 400, "invalid_request")
		refused(t, s.Get(path+query, Bearer(token)), 400, "invalid_request")
		refused(t, s.Post(path+query, Bearer(token), nil), 400, "invalid_request")
		refused(t, s.Post(path, Bearer(token), Form("access_token", token)), 400, "invalid_request")
		refused(t, s.Post(path, nil, Form("access_token", token, "access_token", token)), 400, "invalid_request")
		refused(t, s.Get(path, func(r *http.Request, _ url.Values) {
			r.Header["Authorization"] = []string{"Bearer " + token, "Bearer " + token}
		}), 400, "invalid_request")
		// RFC 6750 §2.2: a GET has no body to look into
		r, err := http.NewRequest(http.MethodGet, s.URL+path, strings.NewReader("access_token="+token))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := s.Send(r); a.Status != 401 {
			t.Errorf("GET with a body: %d %s", a.Status, a.Body)
		}
	})
}

func TestNoToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, a := range []Answer{s.Get(path, nil), s.Post(path, nil, nil), s.Post(path, nil, Form("access_token", ""))} {
			// RFC 6750 §3.1: no error code where no token was sent
			if challenge := a.Header.Get("WWW-Authenticate"); a.Status != 401 || challenge != `Bearer realm="userinfo", scope="openid"` || a.Body != "" {
				t.Errorf("%d %q %s", a.Status, challenge, a.Body)
			}
		}
	})
}

func TestAU11_EmptyAndOddInput(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, value := range []string{"Bearer", "Bearer ", "Basic eDp5", "x", s.app.Secret} {
			refused(t, s.Get(path, func(r *http.Request, _ url.Values) { r.Header.Set("Authorization", value) }), 400, "invalid_request")
		}
		for _, token := range []string{"x", "null", ".", "..", "a.b.c", strings.Repeat("x", 20_000), "é"} {
			refused(t, s.Get(path, Bearer(token)), 401, "invalid_token")
		}
	})
}

func TestCG28_OnlyAccessTokensForTheIssuer(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		api := s.MakeAPI(Calendar, "events", nil)
		opaque := s.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format = resource.Opaque })
		tokens := s.Tokens(s.app, s.Authorization(s.ada, s.app, "openid"), resource.Resource{})
		signing := s.MakeClient(func(c *client.Client) { c.UserinfoAlg = "ES256" })
		other := s.At(Acme)
		bob, elsewhere := other.MakePerson("bob"), other.MakeClient(nil)
		for name, token := range map[string]string{
			"ID token":             tokens.ID,
			"refresh token":        tokens.Refresh,
			"token for an API":     s.Tokens(s.app, s.Authorization(s.ada, s.app, "openid", Calendar), api).Access,
			"opaque, for an API":   s.Tokens(s.app, s.Authorization(s.ada, s.app, "openid", Tasks), opaque).Access,
			"userinfo's answer":    s.Get(path, Bearer(s.token(signing, "openid"))).Body,
			"code":                 s.Code(s.Authorization(s.ada, s.app, "openid")),
			"session cookie":       secret.SessionCookie.Mint().Reveal(),
			"client secret":        s.app.Secret,
			"other tenant's token": other.Tokens(elsewhere, other.Authorization(bob, elsewhere, "openid"), resource.Resource{}).Access,
		} {
			if a := s.Get(path, Bearer(token)); a.Status != 401 || a.Error() != "invalid_token" {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		if a := s.Get(path, Bearer(tokens.Access)); a.Status != 200 {
			t.Errorf("the right one: %d %s", a.Status, a.Body)
		}
	})
}

func TestInsufficientScope(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, token := range []string{s.token(s.app, "email"), s.OwnToken(s.app, resource.Resource{})} {
			a := s.Get(path, Bearer(token))
			refused(t, a, 403, "insufficient_scope")
			if !strings.Contains(a.Header.Get("WWW-Authenticate"), `scope="openid"`) {
				t.Errorf("%q", a.Header.Get("WWW-Authenticate"))
			}
		}
	})
}

func TestCG18_AlteredTokens(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.token(s.app, "openid")
		for n := 1; n < len(token); n += 17 {
			refused(t, s.Get(path, Bearer(token[:len(token)-n])), 401, "invalid_token")
		}
		for _, altered := range []string{token + "A", token + "=", token + ".", strings.ToUpper(token), strings.ReplaceAll(token, ".", " ")} {
			refused(t, s.Get(path, Bearer(altered)), 401, "invalid_token")
		}
	})
}

func TestCG10_UserinfoSeesWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.token(s.app, "openid")
		if a := s.Get(path, Bearer(token)); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		s.Write(func(tx *store.Tx) error { return account.SetDisabled(tx, s.Tenant, s.ada.ID, tx.Now()) })
		refused(t, s.Get(path, Bearer(token)), 401, "invalid_token")
		s.Clock.Advance(AccessLife)
		refused(t, s.Get(path, Bearer(token)), 401, "invalid_token")
	})
}

func TestAU27_UserinfoEndsWithTheSession(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.token(s.app, "openid")
		if a := s.Get(path, Bearer(token)); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		s.Write(func(tx *store.Tx) error { _, err := session.EndAll(tx, s.Tenant, s.ada.ID, ""); return err })
		refused(t, s.Get(path, Bearer(token)), 401, "invalid_token")
	})
}

func TestCORS(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.Get(path, func(r *http.Request, _ url.Values) { r.Header.Set("Origin", "https://spa.example") })
		if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Credentials") != "" ||
			!strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "WWW-Authenticate") {
			t.Errorf("%v", a.Header)
		}
	})
}
