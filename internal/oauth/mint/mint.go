package mint

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Lifetimes are how long tokens live where their resource does not say.
type Lifetimes struct {
	Access time.Duration
	ID     time.Duration // an ID token is read once, at sign-in
}

// Mint makes tokens. It is safe for concurrent use.
type Mint struct {
	store     *store.Store
	ring      *key.Ring
	root      *secret.Root
	clients   *client.Directory
	resources *resource.Directory
	verifier  *jose.Verifier
	lives     Lifetimes
}

// New returns the mint of a store.
func New(s *store.Store, ring *key.Ring, root *secret.Root, clients *client.Directory, resources *resource.Directory, lives Lifetimes) *Mint {
	return &Mint{store: s, ring: ring, root: root, clients: clients, resources: resources, verifier: jose.NewVerifier(20_000), lives: lives}
}

// Issuer names who issues: a tenant and its issuer identifier.
type Issuer struct {
	Tenant id.Tenant
	URL    string // without trailing slash; the iss of tokens
}

// Order says what to issue. Its parts have been checked: the scopes are granted, the resource is
// the client's to ask for.
type Order struct {
	Issuer   Issuer
	Client   client.Client
	Resource resource.Resource // the API; the zero value is the issuer itself (userinfo)
	Scopes   oauth.ScopeSet    // of the access token, narrowed to the resource's
	Grant    *issued.Grant     // nil where a client asks in its own name
	Account  *account.Account  // the grant's account, needed for claims in the ID token

	WithIDToken bool
	Generation  int64          // of the refresh token to hand out; 0 for none
	Reported    oauth.ScopeSet // the scope member of the answer: OpenID Connect's scopes and the API's
}

// Response is the answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3).
type Response struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

// Issuance is an order under way.
type Issuance struct {
	mint   *Mint
	order  Order
	now    time.Time
	claims accessClaims
	opaque secret.Secret
}

