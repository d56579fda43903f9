package rig

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client is a registered client as seen by its developer.
type Client struct {
	Issuer      string `json:"-"`
	ID          string `json:"client_id"`
	Secret      string `json:"client_secret"`
	RedirectURI string `json:"-"`
	http        *http.Client
}

// Through is the same client that reaches the issuer at one address: another node behind the same
// name.
func (c Client) Through(address string) Client {
	c.http = newDirect(dialTo(address))
	return c
}

// Tokens is a token response (RFC 6749 §5.1) or an error (§5.2).
type Tokens struct {
	Status      int    `json:"-"`
	Access      string `json:"access_token"`
	Refresh     string `json:"refresh_token"`
	ID          string `json:"id_token"`
	Type        string `json:"token_type"`
	Scope       string `json:"scope"`
	ExpiresIn   int64  `json:"expires_in"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// Attempt is one authorization request: what the client must remember of it.
type Attempt struct {
	URL             string
	State, Verifier string
}

// Attempt makes an authorization request with PKCE S256, state and nonce; the further parameters
// win, and one with an empty value is left out.
func (c Client) Attempt(further url.Values) Attempt {
	a := Attempt{State: rand.Text(), Verifier: rand.Text() + rand.Text()}
	sum := sha256.Sum256([]byte(a.Verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {c.ID}, "redirect_uri": {c.RedirectURI},
		"scope": {"openid"}, "state": {a.State}, "nonce": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for name, values := range further {
		if len(values) == 1 && values[0] == "" {
			q.Del(name)
		} else {
			q[name] = values
		}
	}
	a.URL = c.Issuer + "/oauth/authorize?" + q.Encode()
	return a
}

// direct is for requests that no browser makes.
var direct = newDirect(dialLocal)

func newDirect(dial dialFunc) *http.Client {
	return &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 128, DialContext: dial},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Post sends a form to an endpoint of the issuer with the client's authentication, and returns
// status and body.
func (c Client) Post(ctx context.Context, path string, form url.Values) (int, []byte, error) {
	if c.Secret == "" {
		form.Set("client_id", c.ID)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.Secret != "" {
		req.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
	}
	return c.send(req)
}

func (c Client) send(req *http.Request) (int, []byte, error) {
	h := c.http
	if h == nil {
		h = direct
	}
	answer, err := h.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	return answer.StatusCode, body, err
}

// Token asks the token endpoint.
func (c Client) Token(ctx context.Context, form url.Values) (Tokens, error) {
	status, body, err := c.Post(ctx, "/oauth/token", form)
	if err != nil {
		return Tokens{}, err
	}
	t := Tokens{Status: status}
	if err := json.Unmarshal(body, &t); err != nil {
		return t, fmt.Errorf("the token endpoint answered %d: %w\n%.500s", status, err, body)
	}
	return t, nil
}

// Redeem spends the code of an authorization answer.
func (c Client) Redeem(ctx context.Context, a Attempt, answer url.Values) (Tokens, error) {
	if e := answer.Get("error"); e != "" || answer.Get("state") != a.State {
		return Tokens{}, fmt.Errorf("the authorization answer is %v", answer)
	}
	return c.Token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {answer.Get("code")},
		"redirect_uri": {c.RedirectURI}, "code_verifier": {a.Verifier},
	})
}

// Renew spends a refresh token.
func (c Client) Renew(ctx context.Context, refresh string) (Tokens, error) {
	return c.Token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
}

// SignIn runs a whole code flow for a person and returns the tokens.
func (c Client) SignIn(ctx context.Context, p *Person, further url.Values) (Tokens, error) {
	a := c.Attempt(further)
	answer, err := p.Authorize(ctx, a.URL, c.RedirectURI)
	if err != nil {
		return Tokens{}, err
	}
	t, err := c.Redeem(ctx, a, answer)
	if err == nil && t.Status != http.StatusOK {
		err = fmt.Errorf("the code was refused: %d %s: %s", t.Status, t.Error, t.Description)
	}
	return t, err
}

// Active asks the introspection endpoint about a token.
func (c Client) Active(ctx context.Context, token string) (bool, error) {
	status, body, err := c.Post(ctx, "/oauth/introspect", url.Values{"token": {token}})
	if err != nil {
		return false, err
	}
	var answer struct {
		Active *bool `json:"active"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK || answer.Active == nil {
		return false, fmt.Errorf("introspection answered %d: %.500s", status, body)
	}
	return *answer.Active, nil
}

// Userinfo asks the userinfo endpoint with an access token.
func (c Client) Userinfo(ctx context.Context, access string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Issuer+"/oauth/userinfo", nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	return c.send(req)
}
