package token

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Code is the authorization code grant (RFC 6749 §4.1.3, RFC 7636, OpenID Connect Core 1.0 §3.1.3).
func Code(o Options) Grant { return &codeGrant{o} }

type codeGrant struct{ Options }

// codeRequest is a token request with a code.
type codeRequest struct {
	*codeGrant
	code      secret.Secret
	verifier  string // parsed once the code is spent: a bad one costs the code
	redirect  string
	resources []string
}

func (*codeGrant) Type() oauth.GrantType { return oauth.GrantAuthorizationCode }

func (g *codeGrant) Parse(form web.Params) (Request, error) {
	// RFC 6749 §4.1.3: code is required
	text := form.Get("code")
	if text == "" {
		return nil, oauth.InvalidRequest("code is missing")
	}
	code, err := secret.AuthorizationCode.Parse(text)
	if err != nil {
		return nil, errCode.Because(err)
	}
	return &codeRequest{g, code, form.Get("code_verifier"), form.Get("redirect_uri"), form.All("resource")}, nil
}

// errCode says the same of every code that is not worth tokens.
var errCode = oauth.InvalidGrant("the code is unknown, expired, used before, or another client's")

func (q *codeRequest) Answer(ctx context.Context, from From) (mint.Response, error) {
	all, err := q.Resources.Catalogue(ctx, from.Issuer.Tenant)
	if err != nil {
		return mint.Response{}, err
	}
	var issuance *mint.Issuance
	id := issued.NewGrantID(q.Guard.Store().Now())
	detail := &Detail{}
	err = q.Guard.Do(ctx, from.Caller, Redeem.On(from.Issuer.Tenant, id, detail), func(tx *store.Tx) error {
		*detail = Detail{}
		spent, err := q.spend(tx, from, id, detail)
		if err != nil {
			return err
		}
		issuance, err = q.issue(tx, from, all, id, spent, detail)
		return err
	})
	if err != nil {
		return mint.Response{}, err
	}
	return issuance.Sign(ctx)
}

// spend uses the code up. A refusal undoes that, so each one says whether the code is burned.
func (q *codeRequest) spend(tx *store.Tx, from From, grant issued.GrantID, detail *Detail) (issued.Code, error) {
	tenant := from.Issuer.Tenant
	// RFC 6749 §4.1.2: a code is used once
	c, earlier, err := issued.SpendCode(tx, q.Root, tenant, q.code, grant)
	replayed := errors.Is(err, issued.ErrSpent)
	if errors.Is(err, store.ErrNotFound) {
		return c, errCode
	}
	if err != nil && !replayed {
		return c, err
	}
	// RFC 6749 §4.1.3: the code was issued to the authenticated client. Another client's attempt
	// leaves the code alone, or it could spoil every sign-in that it overhears.
	if c.Client != from.Client.ID {
		return c, errCode
	}
	if err := q.prove(from, c); err != nil {
		// RFC 9700 §4.5.3: who has the code but not the verifier gets one try
		if !replayed {
			tx.OnRefusal(func(tx *store.Tx) error { return issued.BurnCode(tx, q.Root, tenant, q.code) })
		}
		return c, err
	}
	if !replayed {
		return c, nil
	}
	// RFC 6749 §4.1.2: a code used twice takes back the tokens that it led to. OAuth 2.1 (draft 16)
	// §7.5: only a request that is right in all else does, or anyone could.
	if earlier != "" {
		detail.Revoked = string(earlier)
		tx.OnRefusal(func(tx *store.Tx) error { return revoke(tx, from, earlier) })
	}
	return c, errCode
}

// prove tests what binds the request to the authorization request.
func (q *codeRequest) prove(from From, c issued.Code) error {
	// RFC 6749 §4.1.3: redirect_uri equals the one of the authorization request. OAuth 2.1 (draft
	// 16) §4.1.3 has no such parameter, since PKCE does its work: without PKCE it is required.
	if q.redirect != "" && q.redirect != c.RedirectURI || q.redirect == "" && c.RedirectSent && c.Challenge.IsZero() {
		return oauth.InvalidGrant("redirect_uri is not the one that the code was sent to")
	}
	// RFC 9700 §2.1.1: clients prove PKCE; a code without challenge is worth nothing to them
	if c.Challenge.IsZero() && from.Client.NeedsPKCE() {
		return oauth.InvalidGrant("the authorization request had no code_challenge")
	}
	verifier, err := oauth.ParseCodeVerifier(q.verifier)
	if err != nil {
		return err
	}
	// RFC 7636 §4.6: the verifier belongs to the challenge
	return c.Challenge.Verify(verifier)
}

func (q *codeRequest) issue(tx *store.Tx, from From, all resource.Catalogue, id issued.GrantID, c issued.Code, detail *Detail) (*mint.Issuance, error) {
	if err := stands(tx.Read(), from, c); err != nil {
		return nil, err
	}
	if err := allowed(tx, from, c); err != nil {
		return nil, err
	}
	g := issued.Grant{ID: id, Client: c.Client, Account: c.Account, Epoch: c.Epoch, Session: c.Session, Terms: c.Terms}
	// OpenID Connect Core 1.0 §11: with offline_access the grant outlives the session
	if c.Offline {
		g.Session = ""
	}
	order, err := q.order(tx.Read(), from, all, &g, oauth.ScopeSet{}, q.resources)
	if err != nil {
		return nil, err
	}
	g.ExpiresAt = tx.Now().Add(q.Mint.Life(order.Resource))
	g.IdleUntil = g.ExpiresAt
	if c.WithRefresh && from.Client.May(oauth.GrantRefreshToken) {
		g.Generation, order.Generation = 1, 1
		g.ExpiresAt = tx.Now().Add(q.Lifetimes.RefreshAbsolute)
		g.IdleUntil = sooner(tx.Now().Add(q.Lifetimes.RefreshIdle), g.ExpiresAt)
	}
	if err := issued.InsertGrant(tx, from.Issuer.Tenant, g); err != nil {
		return nil, err
	}
	return begin(tx, q.Mint, order, detail)
}

// stands reports, as a refusal, a person who may not act any more, or who signed out after the
// authorization: session, account and epoch are those of then.
func stands(r *store.Reader, from From, c issued.Code) error {
	s, err := session.Get(r, from.Issuer.Tenant, session.ID(c.Session))
	if errors.Is(err, store.ErrNotFound) {
		return errCode.Because(err)
	}
	if err == nil && (s.Account != c.Account || s.Epoch != c.Epoch) {
		return errCode.Because(errors.New("the session is another person's"))
	}
	return err
}

// allowed reports, as a refusal, a person who has withdrawn the consent since the authorization.
// First-party clients need none.
func allowed(tx *store.Tx, from From, c issued.Code) error {
	if from.Client.FirstParty {
		return nil
	}
	covers, err := consent.Covers(tx, from.Issuer.Tenant, c.Account, c.Client, c.Terms.Scopes, c.Terms.Resources)
	if err == nil && !covers {
		err = errCode.Because(errors.New("the consent was withdrawn"))
	}
	return err
}

// revoke ends a grant; that it has ended already is fine.
func revoke(tx *store.Tx, from From, grant issued.GrantID) error {
	err := issued.RevokeGrant(tx, from.Issuer.Tenant, grant)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
