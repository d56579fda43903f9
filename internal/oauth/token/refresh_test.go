package token_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// family redeems a code and returns the first refresh token.
func (s *scene) family(t *testing.T) Answer {
	t.Helper()
	a := s.redeem(s.app, s.code())
	want(t, a, 200, "")
	return a
}

func TestCG08_ReplayRevokesTheFamily(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		first := s.family(t)
		second := s.refresh(s.app, first.Text("refresh_token"))
		want(t, second, 200, "")
		s.Clock.Advance(issued.GraceWindow + time.Second)
		want(t, s.refresh(s.app, first.Text("refresh_token")), 400, "invalid_grant")
		want(t, s.refresh(s.app, second.Text("refresh_token")), 400, "invalid_grant")
		if s.alive(first.Text("access_token")) || s.alive(second.Text("access_token")) {
			t.Error("an access token outlives the replay")
		}
		if log := strings.Join(s.Events(), "\n"); !strings.Contains(log, `token.refresh refused {"code":"invalid_grant","detail":{"revoked":"gra_`) {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestCG08_RetryGetsTheSameChild(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		first := s.family(t)
		second := s.refresh(s.app, first.Text("refresh_token"))
		s.Clock.Advance(issued.GraceWindow)
		again := s.refresh(s.app, first.Text("refresh_token"))
		want(t, again, 200, "")
		if again.Text("refresh_token") != second.Text("refresh_token") {
			t.Error("the retry got another child")
		}
		third := s.refresh(s.app, second.Text("refresh_token"))
		want(t, third, 200, "")
		// Two generations back is a replay at once, grace or not.
		want(t, s.refresh(s.app, first.Text("refresh_token")), 400, "invalid_grant")
		want(t, s.refresh(s.app, third.Text("refresh_token")), 400, "invalid_grant")
	})
}

// A thief replays the code while the app refreshes: whoever is first, no chain is left.
func TestCG05_ReplayWhileRefreshing(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code := s.code()
		a := s.redeem(s.app, code)
		want(t, a, 200, "")
		answers := make([]Answer, 60)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				if i%3 == 0 {
					answers[i] = s.redeem(s.app, code)
					return
				}
				answers[i] = s.refresh(s.app, a.Text("refresh_token"))
			})
		}
		all.Wait()
		for i, b := range answers {
			if b.Status != 200 && b.Error() != "invalid_grant" || i%3 == 0 && b.Status == 200 {
				t.Errorf("%d %s", b.Status, b.Body)
			}
			if b.Status == 200 && (s.alive(b.Text("access_token")) || s.refresh(s.app, b.Text("refresh_token")).Status == 200) {
				t.Error("a chain outlives the replay")
			}
		}
	})
}

func TestCG08_ParallelRefreshes(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		first := s.family(t)
		answers := make([]Answer, 100)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = s.refresh(s.app, first.Text("refresh_token")) })
		}
		all.Wait()
		children := map[string]bool{}
		for _, a := range answers {
			if a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			children[a.Text("refresh_token")] = true
		}
		if len(children) != 1 {
			t.Fatalf("%d live chains", len(children))
		}
	})
}

func TestCG08_RefreshTokenIsBoundToItsClient(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		first := s.family(t)
		want(t, s.refresh(s.MakeClient(nil), first.Text("refresh_token")), 400, "invalid_grant")
		want(t, s.refresh(s.MakeClient(Public), first.Text("refresh_token")), 400, "invalid_grant")
		want(t, s.refresh(s.app, first.Text("refresh_token")), 200, "") // nothing was spoiled
	})
}

func TestCG18_AlteredRefreshTokens(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		token := s.family(t).Text("refresh_token")
		for _, altered := range []string{token[:len(token)-1], token[:20], token + "A", token + "=", " " + token, strings.ToUpper(token),
			strings.Replace(token, "cdr_rt_", "cdr_at_", 1), token[:len(token)-1] + string(token[len(token)-1]^1)} {
			want(t, s.refresh(s.app, altered), 400, "invalid_grant")
		}
		want(t, s.refresh(s.app, token), 200, "")
	})
}

