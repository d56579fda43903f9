package token

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// RefreshToken is the refresh token grant (RFC 6749 §6, OpenID Connect Core 1.0 §12). Every
// refresh token is used once (RFC 9700 §4.14.2), also a confidential client's.
func RefreshToken(o Options) Grant { return &refreshGrant{o} }

type refreshGrant struct{ Options }

// refreshRequest is a token request with a refresh token.
type refreshRequest struct {
	*refreshGrant
	token     string
	scopes    oauth.ScopeSet
	resources []string
}

func (*refreshGrant) Type() oauth.GrantType { return oauth.GrantRefreshToken }

func (g *refreshGrant) Parse(form web.Params) (Request, error) {
	// RFC 6749 §6: refresh_token is required
	token := form.Get("refresh_token")
	if token == "" {
		return nil, oauth.InvalidRequest("refresh_token is missing")
	}
	scopes, err := oauth.ParseScopes(form.Get("scope"))
	if err != nil {
		return nil, err
	}
	return &refreshRequest{g, token, scopes, form.All("resource")}, nil
}

// errRefresh says the same of every refresh token that is not worth tokens.
var errRefresh = oauth.InvalidGrant("the refresh token is unknown, expired, revoked, used before, or another client's")

func (q *refreshRequest) Answer(ctx context.Context, from From) (mint.Response, error) {
	id, generation, err := issued.ParseRefreshToken(q.Root, from.Issuer.Tenant, q.token)
	if err != nil {
		return mint.Response{}, errRefresh.Because(err)
	}
	all, err := q.Resources.Catalogue(ctx, from.Issuer.Tenant)
	if err != nil {
		return mint.Response{}, err
	}
	var issuance *mint.Issuance
	detail := &Detail{}
	err = q.Guard.Do(ctx, from.Caller, Refresh.On(from.Issuer.Tenant, id, detail), func(tx *store.Tx) error {
		*detail = Detail{}
		g, err := q.rotate(tx, from, id, generation, detail)
		if err != nil {
			return err
		}
		issuance, err = q.issue(tx, from, all, g, detail)
		return err
	})
	if err != nil {
		return mint.Response{}, err
	}
	return issuance.Sign(ctx)
}

// rotate puts the next generation in force and returns the grant with it.
func (q *refreshRequest) rotate(tx *store.Tx, from From, id issued.GrantID, presented int64, detail *Detail) (issued.Grant, error) {
	// RFC 9700 §4.14.2: what the token hangs on is tested at each use: grant, account, epoch, session
	g, err := issued.ActiveGrant(tx.Read(), from.Issuer.Tenant, id)
	if errors.Is(err, store.ErrNotFound) {
		return g, errRefresh.Because(err)
	}
	if err != nil {
		return g, err
	}
	// RFC 6749 §6: the refresh token is bound to the client that it was issued to
	if g.Client != from.Client.ID {
		return g, errRefresh.Because(errors.New("another client's refresh token"))
	}
	// RFC 9700 §4.14.2: a refresh token ends when it is idle for long
	idle := sooner(tx.Now().Add(q.Lifetimes.RefreshIdle), g.ExpiresAt)
	g.Generation, err = issued.Rotate(tx, from.Issuer.Tenant, g, presented, idle)
	switch {
	// RFC 9700 §4.14.2: of a token used twice one user is a thief; nobody knows which, so all end
	case errors.Is(err, issued.ErrReplayed):
		detail.Revoked = string(id)
		tx.OnRefusal(func(tx *store.Tx) error { return revoke(tx, from, id) })
		return g, errRefresh.Because(err)
	case errors.Is(err, store.ErrNotFound):
		return g, errRefresh.Because(err)
	}
	return g, err
}

func (q *refreshRequest) issue(tx *store.Tx, from From, all resource.Catalogue, g issued.Grant, detail *Detail) (*mint.Issuance, error) {
	// OpenID Connect Core 1.0 §12.2: the new ID token should not carry a nonce
	g.Terms.Nonce = ""
	order, err := q.order(tx.Read(), from, all, &g, q.scopes, q.resources)
	if err != nil {
		return nil, err
	}
	// RFC 6749 §6: the new refresh token has the scope of the old one, whatever was asked for now
	order.Generation = g.Generation
	return begin(tx, q.Mint, order, detail)
}
