// Package hint reads ID tokens that come back to us as id_token_hint: at the authorization
// endpoint (OpenID Connect Core 1.0 §3.1.2.1) and at the logout endpoint (OpenID Connect
// RP-Initiated Logout 1.0 §2). A hint proves that we once told a client who somebody was; it
// signs nobody in.
package hint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
)

// ErrInvalid is returned for whatever is not an ID token of this issuer.
var ErrInvalid = errors.New("the hint is not an ID token of this issuer")

// Hint is what an ID token of ours said.
type Hint struct {
	Subject  string   // sub, as the audience knows the person
	SID      string   // the session
	Audience []string // the clients it was made for
}

// For reports whether the token was made for a client.
func (h Hint) For(client string) bool { return slices.Contains(h.Audience, client) }

var algorithms = []jose.Algorithm{jose.RS256, jose.ES256, jose.PS256, jose.EdDSA}

// Read verifies an ID token of a tenant's issuer. It may have expired; its key must still be
// published. The error is ErrInvalid or a fault.
func Read(ctx context.Context, ring *key.Ring, tenant id.Tenant, issuer, token string, now time.Time) (Hint, error) {
	keys, err := ring.Set(ctx, tenant)
	if err != nil {
		return Hint{}, fmt.Errorf("read the keys: %w", err)
	}
	var v jose.Verifier
	claims, err := v.Verify(token, jose.Expect{
		// OpenID Connect Core 1.0 §3.1.2.1: the hint is an ID token that this server issued
		Typ: "JWT", Issuer: issuer,
		NoAudience: true, // it names a client, not us; the caller compares
		Algorithms: algorithms, Keys: keys, Now: now,
		// OpenID Connect RP-Initiated Logout 1.0 §4: a hint that has expired is accepted
		IgnoreExpiry: true,
	})
	if errors.Is(err, jose.ErrInvalidToken) {
		return Hint{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err != nil {
		return Hint{}, err
	}
	var more struct {
		SID string `json:"sid"`
	}
	if err := claims.Decode(&more); err != nil || claims.Subject == "" {
		return Hint{}, fmt.Errorf("%w: %w", ErrInvalid, errors.Join(err, errors.New("sub or sid is malformed")))
	}
	return Hint{Subject: claims.Subject, SID: more.SID, Audience: claims.Audience}, nil
}
