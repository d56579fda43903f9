package authorize

import (
	"net/http"
	"net/url"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Pages draws what the room has to show. Each writes the whole answer, or nothing if it fails.
type Pages interface {
	// Error tells a person what went wrong where no redirect is possible. kind is one of the
	// Kind constants; code and sentence are for the client's developer.
	Error(w http.ResponseWriter, r *web.Request, status int, kind string, code oauth.Code, sentence string) error
	// FormPost carries a response to the client (OAuth 2.0 Form Post Response Mode §2): a form
	// with exactly these fields that posts to target. The policy for form-action is set.
	FormPost(w http.ResponseWriter, r *web.Request, app client.Client, target oauth.RegisteredURI, fields url.Values) error
}

// The kinds of error page, as far as the person in front of it is concerned.
const (
	KindRequest  = "request"  // the client's request is broken
	KindApp      = "app"      // no such client, or it is disabled
	KindRedirect = "redirect" // the redirect URI is not the client's
	KindExpired  = "expired"  // the interaction is over, or another browser's
	KindMissing  = "missing"  // no such tenant
	KindBusy     = "busy"     // too many requests
	KindFault    = "fault"    // our own fault
)

// Room is the authorization endpoint. It is safe for concurrent use. All fields are required.
type Room struct {
	Guard     *guard.Guard
	Root      *secret.Root
	Ring      *key.Ring
	Clients   *client.Directory
	Resources *resource.Directory
	Browser   *browser.Browser
	Pages     Pages
	// Permits gives the scopes of an API that a person may use there: those without a permission
	// and those whose permission the person holds.
	Permits func(r *store.Reader, tenant id.Tenant, who account.ID, res resource.Resource) (oauth.ScopeSet, error)
	// Subject is the sub under which a client knows a person.
	Subject func(tenant id.Tenant, c client.Client, who account.ID) string
	// SID is the sid under which a client knows a session.
	SID func(tenant id.Tenant, c client.Client, session string) string
	// Suffices tells whether a living session is enough for what a request is about, by the policies
	// of sign-in and by what the person can prove: what was proved for one application may be too
	// little for the next.
	Suffices func(r *web.Request, about interaction.About, s session.Session) (bool, error)
	// Reach is the best that the factors of this server prove together.
	Reach factor.Strength
	// CodeLifetime is how long a code may be redeemed; at most 10 minutes (RFC 6749 §4.1.2).
	CodeLifetime time.Duration
}

// Paths of the endpoint, below the tenant.
const (
	path       = "/oauth/authorize"
	resumePath = "/oauth/authorize/resume"
)

// Routes are the room's endpoints.
func (a *Room) Routes() []web.Route {
	// RFC 9700 §2.6: the authorization endpoint does not allow cross-origin reads, so no CORS
	return []web.Route{
		{
			Name: "oauth.authorize", Method: http.MethodGet, Path: path, Scope: web.PerTenant,
			Public: "a client sends a browser here before anybody is known", Event: Issue.Name(),
			Handler: a.get, Errors: a.translate,
		},
		{
			// OpenID Connect Core 1.0 §3.1.2.1: both GET and POST must be supported
			Name: "oauth.authorize.post", Method: http.MethodPost, Path: path, Scope: web.PerTenant,
			Public: "a client sends a browser here before anybody is known", Event: Issue.Name(),
			CSRF:            web.CrossSite,
			CrossSiteReason: "OpenID Connect Core 1.0 §3.1.2.1 lets clients post the request from their own pages; it does no more than the same request by GET",
			Handler:         a.post, Errors: a.translate,
		},
		{
			Name: "oauth.authorize.resume", Method: http.MethodGet, Path: resumePath, Scope: web.PerTenant,
			Public: "the interaction and the session, both bound to the browser's cookies, decide", Event: Issue.Name(),
			Handler: a.resume, Errors: a.translate,
		},
	}
}
