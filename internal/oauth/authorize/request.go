package authorize

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/web"
)

// request is an authorization request that passed every step.
type request struct {
	client     client.Client
	target     oauth.RegisteredURI // where the response goes
	targetSent bool                // the request named it
	mode       oauth.ResponseMode
	state      string
	nonce      string
	identity   oauth.ScopeSet // OpenID Connect's scopes
	apis       []api          // the APIs that tokens will be for, with the scopes asked for there
	challenge  oauth.CodeChallenge
	prompt     oauth.Prompt
	claims     oauth.ClaimsRequest
	want       factor.Want    // what the person must have proved, and since when
	classes    []factor.Class // acr values that the client would like to read, best first
	needed     bool           // none but one of them will do
	subjects   []string       // only a person whom the client knows by one of these subs will do; none for anyone
	loginHint  string
	locales    []string
	at         time.Time // when the request arrived
}

// api is a protected API and what is asked for there.
type api struct {
	resource resource.Resource
	scopes   oauth.ScopeSet
}

// parameters are those of a request; a name occurs once, resource perhaps more often.
type parameters interface {
	Get(name string) string
	All(name string) []string
}

// known are the parameters that the steps read. Others are ignored and not stored.
var known = []string{
	"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
	"prompt", "max_age", "claims", "acr_values", "id_token_hint", "login_hint", "ui_locales", "request", "request_uri", "registration",
}

// repeatable may occur more than once (RFC 8707 §2).
const repeatable = "resource"

// examination is a request between its first step and its last.
type examination struct {
	request
	room   *Room
	ctx    context.Context //nolint:containedctx // it lives as long as the call that made it
	tenant id.Tenant
	issuer string
	params parameters
	asked  oauth.ScopeSet // the APIs' scopes
}

// examine makes all steps. The error is a *shown, a *returned, or a fault.
func (a *Room) examine(ctx context.Context, t web.Tenant, p parameters, at time.Time) (*request, error) {
	e := &examination{room: a, ctx: ctx, tenant: id.Tenant(t.ID), issuer: t.Issuer, params: p}
	e.mode, e.at = oauth.ResponseModeQuery, at
	for _, s := range steps {
		err := s.check(e)
		if err == nil {
			continue
		}
		// RFC 6749 §4.1.2.1: without a valid client and redirect URI the person is told, and nobody is redirected
		if e.target.IsZero() {
			return nil, err
		}
		return nil, &returned{to: &e.request, cause: err}
	}
	return &e.request, nil
}

// kept is a request as an interaction stores it.
type kept struct {
	Parameters url.Values `json:"parameters"`
	At         time.Time  `json:"at"`
}

// keep copies the parameters that the steps read.
func keep(p parameters, at time.Time) kept {
	k := kept{Parameters: url.Values{}, At: at}
	for _, name := range known {
		if v := p.Get(name); v != "" {
			k.Parameters[name] = []string{v}
		}
	}
	if list := p.All(repeatable); len(list) > 0 {
		k.Parameters[repeatable] = slices.Clone(list)
	}
	return k
}

// Get implements parameters.
func (k kept) Get(name string) string { return k.Parameters.Get(name) }

// All implements parameters.
func (k kept) All(name string) []string { return k.Parameters[name] }
