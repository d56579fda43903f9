package notice

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/logout"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Pages draws, for rooms that draw nothing themselves, what they have to show. It is safe for
// concurrent use.
type Pages struct{ visits *visit.Room }

// NewPages returns the pages.
func NewPages(v *visit.Room) *Pages { return &Pages{v} }

// base never fails: a page about a failure must not fail for want of a name.
func (p *Pages) base(ctx context.Context, r *web.Request) part.Base {
	b, err := p.visits.Base(ctx, r, nil, nil)
	if err != nil {
		b.TenantName = ""
	}
	return b
}

// Error tells a person what went wrong. kind is one of the Kinds; code and sentence, for the
// developer of the app, may be empty.
func (p *Pages) Error(w http.ResponseWriter, r *web.Request, status int, kind string, code oauth.Code, sentence string) error {
	return visit.Show(w, status, &Error{Base: p.base(r.Context(), r), Kind: Kind(kind), Code: string(code), Detail: sentence})
}

// FormPost carries an authorization response to the client (OAuth 2.0 Form Post Response Mode §2).
// The fields stand in alphabetical order. Whoever calls has set the policy for form-action.
func (p *Pages) FormPost(w http.ResponseWriter, r *web.Request, app client.Client, target oauth.RegisteredURI, fields url.Values) error {
	page := &FormPost{Base: p.base(r.Context(), r), App: visit.App(app), Target: target.String()}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, value := range fields[name] {
			page.Fields = append(page.Fields, part.Field{Name: name, Value: value})
		}
	}
	return visit.Show(w, http.StatusOK, page)
}

// SignOut asks whether to sign out.
func (p *Pages) SignOut(w http.ResponseWriter, r *web.Request, q logout.Question) error {
	person, err := p.visits.Account(r.Context(), visit.Tenant(r), q.Person)
	if err != nil {
		return err
	}
	base, err := p.visits.Base(r.Context(), r, q.Locales, &person)
	if err != nil {
		return err
	}
	app, err := p.visits.AppWithLogo(r.Context(), visit.Tenant(r), q.Client)
	if err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, &SignOut{Base: base, App: app, Person: visit.Person(person), Action: q.Action})
}

// SignedOut says that the session has ended. back is the client's validated post-logout target,
// empty for none.
func (p *Pages) SignedOut(w http.ResponseWriter, r *web.Request, app client.Client, back string) error {
	return visit.Show(w, http.StatusOK, &SignedOut{Base: p.base(r.Context(), r), App: visit.App(app), ContinueURL: back, SignInURL: visit.URL(r, "/account")})
}

// Translate is the web.ErrorFunc of pages: refusals become pages, and so do faults, of which only
// the request id is told. A program that does not want HTML gets the plain text of web.
func (p *Pages) Translate(w http.ResponseWriter, r *web.Request, err error) bool {
	if accept := r.Header.Get("Accept"); accept != "" && !strings.Contains(accept, "text/html") && !strings.Contains(accept, "*/*") {
		return web.PlainErrors(w, r, err)
	}
	status, page := p.explain(r, err)
	known := status < http.StatusInternalServerError || page.Kind != Fault
	if visit.Show(w, status, page) != nil && known {
		return web.PlainErrors(w, r, err)
	}
	return known
}

// explain picks the page of an error.
func (p *Pages) explain(r *web.Request, err error) (int, *Error) {
	page := &Error{Base: p.base(r.Context(), r), Kind: Fault}
	var ours *visit.Refusal
	var webs *web.Refusal
	var denied *guard.Denied
	switch {
	case errors.As(err, &ours):
		page.Kind, page.Wait = Kind(ours.Kind), ours.Wait
		return ours.Status, page
	case errors.As(err, &denied):
		page.Kind = Forbidden
		return http.StatusForbidden, page
	case errors.As(err, &webs):
		page.Kind = kindOf(webs.Status)
		if page.Kind == BadRequest {
			page.Detail = webs.Public
		}
		if page.Kind == TooMany {
			page.Wait = time.Minute
		}
		return webs.Status, page
	}
	return http.StatusInternalServerError, page
}

// kindOf is the page of what web itself refuses.
func kindOf(status int) Kind {
	switch status {
	case http.StatusForbidden:
		return CrossOrigin
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return NotFound
	case http.StatusTooManyRequests:
		return TooMany
	case http.StatusServiceUnavailable:
		return Unavailable
	}
	return BadRequest
}
