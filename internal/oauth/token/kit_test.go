package token_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest" //nolint:revive // the tests' own language
	"github.com/cardea-iam/cardea/internal/oauth/token"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

const path = "/oauth/token"

// permitted is what each account may do beyond scopes that need no permission.
type permitted map[account.ID]oauth.ScopeSet

// scene is the usual cast: a person, her calendar, and an app that she allowed to use it.
type scene struct {
	*World
	permits permitted
	ada     Person
	app     App
	api     resource.Resource
}

func each(t *testing.T, fn func(t *testing.T, s *scene)) {
	permits := permitted{}
	Each(t, routes(permits), func(t *testing.T, w *World) { fn(t, cast(w, permits)) })
}

var lives = token.Lifetimes{RefreshIdle: 30 * 24 * time.Hour, RefreshAbsolute: 90 * 24 * time.Hour}

func routes(permits permitted) func(w *World) []web.Route {
	return func(w *World) []web.Route {
		o := token.Options{Guard: w.Guard, Root: w.Root, Mint: w.Mint, Resources: w.Resources, Lifetimes: lives,
			Permits: func(_ *store.Reader, _ id.Tenant, who account.ID, _ resource.Resource) (oauth.ScopeSet, error) {
				return oauth.Scopes("read:events", "read:tasks").Union(permits[who]), nil
			}}
		return token.New(w.Auth, token.Code(o), token.RefreshToken(o), token.ClientCredentials(o)).Routes()
	}
}

func cast(w *World, permits permitted) *scene {
	s := &scene{World: w, permits: permits}
	s.api = w.MakeAPI(Calendar, "events", nil)
	s.ada = w.MakePerson("ada")
	permits[s.ada.ID] = oauth.Scopes("write:events")
	s.app = w.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{Calendar} })
	return s
}

// redeem sends the usual token request with a code; more replaces or adds parameters, "" removes.
func (s *scene) redeem(c App, code string, more ...string) Answer {
	return s.Post(path, By(c), with(Form("grant_type", "authorization_code", "code", code, "redirect_uri", Redirect, "code_verifier", Verifier), more))
}

func (s *scene) refresh(c App, token string, more ...string) Answer {
	return s.Post(path, By(c), with(Form("grant_type", "refresh_token", "refresh_token", token), more))
}

func (s *scene) ask(c App, more ...string) Answer {
	return s.Post(path, By(c), with(Form("grant_type", "client_credentials"), more))
}

func with(form url.Values, more []string) url.Values {
	for i := 0; i+1 < len(more); i += 2 {
		form.Del(more[i])
		if more[i+1] != "" {
			form.Set(more[i], more[i+1])
		}
	}
	return form
}

// code is a code for the usual authorization.
func (s *scene) code() string {
	return s.Code(s.Authorization(s.ada, s.app, "openid email read:events write:events", Calendar))
}

func want(t *testing.T, a Answer, status int, code string) {
	t.Helper()
	if a.Status != status || a.Error() != code {
		t.Fatalf("%d %s, want %d %q", a.Status, a.Body, status, code)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control: %q", a.Header.Get("Cache-Control"))
	}
}
