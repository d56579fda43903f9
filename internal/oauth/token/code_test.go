package token_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// alive reports whether an access token counts.
func (s *scene) alive(token string) bool {
	_, err := s.Mint.Assay(context.Background(), s.Issuer(), token)
	return err == nil
}

func TestCG01_CG02_OtherKindsAreNoCodes(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		kinds := []secret.Kind{secret.AccessToken, secret.RefreshToken, secret.ClientSecret, secret.SessionCookie,
			secret.InteractionCookie, secret.DeviceCookie, secret.SetupLink, secret.APIToken}
		payload, err := json.Marshal(s.Authorization(s.ada, s.app, "openid"))
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range kinds {
			value := kind.Mint()
			s.Write(func(tx *store.Tx) error {
				return issued.Put(tx, s.Tenant, kind, s.Root.Digest(kind, value), string(payload), tx.Now().Add(time.Hour))
			})
			want(t, s.redeem(s.app, value.Reveal()), 400, "invalid_grant")
		}
		// The row of another kind under the very digest of a code.
		code := secret.AuthorizationCode.Mint()
		for _, kind := range kinds {
			s.Write(func(tx *store.Tx) error {
				return issued.Put(tx, s.Tenant, kind, s.Root.Digest(secret.AuthorizationCode, code), string(payload), tx.Now().Add(time.Hour))
			})
		}
		want(t, s.redeem(s.app, code.Reveal()), 400, "invalid_grant")
	})
}

func TestCG03_CodeIsBoundToItsClient(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		other := s.MakeClient(func(c *client.Client) { c.Resources = s.app.Resources })
		public := s.MakeClient(Public)
		code := s.code()
		want(t, s.redeem(other, code), 400, "invalid_grant")
		want(t, s.redeem(public, code), 400, "invalid_grant")
		wrong := s.app
		wrong.Secret = other.Secret
		want(t, s.redeem(wrong, code), 401, "invalid_client")
		want(t, s.redeem(s.app, code, "client_id", string(other.ID)), 400, "invalid_request")
		// None of this has burned the code.
		want(t, s.redeem(s.app, code), 200, "")
	})
}

func TestCG03_CodeIsBoundToItsRedirectURI(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, uri := range []string{Redirect + "/", Redirect + "?x=1", "https://evil.example/cb", strings.ToUpper(Redirect)} {
			code := s.code()
			want(t, s.redeem(s.app, code, "redirect_uri", uri), 400, "invalid_grant")
			want(t, s.redeem(s.app, code), 400, "invalid_grant") // burned
		}
	})
}

// An OAuth 2.1 client sends no redirect_uri to the token endpoint, an OAuth 2.0 client does.
func TestO6_RedirectURIAtTheTokenEndpoint(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		want(t, s.redeem(s.app, s.code(), "redirect_uri", ""), 200, "")
		want(t, s.redeem(s.app, s.code(), "redirect_uri", Redirect), 200, "")
		unsent := s.Authorization(s.ada, s.app, "openid")
		unsent.RedirectSent = false
		want(t, s.redeem(s.app, s.Code(unsent), "redirect_uri", Redirect), 200, "")
		want(t, s.redeem(s.app, s.Code(unsent), "redirect_uri", "https://evil.example/cb"), 400, "invalid_grant")
		// Without PKCE nothing else binds the code: then it is required.
		old := s.MakeClient(func(c *client.Client) { c.PKCEOptional = true })
		plain := s.Authorization(s.ada, old, "openid")
		plain.Challenge = oauth.CodeChallenge{}
		want(t, s.redeem(old, s.Code(plain), "code_verifier", "", "redirect_uri", ""), 400, "invalid_grant")
		want(t, s.redeem(old, s.Code(plain), "code_verifier", ""), 200, "")
	})
}

func TestCG04_CodeCannotBeRetargeted(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		eve := s.MakePerson("eve")
		for name, change := range map[string]func(c *issued.Code){
			"account":       func(c *issued.Code) { c.Account = eve.ID },
			"session":       func(c *issued.Code) { c.Session = string(eve.Session) },
			"no session":    func(c *issued.Code) { c.Session = "" },
			"epoch":         func(c *issued.Code) { c.Epoch++ },
			"older epoch":   func(c *issued.Code) { c.Epoch-- },
			"client":        func(c *issued.Code) { c.Client = s.MakeClient(nil).ID },
			"redirect URI":  func(c *issued.Code) { c.RedirectURI = "https://evil.example/cb" },
			"challenge":     func(c *issued.Code) { c.Challenge = oauth.CodeChallenge{} },
			"ghost account": func(c *issued.Code) { c.Account = "acc_00000000000000000000000000" },
		} {
			c := s.Authorization(s.ada, s.app, "openid")
			change(&c)
			if a := s.redeem(s.app, s.Code(c)); a.Status != 400 || a.Error() != "invalid_grant" {
				t.Errorf("%s changed: %d %s", name, a.Status, a.Body)
			}
		}
		foreign := s.At(Acme).Code(s.Authorization(s.ada, s.app, "openid"))
		want(t, s.redeem(s.app, foreign), 400, "invalid_grant")
	})
}

