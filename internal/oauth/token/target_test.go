package token_test

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
)

func TestCG16_ScopesWithinTheClientsRegistration(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		reader := s.MakeClient(func(c *client.Client) {
			c.Scopes, c.Resources = oauth.Scopes("openid", "read:events"), []oauth.Resource{Calendar}
		})
		for _, scope := range []string{"write:events", "read:events write:events", "openid", "email", "offline_access", "read:tasks", "admin", "READ:EVENTS"} {
			want(t, s.ask(reader, "scope", scope), 400, "invalid_scope")
		}
		if a := s.ask(reader); a.Text("scope") != "read:events" {
			t.Errorf("default: %s", a.Body)
		}
		// A grant wider than the registration gives no more than the registration.
		a := s.redeem(reader, s.Code(s.Authorization(s.ada, reader, "openid email read:events write:events", Calendar)))
		if want(t, a, 200, ""); a.Text("scope") != "openid read:events" {
			t.Errorf("code: %s", a.Body)
		}
		b := s.refresh(reader, a.Text("refresh_token"), "scope", "openid write:events")
		if want(t, b, 400, "invalid_scope"); b.Text("access_token") != "" {
			t.Errorf("refresh: %s", b.Body)
		}
	})
}

func TestCG17_AudienceIsWhatWasGranted(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.MakeAPI(Tasks, "tasks", nil)
		both := s.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{Calendar, Tasks} })
		one := func() string {
			return s.Code(s.Authorization(s.ada, both, "openid read:events read:tasks", Calendar))
		}
		two := func() string {
			return s.Code(s.Authorization(s.ada, both, "openid read:events read:tasks", Calendar, Tasks))
		}
		for _, bad := range []string{Tasks, Calendar + "/", "https://CALENDAR.example/api", "https://evil.example", "x", "acc_1", string(both.ID)} {
			want(t, s.redeem(both, one(), "resource", bad), 400, "invalid_target")
		}
		a := s.redeem(both, one(), "resource", Calendar)
		want(t, a, 200, "")
		if got := s.Verify("at+jwt", Calendar, a.Text("access_token")); got["aud"] != Calendar || got["scope"] != "read:events" {
			t.Errorf("claims: %v", got)
		}
		// A refresh cannot widen.
		want(t, s.refresh(both, a.Text("refresh_token"), "resource", Tasks), 400, "invalid_target")

		code := two()
		want(t, s.redeem(both, code), 400, "invalid_target") // several granted: name one
		b := s.redeem(both, code, "resource", Tasks)         // and the code is still good
		want(t, b, 200, "")
		if got := s.Verify("at+jwt", Tasks, b.Text("access_token")); got["scope"] != "read:tasks" || b.Text("scope") != "openid read:tasks" {
			t.Errorf("claims: %v, reported %q", got, b.Text("scope"))
		}
		c := s.refresh(both, b.Text("refresh_token"), "resource", Calendar)
		want(t, c, 200, "")
		if got := s.Verify("at+jwt", Calendar, c.Text("access_token")); got["scope"] != "read:events" {
			t.Errorf("claims: %v", got)
		}

		want(t, s.ask(both), 400, "invalid_target")
		want(t, s.ask(both, "resource", Tasks), 200, "")
		want(t, s.ask(s.app, "resource", Tasks), 400, "invalid_target") // not the client's to ask for
		ghost := s.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{"https://ghost.example"} })
		want(t, s.ask(ghost), 400, "invalid_target")
	})
}

func TestScopesOfOneAPINameIt(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.MakeAPI(Tasks, "tasks", nil)
		job := s.MakeClient(func(c *client.Client) {
			c.Resources, c.Grants = []oauth.Resource{Calendar, Tasks}, []oauth.GrantType{oauth.GrantClientCredentials}
		})
		for scope, aud := range map[string]string{"read:events": Calendar, "read:tasks": Tasks} {
			a := s.ask(job, "scope", scope)
			want(t, a, 200, "")
			if got := s.Verify("at+jwt", aud, a.Text("access_token")); got["aud"] != aud || got["scope"] != scope {
				t.Errorf("%s: %v", scope, got)
			}
		}
		want(t, s.ask(job, "scope", "read:events read:tasks"), 400, "invalid_target") // no API has both
		want(t, s.ask(job), 400, "invalid_target")
	})
}
