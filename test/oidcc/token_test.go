package oidcc

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/test/rig"
)

// OpenID Connect Core 1.0 §15.1: a client that chose nothing gets RS256, with a kid of the JWKS.
func TestOIDCC_idtoken_signature(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		header := part(t, op.flow(t, op.web, nil).ID, 0)
		page, err := rig.NewAgent().Get(t.Context(), op.URL+"/oauth/jwks")
		if err != nil {
			t.Fatal(err)
		}
		var set struct {
			Keys []struct {
				KID string `json:"kid"`
				Alg string `json:"alg"`
			} `json:"keys"`
		}
		if err := json.Unmarshal(page.Body, &set); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, k := range set.Keys {
			found = found || k.KID == header["kid"] && k.Alg == "RS256"
		}
		if header["alg"] != "RS256" || !found {
			t.Errorf("the header is %v, the keys %+v", header, set)
		}
	})
}

// OpenID Connect Core 1.0 §2: alg none is not offered, and no client can be registered for it.
func TestOIDCC_idtoken_unsigned(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		page, err := rig.NewAgent().Get(t.Context(), op.URL+"/.well-known/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		var metadata struct {
			Algs []string `json:"id_token_signing_alg_values_supported"`
		}
		if err := json.Unmarshal(page.Body, &metadata); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(metadata.Algs, "none") || !slices.Contains(metadata.Algs, "RS256") {
			t.Errorf("the metadata offers %v", metadata.Algs)
		}
		if _, err := op.CreateClient(t.Context(), "unsigned", "--redirect-uri", redirectURI, "--id-token-alg", "none"); err == nil {
			t.Error("a client was registered for alg none")
		}
	})
}

// The happy flow with the secret in the body (RFC 6749 §2.3.1).
func TestOIDCC_server_client_secret_post(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		a, answer := op.answer(t, op.post, nil)
		bare := op.post
		bare.Secret = "" // no header; Post then names the client in the form
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "redirect_uri": {redirectURI},
			"code_verifier": {a.Verifier}, "client_secret": {op.post.Secret},
		}
		got, err := bare.Token(t.Context(), form)
		if err != nil {
			t.Fatal(err)
		}
		if got.Status != http.StatusOK || got.ID == "" {
			t.Fatalf("the code was refused: %+v", got)
		}
		if claims := part(t, got.ID, 1); claims["sub"] != op.account || claims["aud"] != op.post.ID {
			t.Errorf("the ID token says %v", claims)
		}
	})
}

// A second use at once is invalid_grant (RFC 6749 §4.1.2).
func TestOIDCC_codereuse(t *testing.T) {
	module(t, func(t *testing.T, op *provider) { reuse(t, op) })
}

// A later second use is refused, and the token of the first is revoked (RFC 6749 §4.1.2). The
// suite waits half a minute for it; nothing here depends on how long, so we do not.
func TestOIDCC_codereuse_30seconds(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		first := reuse(t, op)
		if status, body, err := op.web.Userinfo(t.Context(), first.Access); err != nil || status != http.StatusUnauthorized {
			t.Errorf("userinfo with the first token answered %d %s (%v)", status, body, err)
		}
	})
}

func reuse(t *testing.T, op *provider) rig.Tokens {
	t.Helper()
	a, answer := op.answer(t, op.web, nil)
	first, err := op.web.Redeem(t.Context(), a, answer)
	if err != nil || first.Status != http.StatusOK {
		t.Fatalf("the first use: %+v %v", first, err)
	}
	second, err := op.web.Redeem(t.Context(), a, answer)
	if err != nil || second.Status != http.StatusBadRequest || second.Error != "invalid_grant" {
		t.Errorf("the second use: %+v %v", second, err)
	}
	return first
}

// OpenID Connect Core 1.0 §12.2: a refresh works, keeps the ID token's iss, sub, aud and
// auth_time, has no other nonce, and is for the client alone.
func TestOIDCC_refresh_token(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		tokens := op.flow(t, op.web, url.Values{"scope": {"openid offline_access"}, "prompt": {"consent"}})
		if tokens.Refresh == "" {
			t.Fatal("no refresh token was issued")
		}
		stolen, err := op.second.Renew(t.Context(), tokens.Refresh)
		if err != nil || stolen.Error != "invalid_grant" {
			t.Errorf("another client: %+v %v", stolen, err)
		}
		next, err := op.web.Renew(t.Context(), tokens.Refresh)
		if err != nil || next.Status != http.StatusOK {
			t.Fatalf("the refresh: %+v %v", next, err)
		}
		if next.Access == tokens.Access || next.Refresh == tokens.Refresh {
			t.Error("the refresh gave the same tokens again")
		}
		before, after := part(t, tokens.ID, 1), part(t, next.ID, 1)
		for _, name := range []string{"iss", "sub", "aud", "auth_time"} {
			if before[name] != after[name] {
				t.Errorf("%s was %v and is %v", name, before[name], after[name])
			}
		}
		if nonce, present := after["nonce"]; present && nonce != before["nonce"] {
			t.Errorf("nonce was %v and is %v", before["nonce"], nonce)
		}
		op.ask(t, http.MethodGet, next.Access, nil)
	})
}

// display=page and display=popup are accepted and the sign-in page is shown (OpenID Connect Core
// 1.0 §3.1.2.1).
func TestOIDCC_display_page(t *testing.T)  { display(t, "page") }
func TestOIDCC_display_popup(t *testing.T) { display(t, "popup") }

func display(t *testing.T, how string) {
	module(t, func(t *testing.T, op *provider) {
		a := op.web.Attempt(url.Values{"display": {how}})
		page, err := op.person.Follow(t.Context(), a.URL, redirectURI)
		if err != nil {
			t.Fatal(err)
		}
		asks := slices.ContainsFunc(page.Forms(), func(f rig.Form) bool { return f.Fields.Has("username") })
		if page.Status != http.StatusOK || !asks {
			t.Fatalf("display=%s shows %d at %s", how, page.Status, page.URL)
		}
		op.flow(t, op.web, url.Values{"display": {how}})
	})
}