func TestCG05_ValidReplayRevokesTheFamily(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code := s.code()
		a := s.redeem(s.app, code)
		want(t, a, 200, "")
		s.Clock.Advance(time.Hour) // also long after the code has expired
		b := s.refresh(s.app, a.Text("refresh_token"))
		want(t, b, 200, "")
		want(t, s.redeem(s.app, code), 400, "invalid_grant")
		if s.alive(b.Text("access_token")) {
			t.Error("the access token outlives the replay")
		}
		want(t, s.refresh(s.app, b.Text("refresh_token")), 400, "invalid_grant")
		if log := strings.Join(s.Events(), "\n"); !strings.Contains(log, `"revoked":"gra_`) {
			t.Errorf("the log does not say what the replay ended:\n%s", log)
		}
	})
}

func TestCG05_InvalidReplayRevokesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code := s.code()
		a := s.redeem(s.app, code)
		want(t, a, 200, "")
		want(t, s.redeem(s.MakeClient(nil), code), 400, "invalid_grant")
		want(t, s.redeem(s.app, code, "code_verifier", strings.Repeat("x", 43)), 400, "invalid_grant")
		want(t, s.redeem(s.app, code, "code_verifier", ""), 400, "invalid_grant")
		want(t, s.redeem(s.app, code, "redirect_uri", "https://evil.example/cb"), 400, "invalid_grant")
		wrong := s.app
		wrong.Secret = secret.ClientSecret.Mint().Reveal()
		want(t, s.redeem(wrong, code), 401, "invalid_client")
		if !s.alive(a.Text("access_token")) {
			t.Error("a thief without the verifier could end the family")
		}
		want(t, s.refresh(s.app, a.Text("refresh_token")), 200, "")
	})
}

func TestCG05_ParallelRedemptions(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code := s.code()
		answers := make([]Answer, 200)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = s.redeem(s.app, code) })
		}
		all.Wait()
		won := 0
		for _, a := range answers {
			switch {
			case a.Status == 200:
				won++
			case a.Status != 400 || a.Error() != "invalid_grant":
				t.Errorf("%d %s", a.Status, a.Body)
			}
		}
		if won != 1 {
			t.Fatalf("%d of 200 redemptions won", won)
		}
	})
}

func TestCG06_PKCECannotBeStripped(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		public := s.MakeClient(Public)
		optional := s.MakeClient(func(c *client.Client) { c.PKCEOptional = true })
		for _, app := range []App{s.app, public, optional} {
			with, without := s.Authorization(s.ada, app, "openid"), s.Authorization(s.ada, app, "openid")
			without.Challenge = oauth.CodeChallenge{}
			want(t, s.redeem(app, s.Code(with), "code_verifier", ""), 400, "invalid_grant")
			want(t, s.redeem(app, s.Code(without)), 400, "invalid_grant") // a verifier, but no challenge
			a := s.redeem(app, s.Code(without), "code_verifier", "")
			if optional := app.PKCEOptional; (a.Status == 200) != optional {
				t.Errorf("no PKCE at all, optional=%v: %d %s", optional, a.Status, a.Body)
			}
			// "plain": the challenge itself is no verifier
			want(t, s.redeem(app, s.Code(with), "code_verifier", Challenge().String()), 400, "invalid_grant")
			want(t, s.redeem(app, s.Code(with)), 200, "")
		}
	})
}

func TestCG07_OneTryForTheVerifier(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, verifier := range []string{"x", strings.Repeat("x", 42), strings.Repeat("x", 43), strings.Repeat("x", 129),
			Verifier[:42] + "+", Verifier + " ", "é" + Verifier[2:], strings.ToUpper(Verifier)} {
			code := s.code()
			want(t, s.redeem(s.app, code, "code_verifier", verifier), 400, "invalid_grant")
			want(t, s.redeem(s.app, code), 400, "invalid_grant") // the right one comes too late
		}
	})
}

func TestO5_CodeExpires(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code := s.code()
		s.Clock.Advance(issued.CodeLifetime + time.Second)
		want(t, s.redeem(s.app, code), 400, "invalid_grant")
	})
}

// A withdrawal and a redemption at the same time: whichever comes first, no grant stands after it.
func TestCG10_WithdrawalRacesRedemption(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for range 20 {
			code := s.code()
			var all sync.WaitGroup
			var answer Answer
			all.Go(func() { answer = s.redeem(s.app, code) })
			all.Go(func() {
				err := s.Store.Write(context.Background(), s.Tenant, store.Serializable, func(tx *store.Tx) error {
					if _, err := consent.Delete(tx, s.Tenant, s.ada.ID, s.app.ID); err != nil {
						return err
					}
					_, err := issued.RevokeOf(tx, s.Tenant, s.ada.ID, s.app.ID)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			if answer.Status != 200 {
				want(t, answer, 400, "invalid_grant")
			} else if s.alive(answer.Text("access_token")) {
				t.Error("a grant outlived the withdrawal")
			}
		}
	})
}

func TestFirstPartyCodeNeedsNoConsent(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		app := s.MakeClient(func(c *client.Client) { c.FirstParty = true })
		code := s.Code(s.Authorization(s.ada, app, "openid email"))
		s.Exec("DELETE FROM consent")
		want(t, s.redeem(app, code), 200, "")
	})
}

func TestCG10_CodeOfSomebodyWhoLeft(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for name, change := range departures {
			t.Run(name, func(t *testing.T) {
				cast := s.recast(t, name)
				code := cast.code()
				change.do(cast)
				if a := cast.redeem(cast.app, code); a.Error() != change.atCode {
					t.Errorf("%d %s, want %s", a.Status, a.Body, change.atCode)
				}
			})
		}
	})
}
