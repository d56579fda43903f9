package mycalapp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// attempt is a sign-in that we sent to Cardea and wait for. Each value is random and works once.
type attempt struct {
	state    string // comes back in the answer: the answer belongs to a request of this browser
	nonce    string // comes back in the ID token: the token was made for this request
	verifier string // PKCE (RFC 7636): only we, who made it, can use the code
}

// cardea returns what we need to talk to Cardea. Its metadata is read when first needed and asked
// for again after a failure, so that either program may start first.
func (a *app) cardea(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider == nil {
		provider, err := oidc.NewProvider(oidc.ClientContext(ctx, a.HTTPClient), a.Issuer)
		if err != nil {
			return nil, nil, err
		}
		a.provider = provider
	}
	endpoint := a.provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // client_secret_basic
	return a.provider, &oauth2.Config{
		ClientID:     a.ClientID,
		ClientSecret: a.ClientSecret,
		Endpoint:     endpoint,
		RedirectURL:  a.BaseURL + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "profile"},
	}, nil
}

// signIn is step 1: remember three random values, send the browser to Cardea with them.
func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	_, conf, err := a.cardea(r.Context())
	if err != nil {
		a.Logger.Warn("mycalapp: reach Cardea", "error", err)
		a.show(w, http.StatusServiceUnavailable, page{Message: "The sign-in service cannot be reached at the moment. Please try again soon."})
		return
	}
	try := attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	a.sessions.Start(w, r, &visitor{attempt: try})
	http.Redirect(w, r, conf.AuthCodeURL(try.state,
		oidc.Nonce(try.nonce),
		oauth2.S256ChallengeOption(try.verifier), // Cardea sees only the hash of the verifier
	), http.StatusSeeOther)
}

// callback is step 2: Cardea sent the browser back, with a code or with an error.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	a.sessions.End(w, r) // an attempt is used once, whatever comes of it
	person, err := a.finish(r, v)
	if err != nil {
		a.Logger.Warn("mycalapp: sign-in", "error", err)
		a.show(w, http.StatusBadRequest, page{Message: "You are not signed in: the sign-in was cancelled or took too long. Please try again."})
		return
	}
	a.sessions.Start(w, r, person)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// finish checks the answer and turns its code into a person.
func (a *app) finish(r *http.Request, v *visitor) (*visitor, error) {
	answer := r.URL.Query()
	// The answer must belong to a request that this browser made here (CSRF, RFC 6749 §10.12).
	if v == nil || v.attempt.state == "" || answer.Get("state") != v.attempt.state {
		return nil, errors.New("the answer belongs to no sign-in of this browser")
	}
	// It must come from the issuer that we asked (mix-up, RFC 9207 §2.4).
	if answer.Get("iss") != a.Issuer {
		return nil, fmt.Errorf("the answer comes from issuer %q", answer.Get("iss"))
	}
	if code := answer.Get("error"); code != "" {
		return nil, fmt.Errorf("the issuer answered %q", code)
	}
	provider, conf, err := a.cardea(r.Context())
	if err != nil {
		return nil, err
	}
	// Step 3: server to server, the code becomes tokens. The verifier proves that we began this.
	ctx := oidc.ClientContext(r.Context(), a.HTTPClient)
	tokens, err := conf.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(v.attempt.verifier))
	if err != nil {
		return nil, fmt.Errorf("exchange the code: %w", err)
	}
	// Step 4: the ID token says who it is. Verify checks signature, issuer, audience and expiry;
	// the nonce is ours to check.
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: a.ClientID, Now: a.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("verify the ID token: %w", err)
	}
	if id.Nonce != v.attempt.nonce {
		return nil, errors.New("the ID token was made for another sign-in")
	}
	// The ID token names the person (sub) for good; what they are called is in userinfo.
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil, fmt.Errorf("read userinfo: %w", err)
	}
	if info.Subject != id.Subject { // OpenID Connect Core §5.3.2
		return nil, errors.New("userinfo is about somebody else")
	}
	var profile struct {
		Name     string `json:"name"`
		Username string `json:"preferred_username"`
	}
	if err := info.Claims(&profile); err != nil {
		return nil, fmt.Errorf("read userinfo: %w", err)
	}
	person := &visitor{subject: id.Subject, name: profile.Name, idToken: raw}
	if person.name == "" {
		person.name = profile.Username
	}
	if person.name == "" {
		person.name = "you"
	}
	return person, nil
}

// signOut ends our session, then the one at Cardea (OpenID Connect RP-Initiated Logout).
func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	a.sessions.End(w, r)
	var meta struct {
		EndSession string `json:"end_session_endpoint"`
	}
	provider, _, err := a.cardea(r.Context())
	if err == nil {
		err = provider.Claims(&meta)
	}
	if err != nil || meta.EndSession == "" || v == nil || v.idToken == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, meta.EndSession+"?"+url.Values{
		"id_token_hint":            {v.idToken},
		"post_logout_redirect_uri": {a.BaseURL + "/"},
	}.Encode(), http.StatusSeeOther)
}
