package scenario

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

var offline = url.Values{"scope": {"openid offline_access"}, "prompt": {"consent"}}

func signIn(t *testing.T, c rig.Client, p *rig.Person, further url.Values) rig.Tokens {
	t.Helper()
	tokens, err := c.SignIn(t.Context(), p, further)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// OP10: a replay is a replay after a restart too. (TestTwoNodesAreOne shows it for another node.)
func TestOP10_ReplayAfterRestart(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann, web := person(t, s, "ann"), client(t, s, "web", "https://rp.example/cb")
		ctx := t.Context()
		a := web.Attempt(offline)
		answer, err := ann.Authorize(ctx, a.URL, web.RedirectURI)
		if err != nil {
			t.Fatal(err)
		}
		first, err := web.Redeem(ctx, a, answer)
		if err != nil || first.Status != http.StatusOK {
			t.Fatalf("%+v %v", first, err)
		}
		current := first
		for range 2 {
			if current, err = web.Renew(ctx, current.Refresh); err != nil || current.Status != http.StatusOK {
				t.Fatalf("%+v %v", current, err)
			}
		}
		s.Kill()
		if _, err := s.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := web.Renew(ctx, first.Refresh); err != nil || got.Error != "invalid_grant" {
			t.Errorf("an old refresh token after the restart: %+v %v", got, err)
		}
		if got, err := web.Redeem(ctx, a, answer); err != nil || got.Error != "invalid_grant" {
			t.Errorf("the code after the restart: %+v %v", got, err)
		}
	})
}

// CG27: taking back at each level kills, within a second, what is below it.
func TestCG27_EachLevelAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		for level, end := range map[string]func(t *testing.T, c rig.Client, who string, tokens rig.Tokens) error{
			"family": func(t *testing.T, c rig.Client, _ string, tokens rig.Tokens) error {
				_, _, err := c.Post(t.Context(), "/oauth/revoke", url.Values{"token": {tokens.Refresh}})
				return err
			},
			"client disabled": func(t *testing.T, c rig.Client, _ string, _ rig.Tokens) error {
				return s.Command(t.Context(), nil, "client", "disable", c.ID)
			},
			"account disabled": func(t *testing.T, _ rig.Client, who string, _ rig.Tokens) error {
				return s.Command(t.Context(), nil, "account", "disable", who)
			},
			"account deleted": func(t *testing.T, _ rig.Client, who string, _ rig.Tokens) error {
				return s.Command(t.Context(), nil, "account", "delete", who)
			},
		} {
			t.Run(level, func(t *testing.T) {
				who := "p" + strings.ToLower(rand.Text()[:8])
				p, c := person(t, s, who), client(t, s, "web "+who, "https://rp.example/cb")
				tokens := signIn(t, c, p, offline)
				if status, _, err := c.Userinfo(t.Context(), tokens.Access); err != nil || status != http.StatusOK {
					t.Fatalf("before: %d %v", status, err)
				}
				if err := end(t, c, who, tokens); err != nil {
					t.Fatal(err)
				}
				within(t, time.Second, "userinfo refuses the token", func(ctx context.Context) (bool, error) {
					status, _, err := c.Userinfo(ctx, tokens.Access)
					return status == http.StatusUnauthorized, err
				})
				if got, err := c.Renew(t.Context(), tokens.Refresh); err != nil || got.Status == http.StatusOK {
					t.Errorf("the refresh token afterwards: %+v %v", got, err)
				}
			})
		}
	})
}

// CG24: a hint that was forged ends no session: not one with another signature, not one without.
func TestCG24_ForgedHintEndsNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann := person(t, s, "ann")
		web := client(t, s, "web", "https://rp.example/cb", "--post-logout-uri", "https://rp.example/out")
		tokens := signIn(t, web, ann, nil)
		parts := strings.Split(tokens.ID, ".")
		encode := base64.RawURLEncoding.EncodeToString
		for name, hint := range map[string]string{
			"other signature": parts[0] + "." + parts[1] + "." + encode([]byte(strings.Repeat("x", 256))),
			"alg none":        encode([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".",
			"access token":    tokens.Access,
		} {
			q := url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {"https://rp.example/out"}, "client_id": {web.ID}}
			page, err := ann.Get(t.Context(), s.URL+"/oauth/logout?"+q.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if to := page.Location(); to != nil && to.Host == "rp.example" {
				t.Errorf("%s: redirected to %s", name, to)
			}
			silent := web.Attempt(url.Values{"prompt": {"none"}})
			answer, err := ann.Authorize(t.Context(), silent.URL, web.RedirectURI)
			if err != nil || answer.Get("code") == "" {
				t.Errorf("%s: the session is over: %v %v", name, answer, err)
			}
		}
	})
}

