package hireme123

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// wanted is what we ask for: to know who it is, to read and write events, and offline_access,
// which brings a refresh token, so that the person need not be asked every few minutes.
var wanted = []string{oidc.ScopeOpenID, "profile", "read:events", "write:events", oidc.ScopeOfflineAccess}

// attempt is a request that we sent to Cardea and wait for. Each value is random and works once.
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
		Scopes:       wanted,
	}, nil
}

// resource names the API we want to call (RFC 8707): the token will be good there and nowhere else.
func (a *app) resource() oauth2.AuthCodeOption {
	return oauth2.SetAuthURLParam("resource", a.CalendarURL+"/api")
}

// connect is step 1: remember three random values, send the browser to Cardea with them.
func (a *app) connect(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	if v == nil {
		v = &visitor{}
		a.sessions.Start(w, r, v)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	_, conf, err := a.cardea(r.Context())
	if err != nil {
		v.message = a.explain(v, err)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	v.attempt = attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	http.Redirect(w, r, conf.AuthCodeURL(v.attempt.state,
		oidc.Nonce(v.attempt.nonce),
		oauth2.S256ChallengeOption(v.attempt.verifier), // Cardea sees only the hash of the verifier
		a.resource(),
		// Access that outlives the visit (offline_access) is asked for each time (OpenID Connect Core §11).
		oauth2.SetAuthURLParam("prompt", "consent"),
	), http.StatusSeeOther)
}

// errDenied means that the person said no.
var errDenied = errors.New("the person declined")

// callback is step 2: Cardea sent the browser back, with a code or with an error.
func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	if v == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	try := v.attempt
	v.attempt = attempt{} // used once, whatever comes of it
	tokens, err := a.finish(r, try)
	switch {
	case errors.Is(err, errDenied):
		v.message = &message{"info", "Nothing was connected",
			"You said no, and that is fine: HireMe123 cannot see your calendar. You can connect it whenever you like."}
	case err != nil:
		a.Logger.Warn("hireme123: connect", "error", err)
		v.message = &message{"sorry", "The connection did not work",
			"Nothing was connected. It may have taken too long, or Cardea could not be reached: please try again."}
	default:
		a.sessions.Start(w, r, v) // what gained access gets a new name
		v.accept(tokens, wanted)
		v.message = v.greeting()
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// greeting says what the new connection is good for.
func (v *visitor) greeting() *message {
	switch {
	case v.may("write:events"):
		return &message{"good", "Your calendar is connected", "Choose one of the times that are free in it."}
	case v.may("read:events"):
		return readOnly
	}
	v.forget()
	return &message{"info", "Nothing was connected",
		"Cardea granted no access to your calendar: your account may neither read nor add events in MyCalApp."}
}

// readOnly is shown while the connection may read and not write. Scopes never grant what the
// person may not do themselves, so asking again would not help.
var readOnly = &message{"info", "Connected for reading only",
	"Cardea granted reading only; your account may not add events in MyCalApp. HireMe123 can still show you when you are free."}

// finish checks the answer and exchanges its code for tokens.
func (a *app) finish(r *http.Request, try attempt) (*oauth2.Token, error) {
	answer := r.URL.Query()
	// The answer must belong to a request that this browser made here (CSRF, RFC 6749 §10.12).
	if try.state == "" || answer.Get("state") != try.state {
		return nil, errors.New("the answer belongs to no request of this browser")
	}
	// It must come from the issuer that we asked (mix-up, RFC 9207 §2.4).
	if answer.Get("iss") != a.Issuer {
		return nil, fmt.Errorf("the answer comes from issuer %q", answer.Get("iss"))
	}
	switch code := answer.Get("error"); code {
	case "":
	case "access_denied":
		return nil, errDenied
	default:
		return nil, fmt.Errorf("the issuer answered %q", code)
	}
	provider, conf, err := a.cardea(r.Context())
	if err != nil {
		return nil, err
	}
	// Step 3: server to server, the code becomes tokens. The verifier proves that we began this.
	ctx := oidc.ClientContext(r.Context(), a.HTTPClient)
	tokens, err := conf.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(try.verifier), a.resource())
	if err != nil {
		return nil, fmt.Errorf("exchange the code: %w", err)
	}
	// Step 4: the ID token shows that these tokens were made for this very request (nonce).
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: a.ClientID, Now: a.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("verify the ID token: %w", err)
	}
	if id.Nonce != try.nonce {
		return nil, errors.New("the ID token was made for another request")
	}
	return tokens, nil
}

// accept keeps new tokens and what they grant: the scope of the answer or, when the answer has
// none, the scope that was asked for (RFC 6749 §5.1).
func (v *visitor) accept(tokens *oauth2.Token, asked []string) {
	v.tokens, v.scopes = tokens, slices.Clone(asked)
	if granted, ok := tokens.Extra("scope").(string); ok {
		v.scopes = strings.Fields(granted)
	}
}

// disconnect gives the access back (RFC 7009): Cardea forgets it, not only we.
func (a *app) disconnect(w http.ResponseWriter, r *http.Request) {
	if v := a.sessions.Get(r); v != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.tokens != nil {
			if err := a.revoke(r.Context(), v.tokens.RefreshToken); err != nil {
				a.Logger.Warn("hireme123: revoke", "error", err)
			}
		}
		v.forget()
		v.message = &message{"info", "Your calendar is disconnected", "HireMe123 gave its access back and can no longer see your calendar."}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *app) revoke(ctx context.Context, refreshToken string) error {
	provider, _, err := a.cardea(ctx)
	if err != nil {
		return err
	}
	var meta struct {
		Revocation string `json:"revocation_endpoint"`
	}
	if err := provider.Claims(&meta); err != nil {
		return err
	}
	form := url.Values{"token": {refreshToken}, "token_type_hint": {"refresh_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, meta.Revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(a.ClientID), url.QueryEscape(a.ClientSecret))
	resp, err := a.HTTPClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the revocation endpoint answered %s", resp.Status)
	}
	return nil
}
