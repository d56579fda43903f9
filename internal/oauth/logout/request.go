package logout

import (
	"errors"
	"net/url"
	"strings"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/hint"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// request is a logout request that passed all checks.
type request struct {
	client  client.Client // zero if unknown
	hint    *hint.Hint    // nil without a valid one for this client
	target  oauth.RegisteredURI
	state   string
	locales []string
}

const (
	maxState   = 2048 // bytes
	maxLocales = 10
	maxLocale  = 35 // bytes
)

// examine checks a request. The error is a *shown or a fault.
func (l *Room) examine(r *web.Request, p web.Params) (request, error) {
	q := request{state: p.Get("state")}
	if len(q.state) > maxState {
		return q, &shown{KindRequest, oauth.InvalidRequest("state is longer than 2048 bytes")}
	}
	// OpenID Connect RP-Initiated Logout 1.0 §2: locales that are not supported are no error
	for tag := range strings.FieldsSeq(p.Get("ui_locales")) {
		if len(tag) <= maxLocale && len(q.locales) < maxLocales {
			q.locales = append(q.locales, tag)
		}
	}
	name, err := l.readHint(r, p, &q)
	if err != nil {
		return q, err
	}
	if name != "" {
		q.client, err = l.Clients.Active(r.Context(), id.Tenant(r.Tenant.ID), client.ID(name))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return q, err
		}
	}
	// OpenID Connect RP-Initiated Logout 1.0 §3: the target must have been registered, and is compared by exact matching
	if text := p.Get("post_logout_redirect_uri"); text != "" {
		target, ok := oauth.Match(q.client.PostLogoutURIs, text)
		if !ok {
			return q, &shown{KindRedirect, oauth.InvalidRequest("post_logout_redirect_uri is not registered for the client; send id_token_hint or client_id, and the URI character by character")}
		}
		q.target = target
	}
	return q, nil
}

// readHint reads id_token_hint and finds out which client asks. A hint that is no good is as if
// it were not there: the person is asked.
func (l *Room) readHint(r *web.Request, p web.Params, q *request) (name string, err error) {
	name = p.Get("client_id")
	text := p.Get("id_token_hint")
	if text == "" {
		return name, nil
	}
	// OpenID Connect RP-Initiated Logout 1.0 §4: the hint must be our own ID token, and may have expired
	h, err := hint.Read(r.Context(), l.Ring, id.Tenant(r.Tenant.ID), r.Tenant.Issuer, text, l.Guard.Store().Now())
	if errors.Is(err, hint.ErrInvalid) {
		return name, nil
	}
	if err != nil {
		return "", err
	}
	// OpenID Connect RP-Initiated Logout 1.0 §2: client_id must be that for which the ID token was made
	if name != "" && !h.For(name) {
		return "", &shown{KindRequest, oauth.InvalidRequest("id_token_hint was made for another client than client_id")}
	}
	if name == "" && len(h.Audience) == 1 {
		name = h.Audience[0]
	}
	q.hint = &h
	return name, nil
}

// proved tells whether an ID token shows that the client asks for this logout.
func (q *request) proved() bool { return q.hint != nil && q.client.ID != "" }

// about tells whether the hint speaks of the person in the session.
func (l *Room) about(r *web.Request, q *request, s session.Session) bool {
	// OpenID Connect RP-Initiated Logout 1.0 §2: a logout for somebody else than the one at the browser is suspect
	tenant := id.Tenant(r.Tenant.ID)
	return q.proved() && (q.hint.SID == l.SID(tenant, q.client, string(s.ID)) || q.hint.Subject == l.Subject(tenant, q.client, s.Account))
}

// next is where the browser goes on, "" for nowhere.
func (k kept) next() string {
	if k.Target.IsZero() {
		return ""
	}
	params := url.Values{}
	// OpenID Connect RP-Initiated Logout 1.0 §3: state comes back if it was sent
	if k.State != "" {
		params.Set("state", k.State)
	}
	return k.Target.Redirect(params)
}
