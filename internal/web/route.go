package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Handler answers one request. A returned error goes to the route's
// [ErrorFunc]; a handler that returns an error must not have written.
type Handler func(w http.ResponseWriter, r *Request) error

// ErrorFunc is a protocol's translation of errors to answers. It writes the
// answer of a refusal that it knows and returns true. For an error that it
// does not know it returns false: web logs the fault once, and answers
// server_error with the request id unless the function has already written
// an answer of that kind (a page, say). It must know [*Refusal].
type ErrorFunc func(w http.ResponseWriter, r *Request, err error) (known bool)

// Scope says where a route is mounted.
type Scope uint8

// The scopes. The zero Scope is undeclared and refused.
const (
	scopeUndeclared Scope = iota
	// Root mounts the path once; such a route has no tenant.
	Root
	// PerTenant mounts the path for the default tenant and again below
	// /t/{tenant} for the others.
	PerTenant
	// WellKnown mounts /.well-known/x in the three places in which clients
	// look: at the root, below the tenant (OpenID Connect Discovery 1.0 §4)
	// and with the tenant's path appended (RFC 8414 §3.1).
	WellKnown
)

// CSRFClass says how an unsafe method is protected from other sites.
type CSRFClass uint8

// The classes. The zero class is undeclared: refused on unsafe methods.
const (
	csrfUndeclared CSRFClass = iota
	// Browser routes rely on a cookie: only same-origin requests of a browser
	// that says so (Sec-Fetch-Site or Origin) pass, by http.CrossOriginProtection
	// without any bypass.
	Browser
	// Credentials routes look at no ambient credential (cookie, client
	// certificate of the browser): the request carries its own.
	Credentials
	// CrossSite routes are posted by other sites legitimately;
	// [Route.CrossSiteReason] says why that is safe.
	CrossSite
)

// CORSClass says which scripts of other origins may read the answer.
type CORSClass uint8

const (
	// SameOrigin sends no CORS header.
	SameOrigin CORSClass = iota
	// AnyOrigin answers every origin and never with credentials.
	AnyOrigin
)

// Cache is a route's Cache-Control. The zero value is no-store.
type Cache struct{ maxAge time.Duration }

// Public lets every cache keep a successful answer for maxAge, in whole
// seconds. An answer with a cookie or an error status stays no-store.
func Public(maxAge time.Duration) Cache { return Cache{maxAge: maxAge.Truncate(time.Second)} }

func (c Cache) header() []string {
	if c.maxAge <= 0 {
		return noStoreValue
	}
	return one("public, max-age=" + strconv.FormatInt(int64(c.maxAge/time.Second), 10))
}

// DefaultBody is the cap on a request body of a route that names none, in bytes.
const DefaultBody int64 = 64 << 10

// Route declares one endpoint.
type Route struct {
	// Name is unique, dotted and lower case ("oauth.token"): the label in logs and metrics.
	Name string
	// Method is GET, POST, PUT, PATCH or DELETE. GET serves HEAD too.
	Method string
	// Path is a ServeMux path without method and host. PerTenant and WellKnown
	// paths leave the tenant out.
	Path string
	// Scope says where the path is mounted. Required.
	Scope Scope
	// Action is the permission that guard asks for, by action name. Exactly one
	// of Action and Public is set.
	Action string
	// Public says why the route needs no permission.
	Public string
	// Body caps the request body in bytes; 0 means [DefaultBody].
	Body int64
	// Rate is the class of the per-address limit.
	Rate RateClass
	// CSRF is required on unsafe methods.
	CSRF CSRFClass
	// CrossSiteReason is required with, and only with, CrossSite.
	CrossSiteReason string
	// Cache is the Cache-Control of successful answers.
	Cache Cache
	// CORS says which origins' scripts may read the answer.
	CORS CORSClass
	// Event is the audit event of the route, empty when it writes none.
	Event string
	// Quiet logs successful requests at debug level.
	Quiet bool
	// Handler answers. Required.
	Handler Handler
	// Errors translates. Required.
	Errors ErrorFunc
}