func TestO9_RefreshTokensEndWhenIdle(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		day := 24 * time.Hour
		token := s.family(t).Text("refresh_token")
		for range 2 { // used every 29 days it lives on
			s.Clock.Advance(29 * day)
			a := s.refresh(s.app, token)
			want(t, a, 200, "")
			token = a.Text("refresh_token")
		}
		s.Clock.Advance(31 * day)
		want(t, s.refresh(s.app, token), 400, "invalid_grant")

		s.ada.Session = s.SignIn(s.ada.Account)
		token = s.family(t).Text("refresh_token")
		for range 3 { // but no longer than 90 days
			s.Clock.Advance(29 * day)
			a := s.refresh(s.app, token)
			want(t, a, 200, "")
			token = a.Text("refresh_token")
		}
		s.Clock.Advance(3*day + time.Second)
		want(t, s.refresh(s.app, token), 400, "invalid_grant")
	})
}

func TestO9_ScopeNarrowsButNeverWidens(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.family(t)
		b := s.refresh(s.app, a.Text("refresh_token"), "scope", "openid read:events")
		want(t, b, 200, "")
		if got := s.Verify("at+jwt", Calendar, b.Text("access_token")); got["scope"] != "read:events" || b.Text("scope") != "openid read:events" {
			t.Errorf("scope %v, reported %q", got["scope"], b.Text("scope"))
		}
		want(t, s.refresh(s.app, b.Text("refresh_token"), "scope", "openid profile"), 400, "invalid_scope")
		// RFC 6749 §6: the new refresh token has the old one's scope
		c := s.refresh(s.app, b.Text("refresh_token"))
		if want(t, c, 200, ""); c.Text("scope") != a.Text("scope") {
			t.Errorf("scope %q", c.Text("scope"))
		}
	})
}

func TestOfflineGrantOutlivesTheSession(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		c := s.Authorization(s.ada, s.app, "openid offline_access")
		c.Offline = true
		offline, online := s.redeem(s.app, s.Code(c)), s.family(t)
		want(t, offline, 200, "")
		s.Write(func(tx *store.Tx) error { return session.End(tx, s.Tenant, s.ada.Session) })
		want(t, s.refresh(s.app, offline.Text("refresh_token")), 200, "")
		want(t, s.refresh(s.app, online.Text("refresh_token")), 400, "invalid_grant")
	})
}

// departure is one way in which a grant loses its ground.
type departure struct {
	do        func(s *scene)
	atCode    string // error when the code is redeemed after it
	atRefresh string // error when the refresh token is used after it
}

var departures = map[string]departure{
	"user disabled": {func(s *scene) {
		s.Write(func(tx *store.Tx) error { return account.SetDisabled(tx, s.Tenant, s.ada.ID, tx.Now()) })
	}, "invalid_grant", "invalid_grant"},
	"user deleted": {func(s *scene) {
		s.Write(func(tx *store.Tx) error { return account.Erase(tx, s.Tenant, s.ada.ID) })
	}, "invalid_grant", "invalid_grant"},
	"epoch ended": {func(s *scene) { // password reset, or "sign out everywhere"
		s.Write(func(tx *store.Tx) error { return account.BumpEpoch(tx, s.Tenant, s.ada.ID) })
	}, "invalid_grant", "invalid_grant"},
	"signed out": {func(s *scene) {
		s.Write(func(tx *store.Tx) error { return session.End(tx, s.Tenant, s.ada.Session) })
	}, "invalid_grant", "invalid_grant"},
	"role lost": {func(s *scene) {
		s.permits[s.ada.ID] = oauth.ScopeSet{}
		s.Exec("UPDATE resource_scope SET permission = 'events.read' WHERE name = 'read:events'")
		s.MakeAPI(oauth.Resource("https://touch.example/"+string(s.ada.ID)), "touch", nil) // caches look again
	}, "", ""}, // read:events stays, as the test's Permits gives it to everyone
	"client disabled": {func(s *scene) {
		if err := client.SetDisabled(context.Background(), s.Guard, Operator, s.Tenant, s.app.ID, true); err != nil {
			s.TB.Fatal(err)
		}
	}, "invalid_client", "invalid_client"},
	"client deleted": {func(s *scene) {
		if err := client.Delete(context.Background(), s.Guard, Operator, s.Tenant, s.app.ID); err != nil {
			s.TB.Fatal(err)
		}
	}, "invalid_client", "invalid_client"},
	"API taken from the client": {func(s *scene) {
		n := s.app.Client
		n.Resources = nil
		if _, err := client.Update(context.Background(), s.Guard, Operator, s.Tenant, n); err != nil {
			s.TB.Fatal(err)
		}
	}, "invalid_target", "invalid_target"},
	"consent revoked": {func(s *scene) {
		s.Write(func(tx *store.Tx) error {
			if _, err := consent.Delete(tx, s.Tenant, s.ada.ID, s.app.ID); err != nil {
				return err
			}
			_, err := issued.RevokeOf(tx, s.Tenant, s.ada.ID, s.app.ID)
			return err
		})
	}, "invalid_grant", "invalid_grant"},
	"consent narrowed": {func(s *scene) { // a grant keeps its terms until it is withdrawn
		s.Write(func(tx *store.Tx) error {
			if _, err := consent.Delete(tx, s.Tenant, s.ada.ID, s.app.ID); err != nil {
				return err
			}
			return consent.Put(tx, s.Tenant, s.ada.ID, s.app.ID, Calendar, oauth.Scopes("read:events"))
		})
	}, "invalid_grant", ""},
	"session expired": {func(s *scene) {
		s.Exec("UPDATE session SET expires_at = $1 WHERE id = $2", s.Clock.Now(), s.ada.Session)
	}, "invalid_grant", "invalid_grant"},
	"session idle": {func(s *scene) {
		s.Exec("UPDATE session SET seen_at = $1 WHERE id = $2", s.Clock.Now().Add(-400*24*time.Hour), s.ada.Session)
	}, "invalid_grant", "invalid_grant"},
}

