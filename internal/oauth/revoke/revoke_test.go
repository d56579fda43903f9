package revoke_test

import (
	"strings"
	"sync"
	"testing"

	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest" //nolint:revive // the tests' own language
	"github.com/cardea-iam/cardea/internal/oauth/revoke"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/web"
)

const path = "/oauth/revoke"

type scene struct {
	*World
	ada    Person
	app    App
	tokens Tokens // for the issuer itself
	opaque Tokens
}

func each(t *testing.T, fn func(t *testing.T, s *scene)) {
	Each(t, func(w *World) []web.Route { return revoke.New(w.Guard, w.Root, w.Mint, w.Auth).Routes() }, func(t *testing.T, w *World) {
		s := &scene{World: w, ada: w.MakePerson("ada"), app: w.MakeClient(nil)}
		s.tokens = w.Tokens(s.app, w.Authorization(s.ada, s.app, "openid"), resource.Resource{})
		api := w.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format = resource.Opaque })
		s.opaque = w.Tokens(s.app, w.Authorization(s.ada, s.app, "read:tasks", Tasks), api)
		fn(t, s)
	})
}

func (s *scene) revoke(c App, token string, more ...string) Answer {
	return s.Post(path, By(c), Form(append([]string{"token", token}, more...)...))
}

func (s *scene) alive(token string) bool {
	_, err := s.Mint.Assay(s.TB.Context(), s.Issuer(), token)
	return err == nil
}

func gone(t *testing.T, a Answer) {
	t.Helper()
	if a.Status != 200 || a.Body != "" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func TestRefreshTokenTakesItsGrantAlong(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		gone(t, s.revoke(s.app, s.tokens.Refresh, "token_type_hint", "access_token"))
		if s.alive(s.tokens.Access) || !s.alive(s.opaque.Access) {
			t.Error("not exactly the grant of the token ended")
		}
		gone(t, s.revoke(s.app, s.tokens.Refresh))
		if log := strings.Join(s.Events(), "\n"); !strings.Contains(log, `token.revoke done {"kind":"refresh_token","grant":"`+string(s.tokens.Grant)) {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestAccessTokenGoesAlone(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		again := s.Tokens(s.app, s.Authorization(s.ada, s.app, "openid"), resource.Resource{})
		for _, token := range []string{s.tokens.Access, s.opaque.Access} {
			gone(t, s.revoke(s.app, token))
			if s.alive(token) {
				t.Errorf("%.20s… lives", token)
			}
			gone(t, s.revoke(s.app, token)) // RFC 7009 §2.2: no error for what is gone
		}
		if !s.alive(again.Access) {
			t.Error("another token ended too")
		}
		var revoked int
		for _, e := range s.Events() {
			if strings.HasPrefix(e, "token.revoke done") {
				revoked++
			}
		}
		if revoked != 2 {
			t.Errorf("%d revocations in the log, want 2", revoked)
		}
	})
}

func TestUnknownTokensAreFine(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, token := range []string{"x", "null", secret.AccessToken.Mint().Reveal(), s.tokens.ID, s.app.Secret, s.tokens.Access + "A",
			s.tokens.Refresh[:30], strings.Repeat("x", 20_000), s.Code(s.Authorization(s.ada, s.app, "openid"))} {
			gone(t, s.revoke(s.app, token))
			gone(t, s.revoke(s.app, token, "token_type_hint", "unheard_of"))
		}
		if !s.alive(s.tokens.Access) || !s.alive(s.opaque.Access) {
			t.Error("a good token ended")
		}
	})
}

func TestCG12_OthersTokensStay(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, c := range []App{s.MakeClient(Public), s.MakeClient(nil)} {
			for _, token := range []string{s.tokens.Access, s.tokens.Refresh, s.opaque.Access} {
				if a := s.revoke(c, token); a.Status != 401 || a.Error() != "invalid_client" {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			}
		}
		wrong := s.app
		wrong.Secret = secret.ClientSecret.Mint().Reveal()
		if a := s.revoke(wrong, s.tokens.Refresh); a.Status != 401 {
			t.Errorf("%d %s", a.Status, a.Body)
		}
		other := s.At(Acme)
		gone(t, other.Post(path, By(other.MakeClient(nil)), Form("token", s.tokens.Refresh)))
		if !s.alive(s.tokens.Access) || !s.alive(s.opaque.Access) {
			t.Error("somebody else ended a token")
		}
	})
}

func TestPublicClientRevokesItsOwn(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		public := s.MakeClient(Public)
		tokens := s.Tokens(public, s.Authorization(s.ada, public, "openid"), resource.Resource{})
		gone(t, s.revoke(public, tokens.Refresh))
		if s.alive(tokens.Access) {
			t.Error("the grant lives")
		}
	})
}

// When the database fails the client is told to try again, and nothing is half done.
func TestCG09_StorageErrorIsNoSuccess(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for table, token := range map[string]string{"issued_grant": s.tokens.Refresh, "opaque_token": s.opaque.Access, "event": s.tokens.Access} {
			s.Exec("ALTER TABLE " + table + " RENAME TO away")
			a := s.revoke(s.app, token)
			if a.Status != 503 || a.Error() != "temporarily_unavailable" || a.Header.Get("Retry-After") == "" || strings.Contains(a.Body, table) {
				t.Errorf("%s: %d %s", table, a.Status, a.Body)
			}
			s.Exec("ALTER TABLE away RENAME TO " + table)
			if !s.alive(s.tokens.Access) {
				t.Fatalf("%s: the token ended although the answer says that it did not", table)
			}
		}
		gone(t, s.revoke(s.app, s.tokens.Refresh))
		if s.alive(s.tokens.Access) {
			t.Error("the retry did not revoke")
		}
	})
}

func TestRaceOfRevocations(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				if a := s.revoke(s.app, []string{s.tokens.Refresh, s.tokens.Access, s.opaque.Access}[i%3]); a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		all.Wait()
		if s.alive(s.tokens.Access) || s.alive(s.opaque.Access) {
			t.Error("a token lives")
		}
	})
}

func TestO21_EachParameterOnce(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, name := range []string{"token", "token_type_hint", "client_id", "x"} {
			form := Form("token", s.tokens.Access, "token_type_hint", "access_token", name, "a", name, "b")
			if a := s.Post(path, By(s.app), form); a.Status != 400 || a.Error() != "invalid_request" {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		if a := s.Post(path, By(s.app), Form()); a.Status != 400 || a.Error() != "invalid_request" {
			t.Errorf("no token: %d %s", a.Status, a.Body)
		}
		if !s.alive(s.tokens.Access) {
			t.Error("the token ended")
		}
		if a := s.Get(path+"?token="+s.tokens.Access, By(s.app)); a.Status != 405 {
			t.Errorf("GET: %d", a.Status)
		}
	})
}
