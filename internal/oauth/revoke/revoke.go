package revoke

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the revocation endpoint.
type Room struct {
	guard   *guard.Guard
	root    *secret.Root
	mint    *mint.Mint
	clients *clientauth.Authenticator
}

// New returns the endpoint.
func New(g *guard.Guard, root *secret.Root, m *mint.Mint, clients *clientauth.Authenticator) *Room {
	return &Room{g, root, m, clients}
}

// Routes declares the endpoint. It takes POST alone (RFC 7009 §2.1).
func (v *Room) Routes() []web.Route {
	return []web.Route{{
		Name: "oauth.revoke", Method: http.MethodPost, Path: "/oauth/revoke", Scope: web.PerTenant,
		Public: "the request carries the client's credentials and the token", CSRF: web.Credentials,
		// RFC 7009 §2.3: cross-origin requests may be supported, for apps in the browser
		CORS: web.AnyOrigin, Event: Revoke.Name(),
		Handler: v.serve, Errors: errorsOf,
	}}
}

// errorsOf answers refusals as the token endpoint does, and faults so that the client tries again.
func errorsOf(w http.ResponseWriter, r *web.Request, err error) bool {
	if clientauth.Errors(w, r, err) {
		return true
	}
	// RFC 7009 §2.2.1: after 503 the client must assume that the token still exists and may retry
	w.Header().Set("Retry-After", "1")
	clientauth.Errors(w, r, oauth.TemporarilyUnavailable("the token was not revoked: try again"))
	return false // a fault all the same: web logs it
}

func (v *Room) serve(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	// RFC 7009 §2.1: the client authenticates, or a public client names itself
	c, err := v.clients.Authenticate(r.Context(), r, form)
	if err != nil {
		return err
	}
	// RFC 7009 §2.1: token is required
	token := form.Get("token")
	if token == "" {
		return oauth.InvalidRequest("token is missing")
	}
	// RFC 7009 §2.1: token_type_hint may be ignored; a token's form says what it is
	issuer := mint.Issuer{Tenant: id.Tenant(r.Tenant.ID), URL: r.Tenant.Issuer}
	if err := v.revoke(r.Context(), issuer, c, clientauth.Caller(r, c), token); err != nil {
		return err
	}
	// RFC 7009 §2.2: 200 when the token is gone, also when it never was
	w.WriteHeader(http.StatusOK)
	return nil
}

// RFC 7009 §2.1: another client's token is refused, and the client is told
var errForeign = oauth.InvalidClient("the token was issued to another client")

func (v *Room) revoke(ctx context.Context, iss mint.Issuer, c client.Client, by caller.Caller, token string) error {
	if grant, _, err := issued.ParseRefreshToken(v.root, iss.Tenant, token); err == nil {
		return v.grant(ctx, iss.Tenant, c, by, grant)
	}
	a, err := v.mint.Assay(ctx, iss, token)
	if errors.Is(err, mint.ErrInactive) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.Client.ID != c.ID {
		return errForeign
	}
	deed := Revoke.On(iss.Tenant, TokenID(a.JTI()), &Detail{Kind: "access_token", Grant: a.GrantID})
	return v.guard.Do(ctx, by, deed, func(tx *store.Tx) error {
		if !a.Opaque {
			return issued.RevokeJTI(tx, iss.Tenant, a.JTI(), a.ExpiresAt())
		}
		opaque, err := secret.AccessToken.Parse(token)
		if err != nil {
			return err
		}
		return unlessGone(issued.DropOpaque(tx, iss.Tenant, v.root.Digest(secret.AccessToken, opaque)))
	})
}

// grant ends the grant of a refresh token, whichever generation the token is of.
func (v *Room) grant(ctx context.Context, tenant id.Tenant, c client.Client, by caller.Caller, grant issued.GrantID) error {
	var g issued.Grant
	err := v.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		g, err = issued.ActiveGrant(r, tenant, grant)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if g.Client != c.ID {
		return errForeign
	}
	deed := Revoke.On(tenant, TokenID(grant), &Detail{Kind: "refresh_token", Grant: string(grant)})
	return v.guard.Do(ctx, by, deed, func(tx *store.Tx) error {
		// RFC 7009 §2.1: with a refresh token all access tokens of the same grant end
		return unlessGone(issued.RevokeGrant(tx, tenant, grant))
	})
}

// unlessGone takes it as done that another request was first.
func unlessGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
