package mint

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// ErrInactive is returned for every access token that does not count now, whatever the reason:
// the answer must not tell an attacker more.
var ErrInactive = errors.New("the token is not active")

// Access is what an active access token stands for.
type Access struct {
	accessClaims
	Client   client.Client
	Resource resource.Resource // the API it is for; the zero value is the issuer itself
	Scopes   oauth.ScopeSet
	Grant    *issued.Standing // nil for a client's own token
	Opaque   bool
}

// JTI is the token's id.
func (a Access) JTI() string { return a.ID }

// ExpiresAt is the end of the token.
func (a Access) ExpiresAt() time.Time { return time.Unix(a.Expires, 0) }

// For reports whether the token's audience is exactly this one.
func (a Access) For(aud string) bool { return string(a.Audience) == aud }

// Claims is the token's claims as introspection gives them (RFC 7662 §2.2).
func (a Access) Claims() any { return a.accessClaims }

// Assay tests an access token that somebody presented: it is ours, has not expired, its client
// and its API are active, and its grant still stands; so a token ends with the person's account,
// the consent, the session, the client or the API that it hangs on. Whether the API is the right
// one is the caller's business.
func (m *Mint) Assay(ctx context.Context, iss Issuer, token string) (Access, error) {
	var a Access
	opaque, err := secret.AccessToken.Parse(token)
	a.Opaque = err == nil
	if !a.Opaque {
		if err := m.verify(ctx, iss, token, &a.accessClaims); err != nil {
			return Access{}, err
		}
	}
	err = m.store.Read(ctx, iss.Tenant, func(r *store.Reader) error {
		if a.Opaque {
			claims, _, err := issued.Opaque(r, iss.Tenant, m.root.Digest(secret.AccessToken, opaque))
			if err != nil {
				return err
			}
			if err := json.Unmarshal(claims, &a.accessClaims); err != nil {
				return err
			}
			if a.Issuer != iss.URL {
				return store.ErrNotFound // the public URL has changed since
			}
		}
		if a.GrantID == "" && a.Opaque {
			return nil // its row is all that it hangs on
		}
		if a.GrantID == "" {
			revoked, err := issued.JTIRevoked(r, iss.Tenant, a.ID)
			return errors.Join(err, notFoundIf(revoked))
		}
		g, err := issued.Stands(r, iss.Tenant, issued.GrantID(a.GrantID), a.ID)
		a.Grant = &g
		return err
	})
	if err == nil {
		a.Client, err = m.clients.Active(ctx, iss.Tenant, client.ID(a.ClientID))
	}
	if err == nil && !a.For(iss.URL) {
		a.Resource, err = m.resource(ctx, iss.Tenant, oauth.Resource(a.Audience))
	}
	if errors.Is(err, store.ErrNotFound) {
		return Access{}, ErrInactive
	}
	if err != nil {
		return Access{}, err
	}
	a.Scopes, err = oauth.ParseScopes(a.Scope)
	return a, err
}

func (m *Mint) resource(ctx context.Context, tenant id.Tenant, audience oauth.Resource) (resource.Resource, error) {
	all, err := m.resources.Catalogue(ctx, tenant)
	if err != nil {
		return resource.Resource{}, err
	}
	found, ok := all.Find(audience)
	return found, notFoundIf(!ok)
}

func notFoundIf(b bool) error {
	if b {
		return store.ErrNotFound
	}
	return nil
}

// verify checks a JWT access token of ours (RFC 9068 §4) up to the audience.
func (m *Mint) verify(ctx context.Context, iss Issuer, token string, into *accessClaims) error {
	set, err := m.ring.Set(ctx, iss.Tenant)
	if err != nil {
		return err
	}
	claims, err := m.verifier.Verify(token, jose.Expect{
		Typ: "at+jwt", Issuer: iss.URL, NoAudience: true, // the caller's business
		Algorithms: []jose.Algorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA},
		Keys:       set, Now: m.store.Now(),
	})
	if errors.Is(err, jose.ErrInvalidToken) {
		return ErrInactive
	}
	if err != nil {
		return err
	}
	return claims.Decode(into)
}
