package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/cardea-iam/cardea/test/rig"
)

// A target is a server that is measured: ours on one of its databases, or the peer. All run with
// the same clients, so that their rows are the same requests.
type target struct {
	name     string
	issuer   string // http://localhost:PORT
	address  string // where to connect
	pid      int
	database int        // pid of the database's main process; 0 when it is inside
	job      rig.Client // client_credentials
	web      rig.Client // code, refresh tokens, ES256 ID tokens
	login    login
	path     paths
	resource map[string]string // by kind of token: es256, rs256, opaque
	token    string            // of access
	people   [people]*rig.Person
}

type login struct{ username, password string }

// paths are where the endpoints are.
type paths struct{ authorize, token, introspect, userinfo, keys string }

var ourPaths = paths{"/oauth/authorize", "/oauth/token", "/oauth/introspect", "/oauth/userinfo", "/oauth/jwks"}
var peerPaths = paths{"/auth", "/token", "/token/introspection", "/me", "/jwks"}

// people is how many accounts with a live session the virtual users share. The server slows down
// sign-ins from one address, so there are fewer of them than virtual users.
const people = 32

// redirectURI is nobody's: the rows only look at where the answer goes.
const redirectURI = "https://rp.example/cb"

func (t *target) host() string { return strings.TrimPrefix(t.issuer, "http://") }

func basic(c rig.Client) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(c.ID)+":"+url.QueryEscape(c.Secret)))
}

// rows are the lines of the table with the goals of this stage.
func (t *target) rows() []row {
	return []row{
		{"discovery", 0.015, t.plain(request("GET", t.host(), "/.well-known/openid-configuration", ""), `"issuer"`)},
		{"JWKS", 0.015, t.plain(request("GET", t.host(), t.path.keys, ""), `"keys"`)},
		{"client_credentials ES256", 0.10, t.machine("es256", 2)},
		{"client_credentials RS256", 0, t.machine("rs256", 2)},
		{"client_credentials opaque", 0.09, t.machine("opaque", 0)},
		{"code flow, live session, ES256", 0.8, t.code},
		{"refresh with rotation, ES256", 0.25, t.refresh},
		{"introspection", 0.06, t.introspection},
		{"userinfo", 0.06, t.userinfo},
	}
}

// plain is the same request by everybody; its answer holds some text.
func (t *target) plain(req []byte, want string) func(context.Context, int) (step, error) {
	return func(context.Context, int) (step, error) { return expect(req, want), nil }
}

func expect(req []byte, want string) step {
	text := []byte(want)
	return func(w *wire, a *answer) error {
		if err := w.ask(req, a); err != nil {
			return err
		}
		if a.status != 200 || !bytes.Contains(a.body, text) {
			return fmt.Errorf("%d: %.200s", a.status, a.body)
		}
		return nil
	}
}

// machine asks for a token by client_credentials; dots tells a JWT (2) from an opaque one (0).
func (t *target) machine(kind string, dots int) func(context.Context, int) (step, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}}
	if r := t.resource[kind]; r != "" {
		form.Set("resource", r)
	} else {
		form.Del("scope")
	}
	req := request("POST", t.host(), t.path.token, form.Encode(), basic(t.job))
	return func(context.Context, int) (step, error) {
		return func(w *wire, a *answer) error {
			if err := w.ask(req, a); err != nil {
				return err
			}
			token := member(a.body, "access_token")
			if a.status != 200 || len(token) == 0 || bytes.Count(token, []byte(".")) != dots {
				return fmt.Errorf("%d: %.200s", a.status, a.body)
			}
			return nil
		}, nil
	}
}

// member cuts a string member without escapes out of a JSON object. The rows run it millions of
// times: a decoder would be the generator's main work.
func member(body []byte, name string) []byte {
	_, rest, ok := bytes.Cut(body, []byte(`"`+name+`":`))
	if !ok {
		return nil
	}
	rest = bytes.TrimLeft(rest, " ")
	if len(rest) == 0 || rest[0] != '"' {
		return nil
	}
	text, _, ok := bytes.Cut(rest[1:], []byte(`"`))
	if !ok {
		return nil
	}
	return text
}

