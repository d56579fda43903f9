package authorize

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
)

// identityScopes are OpenID Connect's own (OpenID Connect Core 1.0 §5.4, §11).
var identityScopes = oauth.Scopes(oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, oauth.ScopeAddress, oauth.ScopePhone, oauth.ScopeOfflineAccess)

func allowedScopes(e *examination) error {
	asked, err := oauth.ParseScopes(e.params.Get("scope"))
	if err != nil {
		return err
	}
	// RFC 6749 §3.3: without scope the server uses a default or refuses; there is no default here
	if asked.IsEmpty() {
		return oauth.InvalidScope("scope is missing")
	}
	all, err := e.room.Resources.All(e.ctx, e.tenant)
	if err != nil {
		return err
	}
	exists := func(s oauth.Scope) bool {
		return identityScopes.Has(s) || slices.ContainsFunc(all, func(r resource.Resource) bool { _, ok := r.Scope(s); return ok })
	}
	var identity, apis []oauth.Scope
	for _, s := range asked.All() {
		switch {
		// OpenID Connect Core 1.0 §3.1.2.1: scopes that are not understood should be ignored
		case !exists(s):
		// RFC 6749 §4.1.2.1: a scope outside the client's allow-list is invalid_scope
		case !e.client.Scopes.Has(s):
			return oauth.InvalidScope("this client may not ask for the scope " + string(s))
		case identityScopes.Has(s):
			identity = append(identity, s)
		default:
			apis = append(apis, s)
		}
	}
	if len(identity)+len(apis) == 0 {
		return oauth.InvalidScope("none of the scopes exists here")
	}
	e.identity, e.asked = oauth.Scopes(identity...), oauth.Scopes(apis...)
	// OpenID Connect Core 1.0 §11: offline_access asks for a refresh token; without the grant it is ignored
	if !e.client.May(oauth.GrantRefreshToken) {
		e.identity = e.identity.Minus(oauth.Scopes(oauth.ScopeOfflineAccess))
	}
	return nil
}

func reachableResources(e *examination) error {
	all, err := e.room.Resources.All(e.ctx, e.tenant)
	if err != nil {
		return err
	}
	named := e.params.All(repeatable)
	if len(named) == 0 {
		return impliedResource(e, all)
	}
	var covered oauth.ScopeSet
	for _, text := range named {
		audience, err := oauth.ParseResource(text)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r resource.Resource) bool { return r.Audience == audience })
		// RFC 8707 §2: an unknown resource, or one that the client may not have tokens for, is invalid_target
		if i < 0 || !e.client.MayReach(audience) {
			return oauth.InvalidTarget("resource is unknown, or not one that this client may reach")
		}
		if slices.ContainsFunc(e.apis, func(a api) bool { return a.resource.ID == all[i].ID }) {
			return oauth.InvalidTarget("resource names one API twice")
		}
		set := all[i].Set()
		e.apis = append(e.apis, api{all[i], e.asked.Intersect(set)})
		covered = covered.Union(set)
	}
	// RFC 8707 §2.1: a scope has a meaning at the named resources only
	if rest := e.asked.Minus(covered); !rest.IsEmpty() {
		return oauth.InvalidScope("no named resource has the scope " + string(rest.All()[0]))
	}
	return nil
}

// impliedResource finds the one API that the scopes can mean.
func impliedResource(e *examination, all []resource.Resource) error {
	if e.asked.IsEmpty() {
		return nil
	}
	for _, r := range all {
		if !e.client.MayReach(r.Audience) || !r.Set().Contains(e.asked) {
			continue
		}
		// RFC 8707 §2: which API is meant must not be guessed
		if len(e.apis) > 0 {
			return oauth.InvalidTarget("several APIs have these scopes: name one with resource")
		}
		e.apis = append(e.apis, api{r, e.asked})
	}
	if len(e.apis) == 0 {
		return oauth.InvalidTarget("no API that this client may reach has all of these scopes: name the APIs with resource")
	}
	return nil
}
