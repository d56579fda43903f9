package token

import (
	"context"

	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// ClientCredentials is the client credentials grant (RFC 6749 §4.4): a client asks in its own
// name. Nothing is stored but the event, and the opaque token where the API wants one.
func ClientCredentials(o Options) Grant { return &credentialsGrant{o} }

type credentialsGrant struct{ Options }

// credentialsRequest is a token request of a client in its own name.
type credentialsRequest struct {
	*credentialsGrant
	scopes    oauth.ScopeSet
	resources []string
}

func (*credentialsGrant) Type() oauth.GrantType { return oauth.GrantClientCredentials }

func (g *credentialsGrant) Parse(form web.Params) (Request, error) {
	scopes, err := oauth.ParseScopes(form.Get("scope"))
	if err != nil {
		return nil, err
	}
	return &credentialsRequest{g, scopes, form.All("resource")}, nil
}

func (q *credentialsRequest) Answer(ctx context.Context, from From) (mint.Response, error) {
	// RFC 6749 §4.4: only confidential clients use this grant
	if from.Client.Public() {
		return mint.Response{}, oauth.UnauthorizedClient("a public client has no name of its own to ask in")
	}
	order, err := q.compose(ctx, from)
	if err != nil {
		return mint.Response{}, err
	}
	var issuance *mint.Issuance
	detail := &Detail{}
	err = q.Guard.Do(ctx, from.Caller, Issue.On(from.Issuer.Tenant, from.Client.ID, detail), func(tx *store.Tx) (err error) {
		issuance, err = begin(tx, q.Mint, order, detail)
		return err
	})
	if err != nil {
		return mint.Response{}, err
	}
	// RFC 6749 §4.4.3: no refresh token: the client can ask again
	return issuance.Sign(ctx)
}

func (q *credentialsRequest) compose(ctx context.Context, from From) (mint.Order, error) {
	out := mint.Order{Issuer: from.Issuer, Client: from.Client}
	all, err := q.Resources.Catalogue(ctx, from.Issuer.Tenant)
	if err != nil {
		return out, err
	}
	asked := q.resources
	if len(asked) == 0 {
		asked = implied(all, from.Client.Resources, q.scopes)
	}
	if out.Resource, err = choose(from, all, from.Client.Resources, true, asked); err != nil {
		return out, err
	}
	allowed := allowedAt(from, out.Resource)
	out.Scopes = q.scopes
	switch {
	// RFC 6749 §3.3: without a scope the default is all that the client may have there
	case q.scopes.IsEmpty():
		out.Scopes = allowed
	// RFC 6749 §3.3: a scope beyond the client's registration is refused, not dropped
	case !allowed.Contains(q.scopes):
		return out, oauth.InvalidScope("the client is not registered for the scope at this resource")
	}
	out.Reported = out.Scopes
	return out, nil
}

// implied is the one API within reach that has all the scopes, if there is exactly one: a client of
// several APIs need not name the one that its scopes name already.
func implied(all resource.Catalogue, reach []oauth.Resource, scopes oauth.ScopeSet) (names []string) {
	if scopes.IsEmpty() {
		return nil
	}
	for _, audience := range reach {
		if api, ok := all.Find(audience); ok && api.Set().Contains(scopes) {
			names = append(names, string(audience))
		}
	}
	if len(names) != 1 {
		return nil
	}
	return names
}

// allowedAt is what the client may have at an API. OpenID Connect's own scopes are about a person
// and there is none.
func allowedAt(from From, api resource.Resource) oauth.ScopeSet {
	allowed := make([]oauth.Scope, 0, len(api.Scopes))
	for _, s := range api.Scopes {
		if from.Client.Scopes.Has(s.Name) {
			allowed = append(allowed, s.Name)
		}
	}
	return oauth.Scopes(allowed...)
}
