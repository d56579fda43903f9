package token

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Grant is one grant type (RFC 6749 §1.3).
type Grant interface {
	// Type is the value of grant_type.
	Type() oauth.GrantType
	// Parse takes the parameters that the grant type knows; all others end here. The error is an
	// *oauth.Error.
	Parse(form web.Params) (Request, error)
}

// Request is a token request of one grant type.
type Request interface {
	// Answer does what the request asks for, for a client that has authenticated and may use the
	// grant type. A refusal is an *oauth.Error.
	Answer(ctx context.Context, from From) (mint.Response, error)
}

// From says who asks whom.
type From struct {
	Issuer mint.Issuer
	Client client.Client
	Caller caller.Caller
}

// Options are what grant types work with. All is required.
type Options struct {
	Guard     *guard.Guard
	Root      *secret.Root
	Mint      *mint.Mint
	Resources *resource.Directory
	// Permits returns the scopes of an API that its permissions let a person have now. It is asked
	// for APIs that have a scope with a permission, at each issuance.
	Permits   func(r *store.Reader, tenant id.Tenant, who account.ID, api resource.Resource) (oauth.ScopeSet, error)
	Lifetimes Lifetimes
}

// Lifetimes bound refresh tokens (RFC 9700 §4.14.2).
type Lifetimes struct {
	RefreshIdle     time.Duration // unused
	RefreshAbsolute time.Duration // since the authorization
}

// Room is the token endpoint.
type Room struct {
	clients *clientauth.Authenticator
	grants  map[oauth.GrantType]Grant
}

// New returns an endpoint that knows the given grant types.
func New(clients *clientauth.Authenticator, grants ...Grant) *Room {
	t := &Room{clients: clients, grants: make(map[oauth.GrantType]Grant, len(grants))}
	for _, g := range grants {
		t.grants[g.Type()] = g
	}
	return t
}

// Routes declares the endpoint. It takes POST alone (RFC 6749 §3.2).
func (t *Room) Routes() []web.Route {
	return []web.Route{{
		Name: "oauth.token", Method: http.MethodPost, Path: "/oauth/token", Scope: web.PerTenant,
		Public: "the request carries the client's credentials and the grant",
		CSRF:   web.Credentials,
		// RFC 9700 §2.6: the token endpoint may serve scripts of other origins
		CORS: web.AnyOrigin, Event: "token",
		Handler: t.serve, Errors: clientauth.Errors,
	}}
}

func (t *Room) serve(w http.ResponseWriter, r *web.Request) error {
	// RFC 6749 §3.2: parameters come once each, form-encoded, in the body
	// RFC 8707 §2: resource may repeat
	form, err := web.Form(r, "resource")
	if err != nil {
		return err
	}
	kind, err := oauth.ParseGrantType(form.Get("grant_type"))
	if err != nil {
		return err
	}
	g, ok := t.grants[kind]
	if !ok {
		return oauth.UnsupportedGrantType("unknown grant_type")
	}
	c, err := t.clients.Authenticate(r.Context(), r, form)
	if err != nil {
		return err
	}
	// RFC 6749 §5.2: a client uses the grant types that it is authorized to use
	if !c.May(kind) {
		return oauth.UnauthorizedClient("this client is not registered for the grant type " + string(kind))
	}
	request, err := g.Parse(form)
	if err != nil {
		return err
	}
	answer, err := request.Answer(r.Context(), From{
		Issuer: mint.Issuer{Tenant: id.Tenant(r.Tenant.ID), URL: r.Tenant.Issuer},
		Client: c, Caller: clientauth.Caller(r, c),
	})
	if err != nil {
		return err
	}
	// RFC 6749 §5.1: tokens are sent with Cache-Control: no-store, which is the route's default
	return web.WriteJSON(w, http.StatusOK, answer)
}
