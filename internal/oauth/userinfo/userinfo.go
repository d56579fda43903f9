package userinfo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the userinfo endpoint.
type Room struct {
	store *store.Store
	mint  *mint.Mint
	ring  *key.Ring
}

// New returns the endpoint.
func New(s *store.Store, m *mint.Mint, ring *key.Ring) *Room { return &Room{s, m, ring} }

// Routes declares the endpoint: GET and POST (OpenID Connect Core 1.0 §5.3.1).
func (u *Room) Routes() []web.Route {
	get := web.Route{
		Name: "oauth.userinfo", Method: http.MethodGet, Path: "/oauth/userinfo", Scope: web.PerTenant,
		Public: "the request carries an access token of the person",
		// OpenID Connect Core 1.0 §5.3: the endpoint should support scripts of other origins
		CORS: web.AnyOrigin, Quiet: true, Handler: u.serve, Errors: errorsOf,
	}
	post := get
	post.Name, post.Method, post.CSRF = "oauth.userinfo.post", http.MethodPost, web.Credentials
	return []web.Route{get, post}
}

func (u *Room) serve(w http.ResponseWriter, r *web.Request) error {
	token, err := bearer(r)
	if err != nil {
		return err
	}
	iss := mint.Issuer{Tenant: id.Tenant(r.Tenant.ID), URL: r.Tenant.Issuer}
	a, err := u.mint.Assay(r.Context(), iss, token)
	// RFC 6750 §3.1: expired, revoked and malformed tokens are invalid_token
	if errors.Is(err, mint.ErrInactive) {
		return oauth.InvalidToken("the access token is not valid").Because(err)
	}
	if err != nil {
		return err
	}
	// RFC 9068 §4, RFC 8707 §2: the token's audience is the one who is asked
	if !a.For(iss.URL) {
		return oauth.InvalidToken("the access token is for another resource")
	}
	// OpenID Connect Core 1.0 §5.3.1: the token comes from an OpenID Connect authentication
	if a.Grant == nil || !a.Scopes.Has(oauth.ScopeOpenID) {
		return oauth.InsufficientScope("the access token lacks the scope openid")
	}
	requested, err := a.Grant.Requested()
	if err != nil {
		return err
	}
	released, err := u.release(r.Context(), iss, a, requested.UserInfo)
	if err != nil {
		return err
	}
	if alg := a.Client.UserinfoAlg; alg != "" {
		return u.signed(w, r, iss, jose.Algorithm(alg), a, released)
	}
	// OpenID Connect Core 1.0 §5.3.2: sub is always there, and the one of the ID token
	body, err := withClaims(struct {
		Subject string `json:"sub"`
	}{a.Subject}, released)
	if err != nil {
		return err
	}
	web.WriteJSONBytes(w, http.StatusOK, body)
	return nil
}

func (u *Room) signed(w http.ResponseWriter, r *web.Request, iss mint.Issuer, alg jose.Algorithm, a mint.Access, released account.Released) error {
	// OpenID Connect Core 1.0 §5.3.2: a signed answer has iss and aud, and is application/jwt
	payload, err := withClaims(struct {
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
		Subject  string `json:"sub"`
	}{iss.URL, a.ClientID, a.Subject}, released)
	if err != nil {
		return err
	}
	signer, err := u.ring.Signer(r.Context(), iss.Tenant, alg)
	if err != nil {
		return err
	}
	text, err := signer.SignPayload("JWT", payload)
	if err != nil {
		return fmt.Errorf("sign the userinfo answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/jwt")
	_, err = w.Write([]byte(text))
	return err
}

func (u *Room) release(ctx context.Context, iss mint.Issuer, a mint.Access, requested []oauth.ClaimRequest) (out account.Released, err error) {
	err = u.store.Read(ctx, iss.Tenant, func(r *store.Reader) error {
		out, err = account.Release(r, iss.Tenant, a.Grant.Account, iss.URL, a.Scopes, requested)
		return err
	})
	// The grant stood a moment ago; an account that is gone since then is no fault.
	if errors.Is(err, store.ErrNotFound) {
		return nil, oauth.InvalidToken("the access token is not valid").Because(err)
	}
	return out, err
}

// withClaims appends claims to the members of an object, which is not empty.
func withClaims(object any, more account.Released) ([]byte, error) {
	head, err := json.Marshal(object)
	if err != nil || len(more) == 0 {
		return head, err
	}
	tail, err := more.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return append(append(head[:len(head)-1], ','), tail[1:]...), nil
}
