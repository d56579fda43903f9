package introspect

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the introspection endpoint.
type Room struct {
	store   *store.Store
	root    *secret.Root
	mint    *mint.Mint
	clients *clientauth.Authenticator
}

// New returns the endpoint.
func New(s *store.Store, root *secret.Root, m *mint.Mint, clients *clientauth.Authenticator) *Room {
	return &Room{s, root, m, clients}
}

// Routes declares the endpoint. It takes POST alone (RFC 7662 §2.1), since tokens do not belong
// into URLs.
func (i *Room) Routes() []web.Route {
	return []web.Route{{
		Name: "oauth.introspect", Method: http.MethodPost, Path: "/oauth/introspect", Scope: web.PerTenant,
		Public: "the request carries the client's credentials", CSRF: web.Credentials,
		Quiet: true, Handler: i.serve, Errors: clientauth.Errors,
	}}
}

// inactive is the whole answer about every token that does not count for the one who asks.
var inactive = []byte(`{"active":false}`)

func (i *Room) serve(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	// RFC 7662 §2.1: the endpoint requires authorization, against guessing of tokens
	c, err := i.clients.Authenticate(r.Context(), r, form)
	if err != nil {
		return err
	}
	// RFC 7662 §4: a client that can prove nothing must not learn whether tokens are good
	if c.Public() {
		return oauth.InvalidClient("a public client cannot introspect tokens")
	}
	// RFC 7662 §2.1: token is required
	token := form.Get("token")
	if token == "" {
		return oauth.InvalidRequest("token is missing")
	}
	// RFC 7662 §2.1: token_type_hint may be ignored; a token's form says what it is
	body, err := i.describe(r.Context(), mint.Issuer{Tenant: id.Tenant(r.Tenant.ID), URL: r.Tenant.Issuer}, c, token)
	if err != nil {
		return err
	}
	web.WriteJSONBytes(w, http.StatusOK, body)
	return nil
}

func (i *Room) describe(ctx context.Context, iss mint.Issuer, asks client.Client, token string) ([]byte, error) {
	if grant, generation, err := issued.ParseRefreshToken(i.root, iss.Tenant, token); err == nil {
		return i.refresh(ctx, iss, asks, grant, generation)
	}
	a, err := i.mint.Assay(ctx, iss, token)
	// RFC 7662 §2.2: a token that is not active is answered with active false and no more
	if errors.Is(err, mint.ErrInactive) {
		return inactive, nil
	}
	if err != nil {
		return nil, err
	}
	// RFC 7662 §4: another's token is not active, as far as this client can tell
	if a.Client.ID != asks.ID && a.Resource.Client != string(asks.ID) {
		return inactive, nil
	}
	claims, err := json.Marshal(a.Claims())
	if err != nil {
		return nil, err
	}
	// RFC 7662 §2.2: active is required; the others are the token's claims by their own names
	const head = `{"active":true,"token_type":"Bearer",`
	return append(append(make([]byte, 0, len(head)+len(claims)), head...), claims[1:]...), nil
}

// refreshAnswer is what a client learns of its own refresh token (RFC 7662 §2.2). token_type is
// about access tokens and left out.
type refreshAnswer struct {
	Active   bool   `json:"active"`
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	Expires  int64  `json:"exp"`
	GrantID  string `json:"grant_id"`
}

func (i *Room) refresh(ctx context.Context, iss mint.Issuer, asks client.Client, grant issued.GrantID, generation int64) ([]byte, error) {
	var g issued.Grant
	err := i.store.Read(ctx, iss.Tenant, func(r *store.Reader) (err error) {
		g, err = issued.ActiveGrant(r, iss.Tenant, grant)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	// RFC 7662 §4: refresh tokens concern nobody but the client that they were issued to
	// RFC 9700 §4.14.2: a refresh token that was rotated away is used up
	if err != nil || g.Client != asks.ID || g.Generation != generation {
		return inactive, nil
	}
	ends := g.ExpiresAt
	if g.IdleUntil.Before(ends) {
		ends = g.IdleUntil
	}
	return json.Marshal(refreshAnswer{
		Active: true, Issuer: iss.URL, Subject: i.mint.Subject(iss.Tenant, asks, g.Account), ClientID: string(g.Client),
		Scope: g.Terms.Scopes.String(), Expires: ends.Unix(), GrantID: string(g.ID),
	})
}
