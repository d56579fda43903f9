package token_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest"
	"github.com/cardea-iam/cardea/internal/resource"
)

func TestCodeFlow(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.redeem(s.app, s.code())
		want(t, a, 200, "")
		if a.Text("token_type") != "Bearer" || a.JSON["expires_in"] != 600.0 || a.Text("scope") != "openid email read:events write:events" {
			t.Errorf("answer: %s", a.Body)
		}
		access := s.Verify("at+jwt", Calendar, a.Text("access_token"))
		for name, value := range map[string]any{
			"sub": string(s.ada.ID), "client_id": string(s.app.ID), "scope": "read:events write:events", "aud": Calendar, "acr": "aal1",
			"iss": s.URL,
		} {
			if !reflect.DeepEqual(access[name], value) {
				t.Errorf("access token's %s: %v, want %v", name, access[name], value)
			}
		}
		idToken := s.Verify("JWT", string(s.app.ID), a.Text("id_token"))
		for name, value := range map[string]any{
			"sub": string(s.ada.ID), "nonce": "n-0S6_WzA2Mj", "acr": "aal1", "sid": string(s.ada.Session), "amr": []any{"pwd"},
			"auth_time": float64(s.Clock.Now().Unix() - 60),
		} {
			if !reflect.DeepEqual(idToken[name], value) {
				t.Errorf("ID token's %s: %v, want %v", name, idToken[name], value)
			}
		}
		if log := strings.Join(s.Events(), "\n"); !strings.Contains(log, `token.redeem done {"token":"tok_`) || strings.Contains(log, a.Text("refresh_token")) {
			t.Errorf("log:\n%s", log)
		}

		b := s.refresh(s.app, a.Text("refresh_token"))
		want(t, b, 200, "")
		again := s.Verify("JWT", string(s.app.ID), b.Text("id_token"))
		// OpenID Connect Core 1.0 §12.2: same iss, sub, aud and auth_time, no nonce
		for _, name := range []string{"iss", "sub", "aud", "auth_time", "acr", "sid"} {
			if !reflect.DeepEqual(again[name], idToken[name]) {
				t.Errorf("refreshed ID token's %s: %v, before %v", name, again[name], idToken[name])
			}
		}
		if _, there := again["nonce"]; there {
			t.Error("the refreshed ID token has a nonce")
		}
		if b.Text("scope") != a.Text("scope") || b.Text("refresh_token") == a.Text("refresh_token") || b.Text("access_token") == a.Text("access_token") {
			t.Errorf("refreshed: %s", b.Body)
		}
	})
}

func TestTokenForTheIssuerItself(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.redeem(s.app, s.Code(s.Authorization(s.ada, s.app, "openid email")))
		want(t, a, 200, "")
		if got := s.Verify("at+jwt", s.URL, a.Text("access_token")); got["scope"] != "openid email" {
			t.Errorf("scope %v", got["scope"])
		}
		// A grant for an API reaches userinfo too, with a token of its own.
		b := s.redeem(s.app, s.code(), "resource", s.URL)
		want(t, b, 200, "")
		if got := s.Verify("at+jwt", s.URL, b.Text("access_token")); got["scope"] != "openid email" || b.Text("scope") != "openid email" {
			t.Errorf("scope %v, reported %q", got["scope"], b.Text("scope"))
		}
		// Without openid it does not.
		want(t, s.redeem(s.app, s.Code(s.Authorization(s.ada, s.app, "read:events", Calendar)), "resource", s.URL), 400, "invalid_target")
	})
}

func TestNoIDTokenWithoutOpenID(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.redeem(s.app, s.Code(s.Authorization(s.ada, s.app, "read:events", Calendar)))
		want(t, a, 200, "")
		if _, there := a.JSON["id_token"]; there {
			t.Error("an ID token without openid")
		}
		c := s.Authorization(s.ada, s.app, "read:events", Calendar)
		c.WithRefresh = false
		b := s.redeem(s.app, s.Code(c))
		want(t, b, 200, "")
		if _, there := b.JSON["refresh_token"]; there {
			t.Error("a refresh token that was not granted")
		}
	})
}

func TestClaimsParameterReachesIDToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		c := s.Authorization(s.ada, s.app, "openid")
		var err error
		if c.Terms.Claims, err = oauth.ParseClaims(`{"id_token":{"email":{"essential":true},"name":null}}`); err != nil {
			t.Fatal(err)
		}
		a := s.redeem(s.app, s.Code(c))
		want(t, a, 200, "")
		if got := s.Verify("JWT", string(s.app.ID), a.Text("id_token")); got["email"] != "ada@example.com" || got["name"] != "Ada ada" || got["given_name"] != nil {
			t.Errorf("claims: %v", got)
		}
	})
}

func TestClientCredentials(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		a := s.ask(s.app)
		want(t, a, 200, "")
		got := s.Verify("at+jwt", Calendar, a.Text("access_token"))
		if got["sub"] != string(s.app.ID) || got["scope"] != "read:events write:events" || got["client_id"] != string(s.app.ID) {
			t.Errorf("claims: %v", got)
		}
		// RFC 6749 §4.4.3: no refresh token
		if a.Text("refresh_token") != "" || a.Text("id_token") != "" {
			t.Errorf("answer: %s", a.Body)
		}
		if b := s.ask(s.app, "scope", "read:events", "resource", Calendar); b.Text("scope") != "read:events" {
			t.Errorf("answer: %s", b.Body)
		}
		plain := s.MakeClient(func(c *client.Client) {
			c.Grants, c.Scopes, c.RedirectURIs = []oauth.GrantType{oauth.GrantClientCredentials}, oauth.ScopeSet{}, nil
		})
		c := s.ask(plain)
		want(t, c, 200, "")
		if got := s.Verify("at+jwt", s.URL, c.Text("access_token")); got["scope"] != nil {
			t.Errorf("claims: %v", got)
		}
	})
}

func TestOpaqueToken(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.MakeAPI(Tasks, "tasks", func(r *resource.Resource) { r.Format = resource.Opaque })
		app := s.MakeClient(func(c *client.Client) { c.Resources = []oauth.Resource{Tasks} })
		a := s.ask(app)
		want(t, a, 200, "")
		if text := a.Text("access_token"); !strings.HasPrefix(text, "cdr_at_") {
			t.Fatalf("token %q", text)
		}
		found, err := s.Mint.Assay(t.Context(), s.Issuer(), a.Text("access_token"))
		if err != nil || !found.For(Tasks) || !found.Scopes.Equal(oauth.Scopes("read:tasks")) {
			t.Fatalf("%+v %v", found, err)
		}
	})
}

func TestTenantsAreApart(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		code, other := s.code(), s.At(Acme)
		// CG03: the same client's credentials and code at another tenant
		want(t, other.Post(path, By(s.app), Form("grant_type", "authorization_code", "code", code, "code_verifier", Verifier)), 401, "invalid_client")
		twin := other.MakeClient(nil)
		want(t, other.Post(path, By(twin), Form("grant_type", "authorization_code", "code", code, "code_verifier", Verifier)), 400, "invalid_grant")
		a := s.redeem(s.app, code)
		want(t, a, 200, "")
		want(t, other.Post(path, By(twin), Form("grant_type", "refresh_token", "refresh_token", a.Text("refresh_token"))), 400, "invalid_grant")
		b := other.Post(path, By(twin), Form("grant_type", "client_credentials"))
		want(t, b, 200, "")
		if got := other.Verify("at+jwt", other.Issuer().URL, b.Text("access_token")); got["iss"] != s.URL+"/t/acme" {
			t.Errorf("iss %v", got["iss"])
		}
	})
}

func TestO7_ImplicitAndPasswordGrantsDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, kind := range []string{"password", "implicit", "token", "urn:ietf:params:oauth:grant-type:jwt-bearer", "authorization_code ", "Refresh_Token", "code"} {
			want(t, s.Post(path, By(s.app), Form("grant_type", kind, "username", "ada", "password", "x")), 400, "unsupported_grant_type")
		}
		want(t, s.Post(path, By(s.app), Form()), 400, "invalid_request")
		want(t, s.Post(path, By(s.app), Form("grant_type", "")), 400, "invalid_request")
	})
}

