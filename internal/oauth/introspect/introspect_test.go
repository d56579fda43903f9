package introspect_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/introspect"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest" //nolint:revive // the tests' own language
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

const path = "/oauth/introspect"

// dead is the whole answer about a token that does not count.
const dead = `{"active":false}`

type scene struct {
	*World
	ada      Person
	app, api App // the app that has tokens, the API that gets them
	calendar resource.Resource
	tokens   Tokens
}

func each(t *testing.T, fn func(t *testing.T, s *scene)) {
	Each(t, routes, func(t *testing.T, w *World) { fn(t, cast(w)) })
}

func routes(w *World) []web.Route {
	return introspect.New(w.Store, w.Root, w.Mint, w.Auth).Routes()
}

func cast(w *World) *scene {
	s := &scene{World: w, ada: w.MakePerson("ada")}
	s.api = w.MakeClient(nil)
	s.calendar = w.MakeAPI(Calendar, "events", func(r *resource.Resource) { r.Client = string(s.api.ID) })
	s.app = w.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{Calendar} })
	s.tokens = w.Tokens(s.app, w.Authorization(s.ada, s.app, "openid read:events", Calendar), s.calendar)
	return s
}

func (s *scene) ask(c App, token string, more ...string) Answer {
	return s.Post(path, By(c), Form(append([]string{"token", token}, more...)...))
}

func TestActiveToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for name, c := range map[string]App{"the API": s.api, "the app itself": s.app} {
			a := s.ask(c, s.tokens.Access)
			for member, value := range map[string]any{
				"active": true, "token_type": "Bearer", "client_id": string(s.app.ID), "sub": string(s.ada.ID), "aud": Calendar,
				"iss": s.URL, "scope": "openid read:events", "grant_id": string(s.tokens.Grant), "acr": "aal1",
				"exp": float64(s.Clock.Now().Unix() + 600), "iat": float64(s.Clock.Now().Unix()), "auth_time": float64(s.Clock.Now().Unix() - 60),
			} {
				if !reflect.DeepEqual(a.JSON[member], value) {
					t.Errorf("%s: %s is %v, want %v", name, member, a.JSON[member], value)
				}
			}
			if a.Text("jti") == "" || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s %v", name, a.Body, a.Header)
			}
		}
	})
}

func TestOpaqueToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		tasks := s.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format, r.Client = resource.Opaque, string(s.api.ID) })
		token := s.Tokens(s.app, s.Authorization(s.ada, s.app, "read:tasks", Tasks), tasks).Access
		if a := s.ask(s.api, token); a.JSON["active"] != true || a.Text("aud") != Tasks || a.Text("sub") != string(s.ada.ID) {
			t.Errorf("%s", a.Body)
		}
		own := s.OwnToken(s.app, tasks)
		if a := s.ask(s.api, own); a.JSON["active"] != true || a.Text("sub") != string(s.app.ID) || a.JSON["grant_id"] != nil {
			t.Errorf("%s", a.Body)
		}
		s.Clock.Advance(AccessLife)
		if a := s.ask(s.api, token); a.Body != dead {
			t.Errorf("expired: %s", a.Body)
		}
	})
}

func TestRefreshToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.ask(s.app, s.tokens.Refresh, "token_type_hint", "access_token") // a wrong hint does no harm
		if a.JSON["active"] != true || a.Text("sub") != string(s.ada.ID) || a.Text("scope") != "openid read:events" || a.JSON["token_type"] != nil {
			t.Errorf("%s", a.Body)
		}
		for _, c := range []App{s.api, s.MakeClient(nil)} {
			if a := s.ask(c, s.tokens.Refresh); a.Body != dead {
				t.Errorf("another client's: %s", a.Body)
			}
		}
		s.Exec("UPDATE issued_grant SET generation = 2")
		if a := s.ask(s.app, s.tokens.Refresh); a.Body != dead {
			t.Errorf("rotated away: %s", a.Body)
		}
	})
}

func TestPairwiseSubject(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		app := s.MakeClient(func(c *client.Client) { c.SubjectType = oauth.SubjectPairwise })
		token := s.Tokens(app, s.Authorization(s.ada, app, "openid"), resource.Resource{})
		a, b := s.ask(app, token.Access), s.ask(app, token.Refresh)
		if sub := a.Text("sub"); sub == "" || sub == string(s.ada.ID) || b.Text("sub") != sub {
			t.Errorf("%s\n%s", a.Body, b.Body)
		}
	})
}

func TestCG12_PublicClientCannotIntrospect(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		public := s.MakeClient(Public)
		token := s.Tokens(public, s.Authorization(s.ada, public, "openid"), resource.Resource{})
		for _, as := range []As{By(public), nil, Basic(string(s.api.ID), ""), Basic(string(s.api.ID), "null")} {
			if a := s.Post(path, as, Form("token", token.Access)); a.Status != 401 || a.Error() != "invalid_client" || a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
		if a := s.Get(path+"?token="+token.Access, By(s.api)); a.Status != 405 {
			t.Errorf("GET: %d", a.Status)
		}
	})
}

