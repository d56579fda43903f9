package interop

import (
	"context"
	"crypto/rand"
	"net/url"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/cardea-iam/cardea/test/rig"
)

// go-oidc and x/oauth2, which most relying parties in Go are made of.
func TestGoOIDC(t *testing.T) {
	eachDatabase(t, func(t *testing.T, g given) {
		ctx := t.Context()
		provider, err := oidc.NewProvider(ctx, g.Issuer)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("confidential", func(t *testing.T) { goFlow(t, ctx, provider, g, g.Confidential) })
		t.Run("public", func(t *testing.T) { goFlow(t, ctx, provider, g, g.Public) })
		t.Run("signed userinfo", func(t *testing.T) {
			token := goFlow(t, ctx, provider, g, g.Signed)
			info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
			if err != nil {
				t.Fatal(err)
			}
			if info.Subject != g.Person.ID {
				t.Errorf("userinfo is about %q", info.Subject)
			}
		})
		t.Run("client credentials", func(t *testing.T) {
			config := clientcredentials.Config{
				ClientID: g.Job.ID, ClientSecret: g.Job.Secret, TokenURL: provider.Endpoint().TokenURL,
				Scopes: []string{"read"}, EndpointParams: url.Values{"resource": {g.Resource}}, AuthStyle: oauth2.AuthStyleInHeader,
			}
			token, err := config.Token(ctx)
			if err != nil {
				t.Fatal(err)
			}
			verifier := provider.Verifier(&oidc.Config{ClientID: g.Resource, SupportedSigningAlgs: []string{oidc.ES256}})
			claims, err := verifier.Verify(ctx, token.AccessToken)
			if err != nil {
				t.Fatal(err)
			}
			if claims.Subject != g.Job.ID {
				t.Errorf("the token is about %q", claims.Subject)
			}
		})
	})
}

// goFlow signs in, checks the ID token, asks userinfo and refreshes.
func goFlow(t *testing.T, ctx context.Context, provider *oidc.Provider, g given, c rig.Client) *oauth2.Token {
	t.Helper()
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if c.Secret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	config := &oauth2.Config{
		ClientID: c.ID, ClientSecret: c.Secret, Endpoint: endpoint, RedirectURL: redirectURI,
		Scopes: []string{oidc.ScopeOpenID, "profile", oidc.ScopeOfflineAccess},
	}
	verifier, state, nonce := oauth2.GenerateVerifier(), rand.Text(), rand.Text()
	request := config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("prompt", "consent"))
	person := &rig.Person{Agent: rig.NewAgent(), Username: g.Person.Username, Password: g.Person.Password}
	answer, err := person.Authorize(ctx, request, redirectURI)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Get("state") != state || answer.Get("iss") != g.Issuer {
		t.Fatalf("the answer is %v", answer)
	}
	token, err := config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		t.Fatal("no ID token came")
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: c.ID}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if id.Nonce != nonce || id.Subject != g.Person.ID {
		t.Errorf("the ID token is %+v", id)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		t.Errorf("at_hash: %v", err)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Username string `json:"preferred_username"`
	}
	if err := info.Claims(&claims); err != nil || claims.Username != g.Person.Username {
		t.Errorf("userinfo says %+v (%v)", claims, err)
	}
	next, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	if next.AccessToken == token.AccessToken || next.RefreshToken == token.RefreshToken {
		t.Error("the refresh gave the same tokens again")
	}
	return next
}