func TestGrantTypeMustBeRegistered(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		job := s.MakeClient(func(c *client.Client) { c.Grants = []oauth.GrantType{oauth.GrantClientCredentials} })
		want(t, s.redeem(job, s.code()), 400, "unauthorized_client")
		web := s.MakeClient(func(c *client.Client) { c.Grants = []oauth.GrantType{oauth.GrantAuthorizationCode} })
		want(t, s.ask(web), 400, "unauthorized_client")
		a := s.redeem(web, s.Code(s.Authorization(s.ada, web, "openid")))
		want(t, a, 200, "")
		if a.Text("refresh_token") != "" {
			t.Error("a refresh token for a client that may not use one")
		}
	})
}

func TestO21_EachParameterOnce(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, name := range []string{"grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "refresh_token", "scope", "unknown"} {
			form := Form("grant_type", "authorization_code", "code", "x", "redirect_uri", Redirect, "code_verifier", Verifier, "scope", "openid", name, "twice")
			form.Add(name, "twice")
			want(t, s.Post(path, By(s.app), form), 400, "invalid_request")
		}
		// RFC 8707 §2: resource may repeat, and then names more than one token can be for
		form := Form("grant_type", "client_credentials", "resource", Calendar, "resource", Tasks)
		want(t, s.Post(path, By(s.app), form), 400, "invalid_target")
	})
}

func TestAU11_EmptyAndOddInput(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		send := func(contentType, body string) Answer {
			r, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth(string(s.app.ID), s.app.Secret)
			if contentType != "" {
				r.Header.Set("Content-Type", contentType)
			}
			return s.Send(r)
		}
		const form = "application/x-www-form-urlencoded"
		for _, c := range []struct{ contentType, body, code string }{
			{form, "", "invalid_request"},
			{"", "grant_type=client_credentials", "invalid_request"},
			{"application/json", `{"grant_type":"client_credentials"}`, "invalid_request"},
			{"multipart/form-data; boundary=x", "--x--", "invalid_request"},
			{form + "; charset=latin1", "grant_type=client_credentials", "invalid_request"},
			{form, "grant_type=%zz", "invalid_request"},
			{form, "grant_type=client_credentials&x=%ff", "invalid_request"},
			{form, "grant_type=client_credentials&x=%00", "invalid_request"},
			{form, "grant_type=client_credentials;scope=x", "invalid_request"},
			{form, "grant_type=client_credentials&scope=a%20%20b", "invalid_scope"},
			{form, "grant_type=client_credentials&scope=%22", "invalid_scope"},
			{form, "grant_type=client_credentials&resource=%20", "invalid_target"},
			{form, "grant_type=authorization_code", "invalid_request"},
			{form, "grant_type=authorization_code&code=", "invalid_request"},
			{form, "grant_type=refresh_token&refresh_token=", "invalid_request"},
			{form, "grant_type=refresh_token&refresh_token=null", "invalid_grant"},
			{form, strings.Repeat("a=1&", 200) + "grant_type=client_credentials", "invalid_request"},
		} {
			if a := send(c.contentType, c.body); a.Status != 400 || a.Error() != c.code {
				t.Errorf("%s %.60q: %d %s", c.contentType, c.body, a.Status, a.Body)
			}
		}
		if a := send(form, "grant_type=client_credentials&pad="+strings.Repeat("x", 70_000)); a.Status != 413 {
			t.Errorf("a large body: %d", a.Status)
		}
		// Parameters in the query count for nothing.
		if a := s.Post(path+"?"+url.Values{"grant_type": {"client_credentials"}}.Encode(), By(s.app), nil); a.Error() != "invalid_request" {
			t.Errorf("grant_type in the query: %s", a.Body)
		}
		if a := s.Get(path, nil); a.Status != 405 {
			t.Errorf("GET: %d", a.Status)
		}
	})
}

func TestO15_CORSWithoutCredentials(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		r, err := http.NewRequest(http.MethodOptions, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://spa.example")
		r.Header.Set("Access-Control-Request-Method", "POST")
		a := s.Send(r)
		if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Credentials") != "" || a.Header.Get("Access-Control-Allow-Methods") != "POST" {
			t.Errorf("preflight: %v", a.Header)
		}
	})
}