// person is who a virtual user is: they sign in at the first call and have a live session afterwards.
// The tokens are of a code that is spent here.
func (t *target) person(ctx context.Context, user int, scope string) (*rig.Person, rig.Tokens, error) {
	i := user % people
	p := t.people[i]
	if p == nil {
		p = &rig.Person{Agent: rig.NewAgent(), Username: fmt.Sprintf("%s-%d", t.login.username, i), Password: t.login.password}
		t.people[i] = p
	}
	a := t.attempt(url.Values{"scope": {scope}, "prompt": {"consent"}})
	answer, err := p.Authorize(ctx, a.URL, redirectURI)
	if err != nil {
		return nil, rig.Tokens{}, fmt.Errorf("sign-in at %s: %w", t.name, err)
	}
	status, body, err := t.web.Post(ctx, t.path.token, redemption(answer.Get("code"), a.Verifier))
	if err != nil {
		return nil, rig.Tokens{}, err
	}
	var tokens rig.Tokens
	if err := json.Unmarshal(body, &tokens); err != nil || status != 200 {
		return nil, tokens, fmt.Errorf("the code %v was refused: %d %.300s", answer, status, body)
	}
	return p, tokens, nil
}

func (t *target) attempt(further url.Values) rig.Attempt {
	a := t.web.Attempt(further)
	a.URL = strings.Replace(a.URL, "/oauth/authorize", t.path.authorize, 1)
	return a
}

func redemption(code, verifier string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {redirectURI}, "code_verifier": {verifier},
	}
}

// code is a whole grant of somebody who is signed in and has consented: the authorization request
// with their cookies, then the code for tokens.
func (t *target) code(ctx context.Context, user int) (step, error) {
	p, _, err := t.person(ctx, user, "openid")
	if err != nil {
		return nil, err
	}
	a := t.attempt(nil)
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, err
	}
	ask := request("GET", t.host(), u.RequestURI(), "", "Cookie: "+p.CookieHeader(t.issuer), "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")
	form, auth := redemption("CODE", a.Verifier), basic(t.web)
	return func(w *wire, a *answer) error {
		if err := w.ask(ask, a); err != nil {
			return err
		}
		if a.status != 302 && a.status != 303 {
			return fmt.Errorf("authorize: %d: %.200s", a.status, a.body)
		}
		to, err := url.Parse(string(a.location))
		if err != nil {
			return err
		}
		code := to.Query().Get("code")
		if code == "" {
			return fmt.Errorf("authorize: no code in %.200s", a.location)
		}
		form.Set("code", code)
		if err := w.ask(request("POST", t.host(), t.path.token, form.Encode(), auth), a); err != nil {
			return err
		}
		if a.status != 200 || len(member(a.body, "id_token")) == 0 {
			return fmt.Errorf("token: %d: %.200s", a.status, a.body)
		}
		return nil
	}, nil
}

// refresh is one link of a chain per virtual user: each answer brings the next refresh token.
func (t *target) refresh(ctx context.Context, user int) (step, error) {
	_, tokens, err := t.person(ctx, user, "openid offline_access")
	if err != nil {
		return nil, err
	}
	if tokens.Refresh == "" {
		return nil, fmt.Errorf("%s gave no refresh token", t.name)
	}
	current, auth := tokens.Refresh, basic(t.web)
	return func(w *wire, a *answer) error {
		body := "grant_type=refresh_token&refresh_token=" + url.QueryEscape(current)
		if err := w.ask(request("POST", t.host(), t.path.token, body, auth), a); err != nil {
			return err
		}
		next := string(member(a.body, "refresh_token"))
		if a.status != 200 || next == "" || next == current || len(member(a.body, "id_token")) == 0 {
			return fmt.Errorf("%d: %.200s", a.status, a.body)
		}
		current = next
		return nil
	}, nil
}

func (t *target) introspection(ctx context.Context, _ int) (step, error) {
	token, err := t.access(ctx)
	if err != nil {
		return nil, err
	}
	form := url.Values{"token": {token}}
	return expect(request("POST", t.host(), t.path.introspect, form.Encode(), basic(t.web)), `"active":true`), nil
}

func (t *target) userinfo(ctx context.Context, _ int) (step, error) {
	token, err := t.access(ctx)
	if err != nil {
		return nil, err
	}
	return expect(request("GET", t.host(), t.path.userinfo, "", "Authorization: Bearer "+token), `"sub"`), nil
}

// access gives every virtual user the same access token of one sign-in: the rows measure the
// question, not the sign-in.
func (t *target) access(ctx context.Context) (string, error) {
	if t.token == "" {
		_, tokens, err := t.person(ctx, 0, "openid profile")
		if err != nil {
			return "", err
		}
		t.token = tokens.Access
	}
	return t.token, nil
}
