package logout

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/web"
)

// Pages draws what the room has to show. Each writes the whole answer, or nothing if it fails.
type Pages interface {
	// Error tells a person what went wrong. kind is one of the Kind constants; code and sentence
	// are for the client's developer.
	Error(w http.ResponseWriter, r *web.Request, status int, kind string, code oauth.Code, sentence string) error
	// SignOut asks whether to sign out.
	SignOut(w http.ResponseWriter, r *web.Request, q Question) error
	// SignedOut says that the session has ended. app is the client that sent the person, zero if
	// unknown; next is where its button leads, "" for none.
	SignedOut(w http.ResponseWriter, r *web.Request, app client.Client, next string) error
}

// Question is what the sign-out page asks.
type Question struct {
	Client  client.Client // that sent the person here; zero if unknown
	Person  account.ID    // who is signed in
	Action  string        // takes a POST with the field FieldAnswer
	Locales []string      // ui_locales, most wanted first
}

// The field that the sign-out page posts, and the value that signs out; every other stays.
const (
	FieldAnswer = "answer"
	Yes         = "yes"
)

// The kinds of error page.
const (
	KindRequest  = "request"  // the client's request is broken
	KindRedirect = "redirect" // the target is not the client's
	KindExpired  = "expired"  // the question is over, or another browser's
	KindOrigin   = "origin"   // a form arrived from another site
	KindMissing  = "missing"  // no such tenant
	KindBusy     = "busy"     // too many requests
	KindFault    = "fault"    // our own fault
)

// Room is the logout endpoint. It is safe for concurrent use. All fields are required.
type Room struct {
	Guard   *guard.Guard
	Ring    *key.Ring
	Clients *client.Directory
	Browser *browser.Browser
	Pages   Pages
	// Subject is the sub under which a client knows a person.
	Subject func(tenant id.Tenant, c client.Client, who account.ID) string
	// SID is the sid under which a client knows a session.
	SID func(tenant id.Tenant, c client.Client, session string) string
	// Home is the path, below the tenant, to which a person goes who stays signed in.
	Home string
}

// Paths of the endpoint and its pages, below the tenant.
const (
	path        = "/oauth/logout"
	confirmPath = "/oauth/logout/confirm"
	donePath    = "/oauth/logout/done"
)

// Routes are the room's endpoints.
func (l *Room) Routes() []web.Route {
	route := func(name, method, path, public string, h web.Handler) web.Route {
		return web.Route{Name: name, Method: method, Path: path, Scope: web.PerTenant, Public: public, Handler: h, Errors: l.translate}
	}
	begin := route("oauth.logout", http.MethodGet, path, "a client sends a browser here; an ID token or the person's answer decides", l.get)
	// OpenID Connect RP-Initiated Logout 1.0 §2: both GET and POST must be supported
	post := route("oauth.logout.post", http.MethodPost, path, begin.Public, l.post)
	post.CSRF = web.CrossSite
	post.CrossSiteReason = "OpenID Connect RP-Initiated Logout 1.0 §2 lets clients post the request from their own pages; it is repeated as a GET, which ends nothing without an ID token or the person's answer"
	begin.Event = session.Logout.Name()
	answer := route("oauth.logout.answer", http.MethodPost, confirmPath, "the interaction and the session, both bound to the browser's cookies, decide", l.answer)
	answer.CSRF, answer.Event = web.Browser, session.Logout.Name()
	return []web.Route{
		begin, post, answer,
		route("oauth.logout.confirm", http.MethodGet, confirmPath, "a question to the person at the browser", l.confirm),
		route("oauth.logout.done", http.MethodGet, donePath, "says that there is no session", l.done),
	}
}

// shown is a refusal that the person sees.
type shown struct {
	kind    string
	refusal *oauth.Error
}

// Error is the text for our log.
func (s *shown) Error() string { return s.refusal.Error() }

// Unwrap gives the protocol's error.
func (s *shown) Unwrap() error { return s.refusal }

func (l *Room) translate(w http.ResponseWriter, r *web.Request, err error) (known bool) {
	status, kind, code, sentence := http.StatusInternalServerError, KindFault, oauth.CodeServerError, ""
	var page *shown
	var door *web.Refusal
	switch {
	case errors.As(err, &page):
		status, kind, code, sentence = http.StatusBadRequest, page.kind, page.refusal.Code, page.refusal.Description
	case errors.Is(err, browser.ErrNone):
		status, kind, code = http.StatusBadRequest, KindExpired, ""
	case errors.As(err, &door):
		status, kind, code, sentence = door.Status, KindRequest, oauth.CodeInvalidRequest, door.Public
		switch door.Status {
		case http.StatusForbidden:
			kind, code = KindOrigin, ""
		case http.StatusNotFound:
			kind = KindMissing
		case http.StatusTooManyRequests:
			kind, code = KindBusy, oauth.CodeTemporarilyUnavailable
		}
	}
	if l.Pages.Error(w, r, status, kind, code, sentence) != nil {
		return false // web writes its own answer and logs err, which is what led here
	}
	return kind != KindFault
}

// kept is what an interaction remembers of a request.
type kept struct {
	Target oauth.RegisteredURI `json:"target,omitzero"` // where to go on; zero for nowhere
	State  string              `json:"state,omitempty"`
	Proved bool                `json:"proved,omitempty"` // an ID token proved that the client asks
}
