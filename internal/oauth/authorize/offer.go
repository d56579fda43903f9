package authorize

import (
	"encoding/json"
	"fmt"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

func unmarshal(b []byte, k *kept) error {
	if err := json.Unmarshal(b, k); err != nil {
		return fmt.Errorf("the request of an interaction: %w", err)
	}
	return nil
}

// offer is what a person could give a client: the request, narrowed to what the person may do.
type offer struct {
	q        *request
	identity oauth.ScopeSet
	apis     []apiOffer
	stored   map[oauth.Resource]oauth.ScopeSet // what the person allowed before; "" for identity
}

// apiOffer is the part of an offer that is about one API.
type apiOffer struct {
	api
	given    oauth.ScopeSet // what tokens would hold
	withheld oauth.ScopeSet // asked for, but the person may not do it
}

// offer reads what the person may do and what they allowed before.
func (a *Room) offer(r *web.Request, q *request, s session.Session) (*offer, error) {
	o := &offer{q: q, identity: q.identity, apis: make([]apiOffer, len(q.apis))}
	tenant := id.Tenant(r.Tenant.ID)
	err := a.Guard.Store().Read(r.Context(), tenant, func(rd *store.Reader) (err error) {
		var withheld oauth.ScopeSet
		for n, asked := range q.apis {
			// Scopes never grant what the person may not do.
			may, err := a.Permits(rd, tenant, s.Account, asked.resource)
			if err != nil {
				return fmt.Errorf("read a person's permissions: %w", err)
			}
			o.apis[n] = apiOffer{api: asked, withheld: asked.scopes.Minus(may)}
			withheld = withheld.Union(o.apis[n].withheld)
		}
		// One list of scopes holds for all APIs of a grant, so a scope of two APIs is given where
		// the person may use it at both.
		for n := range o.apis {
			o.apis[n].given = o.apis[n].scopes.Minus(withheld)
			o.apis[n].withheld = o.apis[n].scopes.Intersect(withheld)
		}
		o.stored, err = consent.Of(rd, tenant, s.Account, q.client.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	// OpenID Connect Core 1.0 §11: offline_access is ignored unless the person is asked, or was asked before
	if q.prompt.Has(oauth.PromptNone) && !q.client.FirstParty && !o.stored[""].Has(oauth.ScopeOfflineAccess) {
		o.identity = o.identity.Minus(oauth.Scopes(oauth.ScopeOfflineAccess))
	}
	return o, nil
}

// covered tells whether the person allowed all of it before.
func (o *offer) covered() bool {
	if !o.stored[""].Contains(o.identity) {
		return false
	}
	for _, p := range o.apis {
		// RFC 8707 §3: an API that was never shown to the person is not covered by silence
		before, shown := o.stored[p.resource.Audience]
		if !shown || !before.Contains(p.given) {
			return false
		}
	}
	return true
}

// mustAsk tells whether the person has to see the consent page.
func (o *offer) mustAsk() bool {
	switch c := o.q.client; {
	// OpenID Connect Core 1.0 §3.1.2.1: prompt=consent asks although there is consent
	case o.q.prompt.Has(oauth.PromptConsent):
		return true
	// RFC 8252 §8.6: where another program could take the client's part, consent is asked each time
	case c.Public() && client.ImpersonableRedirect(o.q.target):
		return true
	case o.empty():
		return true // to be told why nothing can be given
	case c.FirstParty:
		return false
	}
	// OpenID Connect Core 1.0 §3.1.2.4: consent may have been established before
	return !o.covered()
}

// narrow keeps what the person has seen and approved, whatever they have been permitted since.
func (o *offer) narrow() {
	o.identity = o.identity.Intersect(o.stored[""])
	for n, p := range o.apis {
		o.apis[n].given = p.given.Intersect(o.stored[p.resource.Audience])
	}
}

// empty tells whether nothing is left of what was asked.
func (o *offer) empty() bool {
	if !o.identity.IsEmpty() {
		return false
	}
	for _, p := range o.apis {
		if !p.given.IsEmpty() {
			return false
		}
	}
	return true
}

// scopes is all that would be given.
func (o *offer) scopes() oauth.ScopeSet {
	all := o.identity
	for _, p := range o.apis {
		all = all.Union(p.given)
	}
	return all
}

// resources are the audiences of the tokens.
func (o *offer) resources() []oauth.Resource {
	var list []oauth.Resource
	for _, p := range o.apis {
		list = append(list, p.resource.Audience)
	}
	return list
}