func safe(method string) bool { return method == http.MethodGet }

// check returns every contradiction of the declaration.
func (rt *Route) check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("route %q (%s %s): "+format,
			append([]any{rt.Name, rt.Method, rt.Path}, args...)...))
	}
	if rt.Name == "" || strings.Trim(rt.Name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		bad("the name must be lower case letters, digits, '.', '_' and '-'")
	}
	switch rt.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		bad("the method must be GET, POST, PUT, PATCH or DELETE")
	}
	switch {
	case !strings.HasPrefix(rt.Path, "/") || strings.ContainsAny(rt.Path, " ?#") || ambiguousPath(rt.Path):
		bad("the path must be a clean absolute path")
	case strings.HasPrefix(rt.Path, "/t/") || rt.Path == "/t":
		bad("paths below /t/ belong to tenants: declare the path without it, with Scope PerTenant")
	case rt.Scope == WellKnown && !strings.HasPrefix(rt.Path, wellKnown):
		bad("a WellKnown path starts with %s", wellKnown)
	case rt.Scope != WellKnown && strings.HasPrefix(rt.Path, wellKnown) && rt.Scope != Root:
		bad("a path below %s has Scope WellKnown or Root", wellKnown)
	case strings.Contains(rt.Path, "{tenant}"):
		bad("the wildcard {tenant} belongs to the scope")
	}
	if rt.Scope == scopeUndeclared || rt.Scope > WellKnown {
		bad("declare a Scope")
	}
	if (rt.Action == "") == (rt.Public == "") {
		bad("declare either the Action that guards it or, in Public, why none does")
	}
	if rt.Body < 0 {
		bad("Body is negative")
	}
	if rt.Cache.maxAge != 0 && (!safe(rt.Method) || rt.Public == "") {
		bad("only a public GET may be cached")
	}
	switch {
	case safe(rt.Method) && rt.CSRF == CrossSite:
		bad("a safe method needs no CrossSite class")
	case !safe(rt.Method) && (rt.CSRF == csrfUndeclared || rt.CSRF > CrossSite):
		bad("declare a CSRF class")
	}
	if (rt.CSRF == CrossSite) != (rt.CrossSiteReason != "") {
		bad("CrossSiteReason goes with CrossSite, and CrossSite with a reason")
	}
	if rt.CORS == AnyOrigin && !safe(rt.Method) && rt.CSRF != Credentials {
		bad("AnyOrigin needs CSRF class Credentials")
	}
	if rt.Handler == nil {
		bad("no Handler")
	}
	if rt.Errors == nil {
		bad("no Errors: name the protocol's translation function")
	}
	return errors.Join(errs...)
}

const (
	wellKnown    = "/.well-known/"
	tenantPrefix = "/t/{tenant}"
)

// Paths lists the ServeMux paths at which the route is mounted, the default
// tenant's first.
func (rt *Route) Paths() []string {
	switch rt.Scope {
	case PerTenant:
		if rt.Path == "/{$}" {
			return []string{rt.Path, tenantPrefix + "/{$}"}
		}
		return []string{rt.Path, tenantPrefix + rt.Path}
	case WellKnown:
		return []string{rt.Path, tenantPrefix + rt.Path, rt.Path + tenantPrefix}
	}
	return []string{rt.Path}
}

// ambiguousPath reports a path that other software may read as another one:
// empty or dot segments, backslashes.
func ambiguousPath(p string) bool {
	if p == "" || p[0] != '/' {
		return true
	}
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\', 0:
			return true
		case '/':
			rest := p[i+1:]
			if rest != "" && rest[0] == '/' {
				return true
			}
			if rest != "" && rest[0] == '.' &&
				(rest == "." || rest == ".." || strings.HasPrefix(rest, "./") || strings.HasPrefix(rest, "../")) {
				return true
			}
		}
	}
	return false
}
