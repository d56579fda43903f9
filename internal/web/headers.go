package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// one makes a header value that can be shared between answers: its capacity is
// its length, so http.Header.Add copies before it appends.
func one(v string) []string { return []string{v}[:1:1] }

// contentSecurityPolicy ends with form-action, so that AllowFormAction appends.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; " +
	"frame-ancestors 'none'; form-action 'self'"

// Canonical header keys and shared values: assigning them to the map costs
// neither a canonicalisation nor an allocation.
const (
	hCSP     = "Content-Security-Policy"
	hNosniff = "X-Content-Type-Options"
	hRefer   = "Referrer-Policy"
	hCOOP    = "Cross-Origin-Opener-Policy"
	hCORP    = "Cross-Origin-Resource-Policy"
	hHSTS    = "Strict-Transport-Security"
	hCache   = "Cache-Control"
	hReqID   = "X-Request-Id"
	hACAO    = "Access-Control-Allow-Origin"
	hType    = "Content-Type"
	hLength  = "Content-Length"
	hETag    = "Etag"
)

var (
	cspValue     = one(contentSecurityPolicy)
	nosniffValue = one("nosniff")
	referValue   = one("no-referrer")
	sameValue    = one("same-origin")
	crossValue   = one("cross-origin")
	hstsValue    = one("max-age=63072000")
	noStoreValue = one("no-store")
	anyValue     = one("*")
	jsonValue    = one("application/json")
	textValue    = one("text/plain; charset=utf-8")
)

// secure sets the headers that every answer carries.
func (s *Server) secure(h http.Header) {
	h[hCSP] = cspValue
	h[hNosniff] = nosniffValue
	h[hRefer] = referValue
	h[hCOOP] = sameValue
	h[hCORP] = sameValue
	h[hCache] = noStoreValue
	if s.https {
		h[hHSTS] = hstsValue
	}
}

// AllowFormAction lets forms of this one answer lead to the origin of target,
// an absolute URI: browsers apply form-action to the redirects that follow a
// submitted form (CSP Level 3 §6.4.1), so the page that returns to a client
// must name the client. A private-use scheme (RFC 8252 §7.1) is allowed as a
// whole, and so is http for an IPv6 loopback literal, which CSP cannot name.
func AllowFormAction(w http.ResponseWriter, target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme == "" || strings.Trim(u.Scheme, schemeChars) != "" {
		return errors.New("form action: the target is not an absolute URI")
	}
	source := u.Scheme + ":"
	switch u.Scheme {
	case "javascript", "data", "blob", "filesystem":
		return errors.New("form action: the scheme runs in the page")
	case "http", "https":
		if u.Host == "" || strings.Trim(u.Host, hostChars) != "" {
			return errors.New("form action: the host cannot be written in a policy")
		}
		if u.Host[0] != '[' {
			source += "//" + u.Host
		}
	}
	h := w.Header()
	h[hCSP] = one(h.Get(hCSP) + " " + source)
	return nil
}

const (
	schemeChars = "abcdefghijklmnopqrstuvwxyz0123456789+.-"
	hostChars   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]"
)

// SeeOther answers 303 (RFC 9110 §15.4.4), the only redirect after a POST: the
// browser repeats neither the method nor the body.
func SeeOther(w http.ResponseWriter, location string) {
	w.Header()["Location"] = one(location)
	w.WriteHeader(http.StatusSeeOther)
}