// recast gives a subtest a person and an app of its own.
func (s *scene) recast(t *testing.T, name string) *scene {
	t.Helper()
	c := *s
	c.ada = s.MakePerson(strings.ReplaceAll(strings.ToLower(name), " ", "-"))
	c.permits[c.ada.ID] = oauth.Scopes("write:events")
	c.app = s.MakeClient(func(n *client.Client) { n.Resources = []oauth.Resource{Calendar} })
	return &c
}

func TestCG10_RefreshSeesWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for name, change := range departures {
			t.Run(name, func(t *testing.T) {
				cast := s.recast(t, name)
				a := cast.family(t)
				change.do(cast)
				b := cast.refresh(cast.app, a.Text("refresh_token"))
				if b.Error() != change.atRefresh {
					t.Errorf("%d %s, want %q", b.Status, b.Body, change.atRefresh)
				}
				if b.Error() == "invalid_grant" && cast.alive(a.Text("access_token")) {
					t.Error("the access token lives on")
				}
			})
		}
	})
}

func TestCG10_RoleLostNarrowsTheNextToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.family(t)
		s.permits[s.ada.ID] = oauth.ScopeSet{}
		b := s.refresh(s.app, a.Text("refresh_token"))
		want(t, b, 200, "")
		if got := s.Verify("at+jwt", Calendar, b.Text("access_token")); got["scope"] != "read:events" || b.Text("scope") != "openid email read:events" {
			t.Errorf("scope %v, reported %q", got["scope"], b.Text("scope"))
		}
		// Who may do nothing at all there gets no token, and keeps the grant for better days.
		writer := s.redeem(s.app, s.Code(s.Authorization(s.ada, s.app, "write:events", Calendar)))
		want(t, writer, 400, "invalid_scope")
		s.permits[s.ada.ID] = oauth.Scopes("write:events")
		c := s.refresh(s.app, b.Text("refresh_token"))
		if want(t, c, 200, ""); c.Text("scope") != a.Text("scope") {
			t.Errorf("scope %q", c.Text("scope"))
		}
	})
}

func TestClientLosesAScope(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.family(t)
		n := s.app.Client
		n.Scopes = oauth.Scopes("openid", "read:events")
		if _, err := client.Update(t.Context(), s.Guard, Operator, s.Tenant, n); err != nil {
			t.Fatal(err)
		}
		b := s.refresh(s.app, a.Text("refresh_token"))
		if want(t, b, 200, ""); b.Text("scope") != "openid read:events" {
			t.Errorf("scope %q", b.Text("scope"))
		}
	})
}

func TestDeletedAPI(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.family(t)
		if err := resource.Delete(t.Context(), s.Guard, Operator, s.Tenant, s.api.ID); err != nil {
			t.Fatal(err)
		}
		want(t, s.refresh(s.app, a.Text("refresh_token")), 400, "invalid_target")
		if s.alive(a.Text("access_token")) {
			t.Error("a token for an API that is gone")
		}
	})
}

func TestAU27_RefreshEndsWithTheSession(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.family(t)
		b := s.refresh(s.app, a.Text("refresh_token"))
		want(t, b, 200, "")
		s.Write(func(tx *store.Tx) error { _, err := session.EndAll(tx, s.Tenant, s.ada.ID, ""); return err })
		want(t, s.refresh(s.app, b.Text("refresh_token")), 400, "invalid_grant")
		if s.alive(b.Text("access_token")) {
			t.Error("the access token lives on")
		}
	})
}