// accessClaims are the claims of an access token (RFC 9068 §2.2) and, of an opaque one, what
// introspection answers.
type accessClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
	ClientID string   `json:"client_id"`
	Scope    string   `json:"scope,omitempty"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	ID       string   `json:"jti"`
	GrantID  string   `json:"grant_id,omitempty"` // Grant Management for OAuth 2.0 §3
	AuthTime int64    `json:"auth_time,omitempty"`
	ACR      string   `json:"acr,omitempty"`
	AMR      []string `json:"amr,omitempty"`
}

// audience is written as a string where there is one, and read in both forms (RFC 7519 §4.1.3).
type audience string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil && len(list) == 1 {
		*a = audience(list[0])
		return nil
	}
	return json.Unmarshal(b, (*string)(a))
}

// Life is how long an access token of an API lives.
func (m *Mint) Life(api resource.Resource) time.Duration {
	if api.Lifetime == 0 {
		return m.lives.Access
	}
	return api.Lifetime
}

// Begin prepares an order at a time; nothing is stored or signed yet.
func (m *Mint) Begin(o Order, now time.Time) *Issuance {
	life := m.Life(o.Resource)
	i := &Issuance{mint: m, order: o, now: now}
	i.claims = accessClaims{
		Issuer: o.Issuer.URL, Audience: audience(o.Resource.Audience), ClientID: string(o.Client.ID), Scope: o.Scopes.String(),
		IssuedAt: now.Unix(), Expires: now.Add(life).Unix(), ID: id.New("tok", now),
	}
	if o.Resource.Audience == "" {
		i.claims.Audience = audience(o.Issuer.URL)
	}
	if g := o.Grant; g != nil {
		// RFC 9068 §2.2.1: auth_time, acr and amr of the sign-in that the grant came from
		i.claims.GrantID, i.claims.ACR, i.claims.AMR = string(g.ID), g.Terms.ACR, g.Terms.AMR
		i.claims.AuthTime = g.Terms.AuthTime.Unix()
		i.claims.Subject = m.Subject(o.Issuer.Tenant, o.Client, g.Account)
	} else {
		// RFC 9068 §2.2: where no person is involved, sub names the client
		i.claims.Subject = string(o.Client.ID)
	}
	if o.Resource.Format == resource.Opaque {
		i.opaque = secret.AccessToken.Mint()
	}
	return i
}

// TokenID is the jti of the access token.
func (i *Issuance) TokenID() string { return i.claims.ID }

// Write stores what the access token hangs on, if it is opaque. The grant's row is the business
// of the grant type.
func (i *Issuance) Write(tx *store.Tx) error {
	if i.opaque.Empty() {
		return nil
	}
	claims, err := json.Marshal(i.claims)
	if err != nil {
		return err
	}
	grant := issued.GrantID(i.claims.GrantID)
	return issued.PutOpaque(tx, i.order.Issuer.Tenant, i.mint.root.Digest(secret.AccessToken, i.opaque), grant, claims, time.Unix(i.claims.Expires, 0))
}

// Sign makes the tokens; call it after the commit.
func (i *Issuance) Sign(ctx context.Context) (Response, error) {
	o := i.order
	r := Response{TokenType: "Bearer", ExpiresIn: i.claims.Expires - i.claims.IssuedAt, Scope: o.Reported.String()}
	var err error
	if r.AccessToken, err = i.accessToken(ctx); err != nil {
		return Response{}, fmt.Errorf("sign the access token: %w", err)
	}
	if o.Generation > 0 {
		r.RefreshToken = issued.RefreshToken(i.mint.root, o.Issuer.Tenant, o.Grant.ID, o.Generation).Reveal()
	}
	if o.WithIDToken {
		if r.IDToken, err = i.idToken(ctx, r.AccessToken); err != nil {
			return Response{}, fmt.Errorf("sign the ID token: %w", err)
		}
	}
	return r, nil
}

func (i *Issuance) accessToken(ctx context.Context) (string, error) {
	if !i.opaque.Empty() {
		return i.opaque.Reveal(), nil
	}
	alg := jose.Algorithm(i.order.Resource.Algorithm)
	if alg == "" {
		alg = jose.ES256
	}
	signer, err := i.mint.ring.Signer(ctx, i.order.Issuer.Tenant, alg)
	if err != nil {
		return "", err
	}
	// RFC 9068 §2.1: typ is at+jwt and the token is signed with an asymmetric algorithm
	return signer.Sign("at+jwt", i.claims)
}

// idClaims are the fixed claims of an ID token (OpenID Connect Core 1.0 §2).
type idClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience string   `json:"aud"`
	Expires  int64    `json:"exp"`
	IssuedAt int64    `json:"iat"`
	AuthTime int64    `json:"auth_time"`
	Nonce    string   `json:"nonce,omitempty"`
	ACR      string   `json:"acr,omitempty"`
	AMR      []string `json:"amr,omitempty"`
	SID      string   `json:"sid,omitempty"`
	AtHash   string   `json:"at_hash"`
}

func (i *Issuance) idToken(ctx context.Context, accessToken string) (string, error) {
	o, t := i.order, i.order.Grant.Terms
	payload, err := json.Marshal(idClaims{
		Issuer: o.Issuer.URL, Subject: i.claims.Subject, Audience: string(o.Client.ID),
		IssuedAt: i.now.Unix(), Expires: i.now.Add(i.mint.lives.ID).Unix(), AuthTime: t.AuthTime.Unix(),
		// OpenID Connect Core 1.0 §2: the nonce comes back unmodified
		Nonce: t.Nonce, ACR: t.ACR, AMR: t.AMR, SID: t.SID, AtHash: atHash(jose.Algorithm(o.Client.IDTokenAlg), accessToken),
	})
	if err != nil {
		return "", err
	}
	// OpenID Connect Core 1.0 §5.5: claims asked for one by one in the ID token
	if len(t.Claims.IDToken) > 0 && o.Account != nil {
		if payload, err = merge(payload, o.Account.Seen(o.Issuer.URL).ClaimsFor(oauth.ScopeSet{}, t.Claims.IDToken)); err != nil {
			return "", err
		}
	}
	// OpenID Connect Core 1.0 §2: RS256 unless the client registered another algorithm
	signer, err := i.mint.ring.Signer(ctx, o.Issuer.Tenant, jose.Algorithm(o.Client.IDTokenAlg))
	if err != nil {
		return "", err
	}
	return signer.SignPayload("JWT", payload)
}

// merge appends released claims to a JSON object; fixed claims are never overwritten, since no
// released claim bears the name of one.
func merge(object []byte, more account.Released) ([]byte, error) {
	extra, err := json.Marshal(more)
	if err != nil || len(more) == 0 {
		return object, err
	}
	return append(append(object[:len(object)-1:len(object)-1], ','), extra[1:]...), nil
}

// atHash is the left half of the access token's hash (OpenID Connect Core 1.0 §3.1.3.6), by the
// hash function of the ID token's algorithm: SHA-512 inside Ed25519, SHA-256 for the others.
func atHash(alg jose.Algorithm, token string) string {
	if alg == jose.EdDSA {
		sum := sha512.Sum512([]byte(token))
		return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	}
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// Subject is the sub by which a client knows an account: the account's id, or, for a pairwise
// client, a value that other sectors cannot link (OpenID Connect Core 1.0 §8.1).
func (m *Mint) Subject(tenant id.Tenant, c client.Client, who account.ID) string {
	if c.SubjectType != oauth.SubjectPairwise {
		return string(who)
	}
	return m.unlinkable("pairwise", tenant, c, string(who))
}

// SID is the sid by which a client knows a session: the session's id, or, for a pairwise client, a
// value that other sectors cannot link, since it would tell what the subject hides.
func (m *Mint) SID(tenant id.Tenant, c client.Client, session string) string {
	if c.SubjectType != oauth.SubjectPairwise {
		return session
	}
	return m.unlinkable("pairwise/sid", tenant, c, session)
}

// unlinkable is a MAC of a value under the client's sector.
func (m *Mint) unlinkable(purpose string, tenant id.Tenant, c client.Client, value string) string {
	mac := hmac.New(sha256.New, m.root.Key(purpose))
	for _, part := range []string{string(tenant), c.SectorIdentifier(), value} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