func TestCG14_NoOracle(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		stranger := s.MakeClient(nil)
		itself := s.Tokens(s.app, s.Authorization(s.ada, s.app, "openid"), resource.Resource{})
		short := s.MakeAPI("https://short.example", "short", func(r *resource.Resource) { r.Lifetime, r.Client = 10*time.Second, string(s.api.ID) })
		expired := s.Tokens(s.app, s.Authorization(s.ada, s.app, "read:short"), short)
		s.Clock.Advance(11 * time.Second)
		other := s.At(Acme)
		bob := other.MakePerson("bob")
		elsewhere := other.MakeClient(nil)
		foreign := other.Tokens(elsewhere, other.Authorization(bob, elsewhere, "openid"), resource.Resource{})
		for name, c := range map[string]struct {
			asks  App
			token string
		}{
			"foreign access token":     {stranger, s.tokens.Access},
			"foreign refresh token":    {stranger, s.tokens.Refresh},
			"token for the issuer":     {s.api, itself.Access},
			"expired":                  {s.app, expired.Access},
			"ID token":                 {s.app, s.tokens.ID},
			"other tenant's":           {s.app, foreign.Access},
			"other tenant's refresh":   {s.app, foreign.Refresh},
			"unknown opaque":           {s.app, secret.AccessToken.Mint().Reveal()},
			"code":                     {s.app, s.Code(s.Authorization(s.ada, s.app, "openid"))},
			"client secret":            {s.app, s.app.Secret},
			"nonsense":                 {s.app, "x"},
			"unsigned":                 {s.app, "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."},
			"long":                     {s.app, strings.Repeat("x", 20_000)},
			"newlines":                 {s.app, "\r\n"},
			"truncated JWT (CG18)":     {s.app, s.tokens.Access[:len(s.tokens.Access)-1]},
			"truncated refresh (CG18)": {s.app, s.tokens.Refresh[:len(s.tokens.Refresh)-1]},
			"padded JWT (CG18)":        {s.app, s.tokens.Access + "="},
			"extended JWT (CG18)":      {s.app, s.tokens.Access + "A"},
			"case flipped JWT (CG18)":  {s.app, strings.ToLower(s.tokens.Access)},
			"space before JWT (CG18)":  {s.app, " " + s.tokens.Access},
		} {
			if a := s.ask(c.asks, c.token); a.Status != 200 || a.Body != dead {
				t.Errorf("%s: %d %q", name, a.Status, a.Body)
			}
		}
		if a := s.ask(s.app, s.tokens.Access); a.JSON["active"] != true {
			t.Errorf("the good token: %s", a.Body)
		}
	})
}

func TestCG10_IntrospectionSeesWhatChanged(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, s *scene) error{
		"user disabled": func(_ *testing.T, s *scene) error {
			s.Write(func(tx *store.Tx) error { return account.SetDisabled(tx, s.Tenant, s.ada.ID, tx.Now()) })
			return nil
		},
		"user deleted": func(_ *testing.T, s *scene) error {
			s.Write(func(tx *store.Tx) error { return account.Erase(tx, s.Tenant, s.ada.ID) })
			return nil
		},
		"CG27 epoch ended": func(_ *testing.T, s *scene) error {
			s.Write(func(tx *store.Tx) error { return account.BumpEpoch(tx, s.Tenant, s.ada.ID) })
			return nil
		},
		"CG27 session ended": func(_ *testing.T, s *scene) error {
			s.Write(func(tx *store.Tx) error { return session.End(tx, s.Tenant, s.ada.Session) })
			return nil
		},
		"CG27 consent revoked": func(_ *testing.T, s *scene) error {
			s.Write(func(tx *store.Tx) error {
				_, err := issued.RevokeOf(tx, s.Tenant, s.ada.ID, s.app.ID)
				return err
			})
			return nil
		},
		"CG27 client disabled": func(t *testing.T, s *scene) error {
			return client.SetDisabled(t.Context(), s.Guard, Operator, s.Tenant, s.app.ID, true)
		},
		"API deleted": func(t *testing.T, s *scene) error {
			return resource.Delete(t.Context(), s.Guard, Operator, s.Tenant, s.calendar.ID)
		},
		"CG27 tenant disabled": func(_ *testing.T, s *scene) error {
			s.Exec("UPDATE tenant SET disabled_at = 1 WHERE id = $1", s.Tenant)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *scene) {
				if a := s.ask(s.api, s.tokens.Access); a.JSON["active"] != true {
					t.Fatalf("before: %s", a.Body)
				}
				if err := change(t, s); err != nil {
					t.Fatal(err)
				}
				if a := s.ask(s.api, s.tokens.Access); a.Body != dead {
					t.Errorf("after: %s", a.Body)
				}
			})
		})
	}
}

func TestO21_EachParameterOnce(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, name := range []string{"token", "token_type_hint", "client_id", "x"} {
			form := Form("token", s.tokens.Access, "token_type_hint", "access_token", name, "a", name, "b")
			if a := s.Post(path, By(s.app), form); a.Status != 400 || a.Error() != "invalid_request" {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
	})
}

func TestAU11_EmptyAndOddInput(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, form := range []url.Values{Form(), Form("token", ""), Form("Token", s.tokens.Access)} {
			if a := s.Post(path, By(s.app), form); a.Status != 400 || a.Error() != "invalid_request" {
				t.Errorf("%v: %d %s", form, a.Status, a.Body)
			}
		}
		asJSON := func(r *http.Request, form url.Values) {
			By(s.app)(r, form)
			r.Header.Set("Content-Type", "application/json")
		}
		if a := s.Post(path, asJSON, Form("token", "x")); a.Status != 400 || a.Error() != "invalid_request" {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}

func TestAU27_TokensDieWithTheSession(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		if a := s.ask(s.app, s.tokens.Refresh); a.JSON["active"] != true {
			t.Fatalf("%s", a.Body)
		}
		s.Write(func(tx *store.Tx) error { _, err := session.EndAll(tx, s.Tenant, s.ada.ID, ""); return err })
		for _, token := range []string{s.tokens.Access, s.tokens.Refresh} {
			if a := s.ask(s.app, token); a.Status != 200 || a.Body != dead {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
	})
}
