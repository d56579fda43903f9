package authorize

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// issue stores what the person gives and returns the code for it. It finishes the interaction,
// so that one approval leads to one code.
func (a *Room) issue(r *web.Request, q *request, s session.Session, o *offer, i *interaction.Interaction) (secret.Secret, error) {
	tenant := id.Tenant(r.Tenant.ID)
	strength := s.Strength()
	scopes := o.scopes()
	detail := Detail{Client: string(q.client.ID), Session: string(s.ID)}
	for _, scope := range scopes.All() {
		detail.Scopes = append(detail.Scopes, string(scope))
	}
	for _, audience := range o.resources() {
		detail.Resources = append(detail.Resources, string(audience))
	}
	// RFC 6749 §10.10: a code cannot be guessed; it has 256 random bits
	code := secret.AuthorizationCode.Mint()
	who := browser.Person(r, s).Through(string(q.client.ID))
	err := a.Guard.Do(r.Context(), who, Issue.On(tenant, s.Account, &detail), func(tx *store.Tx) error {
		if i != nil {
			if err := interaction.Finish(tx, tenant, i.ID); errors.Is(err, store.ErrNotFound) {
				return ErrOver
			} else if err != nil {
				return err
			}
		}
		if err := session.Seen(tx, tenant, s); err != nil {
			return err
		}
		// RFC 6749 §4.1.2: the code is bound to the client and the redirect URI, and short-lived
		return issued.PutCode(tx, a.Root, tenant, code, issued.Code{
			Client: q.client.ID, RedirectURI: q.target.String(), RedirectSent: q.targetSent,
			// RFC 7636 §4.4: the challenge is kept with the code
			Challenge: q.challenge,
			Account:   s.Account, Epoch: s.Epoch, Session: string(s.ID),
			Terms: issued.Terms{
				Scopes: scopes, Resources: o.resources(), Claims: q.claims, Nonce: q.nonce,
				AuthTime: strength.At, ACR: q.acr(strength), AMR: strength.AMR, SID: a.SID(tenant, q.client, string(s.ID)),
			},
			WithRefresh: q.client.May(oauth.GrantRefreshToken),
			Offline:     scopes.Has(oauth.ScopeOfflineAccess),
			IssuedAt:    tx.Now(),
		}, a.CodeLifetime)
	})
	return code, err
}

// acr is the acr claim for what a person proved.
func (q *request) acr(reached factor.Strength) string {
	// OpenID Connect Core 1.0 §5.5.1.1, RFC 9470 §5: the value is one of those asked for, if one is true
	for _, class := range q.classes {
		if reached.Meets(class.Want) {
			return class.ACR
		}
	}
	return reached.Level.ACR()
}
