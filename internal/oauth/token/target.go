package token

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
)

// openIDScopes are the scopes that mean something to the issuer itself.
var openIDScopes = oauth.Scopes(oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, oauth.ScopeAddress, oauth.ScopePhone, oauth.ScopeOfflineAccess)

// choose finds the API that a token is for among those that may be had. The zero Resource is the
// issuer itself.
func choose(from From, all resource.Catalogue, granted []oauth.Resource, self bool, asked []string) (resource.Resource, error) {
	var name oauth.Resource
	switch {
	// RFC 8707 §2.2: several resources may be named; a token here is for one, so that none of them
	// can use it at another (RFC 9700 §2.3)
	case len(asked) > 1:
		return resource.Resource{}, oauth.InvalidTarget("a token is for one resource: ask for one at a time")
	case len(asked) == 1:
		name = oauth.Resource(asked[0])
	case len(granted) == 1:
		name = granted[0]
	case len(granted) > 1:
		return resource.Resource{}, oauth.InvalidTarget("several resources are granted: name one of them in the resource parameter")
	}
	if name == "" || name == oauth.Resource(from.Issuer.URL) && (self || slices.Contains(granted, name)) {
		return resource.Resource{}, nil
	}
	// RFC 8707 §2.2: the resource is one that was granted
	if !slices.Contains(granted, name) {
		return resource.Resource{}, oauth.InvalidTarget("the resource was not granted")
	}
	api, ok := all.Find(name)
	if !ok || !from.Client.MayReach(name) {
		return resource.Resource{}, oauth.InvalidTarget("the resource cannot be reached any more")
	}
	return api, nil
}

// order makes the order for a person's grant: the API, the scopes that the token carries there,
// and what is reported to the client.
func (o *Options) order(r *store.Reader, from From, all resource.Catalogue, g *issued.Grant, asked oauth.ScopeSet, resources []string) (mint.Order, error) {
	out := mint.Order{Issuer: from.Issuer, Client: from.Client, Grant: g}
	var err error
	out.Resource, err = choose(from, all, g.Terms.Resources, g.Terms.Scopes.Has(oauth.ScopeOpenID), resources)
	if err != nil {
		return out, err
	}
	// RFC 6749 §3.3: the scopes are within what the client is allowed now
	scopes := g.Terms.Scopes.Intersect(from.Client.Scopes)
	if !asked.IsEmpty() {
		// RFC 6749 §6: the scope must not include any that was not granted
		if !scopes.Contains(asked) {
			return out, oauth.InvalidScope("the scope is wider than what was granted")
		}
		scopes = asked
	}
	out.Reported = scopes.Intersect(openIDScopes)
	out.WithIDToken = out.Reported.Has(oauth.ScopeOpenID)
	if out.Resource.Audience == "" {
		out.Scopes = out.Reported
	} else if out.Scopes, err = o.permitted(r, from, g.Account, out.Resource, scopes); err != nil {
		return out, err
	} else {
		out.Reported = out.Reported.Union(out.Scopes)
	}
	// OpenID Connect Core 1.0 §5.5: claims asked for in the ID token need the account
	if out.WithIDToken && len(g.Terms.Claims.IDToken) > 0 {
		who, err := account.Get(r, from.Issuer.Tenant, g.Account)
		if err != nil {
			return out, err
		}
		out.Account = &who
	}
	return out, nil
}

// permitted narrows scopes to those of the API that the person may use today: a role that was
// lost since the consent ends with the next token.
func (o *Options) permitted(r *store.Reader, from From, who account.ID, api resource.Resource, scopes oauth.ScopeSet) (oauth.ScopeSet, error) {
	wanted, bound := make([]oauth.Scope, 0, len(api.Scopes)), false
	for _, s := range api.Scopes {
		if scopes.Has(s.Name) {
			wanted = append(wanted, s.Name)
			bound = bound || s.Permission != ""
		}
	}
	set := oauth.Scopes(wanted...)
	if !bound {
		return set, nil
	}
	permits, err := o.Permits(r, from.Issuer.Tenant, who, api)
	if err != nil {
		return set, err
	}
	left := set.Intersect(permits)
	if left.IsEmpty() {
		return left, oauth.InvalidScope("the person may no longer do any of what was granted at this resource")
	}
	return left, nil
}