// AU16: what was proved before does not satisfy a request for a fresh or a stronger sign-in.
func TestAU16_OldOrWeakSignIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann, web := person(t, s, "ann"), client(t, s, "web", "https://rp.example/cb")
		signIn(t, web, ann, nil)
		for name, further := range map[string]url.Values{
			"max_age=0":     {"prompt": {"none"}, "max_age": {"0"}},
			"essential acr": {"prompt": {"none"}, "claims": {`{"id_token":{"acr":{"essential":true,"values":["urn:example:stronger"]}}}`}},
		} {
			a := web.Attempt(further)
			answer, err := ann.Authorize(t.Context(), a.URL, web.RedirectURI)
			if err != nil || answer.Get("code") != "" || answer.Get("error") == "" {
				t.Errorf("%s: %v %v", name, answer, err)
			}
		}
		page, err := ann.Follow(t.Context(), web.Attempt(url.Values{"prompt": {"login"}}).URL, web.RedirectURI)
		if err != nil {
			t.Fatal(err)
		}
		asks := false
		for _, f := range page.Forms() {
			asks = asks || f.Fields.Has("password")
		}
		if !asks {
			t.Errorf("prompt=login shows %s without asking for the password", page.URL)
		}
	})
}

// CG32: a request object is refused with the standard's error, never ignored.
func TestCG32_RequestObjectsAreRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		web := client(t, s, "web", "https://rp.example/cb")
		object := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"scope":"openid offline_access","client_id":"`+web.ID+`"}`)) + "."
		for parameter, value := range map[string]string{"request": object, "request_uri": "https://rp.example/object"} {
			page, err := rig.NewAgent().Get(t.Context(), web.Attempt(url.Values{parameter: {value}}).URL)
			if err != nil {
				t.Fatal(err)
			}
			to := page.Location()
			if to == nil || to.Query().Get("error") != parameter+"_not_supported" {
				t.Errorf("%s: %d %v", parameter, page.Status, to)
			}
		}
	})
}

// AU30: no cache keeps an answer that is somebody's: pages of a flow, of the account, tokens.
func TestAU30_PersonalAnswersAreNotStored(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann, web := person(t, s, "ann"), client(t, s, "web", "https://rp.example/cb")
		ann.Seen = func(p *rig.Page) {
			if control := p.Header.Get("Cache-Control"); !strings.Contains(control, "no-store") {
				t.Errorf("%s (%d): Cache-Control is %q", p.URL.Path, p.Status, control)
			}
		}
		tokens := signIn(t, web, ann, offline)
		for _, path := range []string{"/account", "/account/profile", "/account/password", "/account/sessions", "/account/apps"} {
			page, err := ann.Get(t.Context(), s.URL+path)
			if err != nil || page.Status != http.StatusOK {
				t.Errorf("%s: %v %v", path, page, err)
			}
		}
		direct := rig.NewAgent()
		direct.Seen = ann.Seen
		direct.Headers.Set("Authorization", "Bearer "+tokens.Access)
		if _, err := direct.Get(t.Context(), s.URL+"/oauth/userinfo"); err != nil {
			t.Fatal(err)
		}
		direct.Headers.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(web.ID+":"+web.Secret)))
		for path, form := range map[string]url.Values{
			"/oauth/token":      {"grant_type": {"refresh_token"}, "refresh_token": {tokens.Refresh}},
			"/oauth/introspect": {"token": {tokens.Access}},
		} {
			if _, err := direct.Post(t.Context(), s.URL+path, form); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// OP11: under load nobody gets the answer of somebody else.
func TestOP11_AnswersDoNotMix(t *testing.T) {
	const crowd, rounds = 12, 60
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, append(args, "--log-level", "error")...)
		web := client(t, s, "web", "https://rp.example/cb")
		var group sync.WaitGroup
		wrong := make(chan error, crowd)
		for i := range crowd {
			p := person(t, s, fmt.Sprintf("person-%d", i))
			first := signIn(t, web, p, url.Values{"scope": {"openid profile offline_access"}, "prompt": {"consent"}})
			group.Go(func() { wrong <- alone(t.Context(), web, p.Username, first, rounds) })
		}
		group.Wait()
		close(wrong)
		for err := range wrong {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// alone asks who it is and renews its tokens, over and over.
func alone(ctx context.Context, c rig.Client, username string, tokens rig.Tokens, rounds int) error {
	for range rounds {
		status, body, err := c.Userinfo(ctx, tokens.Access)
		if err != nil {
			return err
		}
		var claims struct {
			Username string `json:"preferred_username"`
		}
		if err := json.Unmarshal(body, &claims); err != nil || status != http.StatusOK || claims.Username != username {
			return fmt.Errorf("%s was told %d %s", username, status, body)
		}
		if tokens, err = c.Renew(ctx, tokens.Refresh); err != nil || tokens.Status != http.StatusOK {
			return fmt.Errorf("%s could not renew: %+v %w", username, tokens, err)
		}
	}
	return nil
}
