package oauth

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// RegisteredURI is a redirect target that passed registration. It is the only
// type from which a redirect to another origin may be made. The zero value is no
// target; values are comparable with ==.
type RegisteredURI struct {
	raw    string
	origin string
	// loopback and tail hold "http://127.0.0.1" or "http://[::1]" and all that
	// follows the port; both are empty for every other URI.
	loopback, tail string
}

const maxURILength = 2048

// responseParameters may not be in a registered query: the response would carry them twice.
var responseParameters = []string{"code", "state", "iss", "error", "error_description", "error_uri",
	"response", "id_token", "access_token", "token_type", "expires_in", "scope", "session_state"}

// ParseRedirectURI applies the rules for registering a redirect URI. The error
// is a sentence for the person who registers; it is not an *Error, since the
// code differs by door (RFC 7591 has its own).
func ParseRedirectURI(raw string) (RegisteredURI, error) {
	u, err := parseAbsolute(raw)
	if err != nil {
		return RegisteredURI{}, fmt.Errorf("redirect URI: %w", err)
	}
	if strings.Contains(raw, "*") {
		return RegisteredURI{}, fmt.Errorf("redirect URI: there are no wildcards; register each URI in full")
	}
	for name := range u.Query() {
		// RFC 6749 §3.1: response parameters must not be included more than once
		if slices.Contains(responseParameters, name) {
			return RegisteredURI{}, fmt.Errorf("redirect URI: the query holds the response parameter %q", name)
		}
	}
	r := RegisteredURI{raw: raw, origin: cspSource(u)}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http":
		// RFC 8252 §7.3, §8.3: plain http is for the loopback interface only
		host := u.Hostname()
		if host != "127.0.0.1" && host != "::1" && host != "localhost" {
			return RegisteredURI{}, fmt.Errorf("redirect URI: http is for 127.0.0.1, [::1] and localhost only; use https")
		}
		r.loopback, r.tail = splitLoopback(raw)
	// RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it has a dot
	case !strings.Contains(u.Scheme, "."):
		return RegisteredURI{}, fmt.Errorf("redirect URI: scheme %q is not https, loopback http, or a reversed domain name", u.Scheme)
	// RFC 8252 §7.1: after a private-use scheme comes a path; an authority is tolerated
	case u.Opaque != "":
		return RegisteredURI{}, fmt.Errorf("redirect URI: after %q a slash must follow", u.Scheme+":")
	}
	return r, nil
}

// parseAbsolute reads an absolute URI in the form that Go, browsers and proxies
// understand alike; everything on which they disagree is refused.
func parseAbsolute(raw string) (*url.URL, error) {
	if raw == "" || len(raw) > maxURILength {
		return nil, fmt.Errorf("must have 1 to %d characters", maxURILength)
	}
	if i := badURIByte(raw); i >= 0 {
		return nil, fmt.Errorf("character %d is not allowed in a URI; percent-encode it", i+1)
	}
	// RFC 6749 §3.1.2: the redirection endpoint must not include a fragment
	if strings.Contains(raw, "#") {
		return nil, fmt.Errorf("must not have a fragment")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("is not a URI")
	}
	// RFC 6749 §3.1.2: the redirection endpoint must be an absolute URI
	if u.Scheme == "" {
		return nil, fmt.Errorf("must be absolute")
	}
	switch u.Scheme {
	case "javascript", "data", "blob", "vbscript", "file", "about", "view-source", "filesystem":
		return nil, fmt.Errorf("scheme %q is never allowed", u.Scheme)
	}
	authority, found := authorityOf(raw)
	if u.User != nil || strings.ContainsAny(authority, "@%") {
		return nil, fmt.Errorf("must not have user information or escapes before the path")
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		if !found {
			return nil, fmt.Errorf("must have a host")
		}
		if err := checkAuthority(authority); err != nil {
			return nil, err
		}
	}
	if hasDotSegment(u.EscapedPath()) {
		return nil, fmt.Errorf("must not have dot segments in the path")
	}
	return u, nil
}

// badURIByte finds the first byte that is outside RFC 3986 or a malformed escape, or gives -1.
func badURIByte(raw string) int {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c <= 0x20 || c >= 0x7f || strings.IndexByte("\\\"<>^`{|}", c) >= 0:
			return i
		case c == '%':
			if i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2]) {
				return i
			}
		}
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// authorityOf cuts what stands between "//" and the next slash or question mark.
func authorityOf(raw string) (authority string, found bool) {
	_, rest, _ := strings.Cut(raw, ":")
	rest, found = strings.CutPrefix(rest, "//")
	if !found {
		return "", false
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	return rest, true
}

// checkAuthority accepts host or host:port, where the host is a DNS name, an
// IPv4 address in four decimal parts, or an IPv6 address in brackets.
func checkAuthority(authority string) error {
	host, port, hasPort := authority, "", false
	if strings.HasPrefix(authority, "[") {
		inside, after, closed := strings.Cut(authority[1:], "]")
		addr, err := netip.ParseAddr(inside)
		if !closed || err != nil || !addr.Is6() || addr.Zone() != "" {
			return fmt.Errorf("has a malformed IPv6 address")
		}
		host, hasPort = "", after != ""
		if hasPort && after[0] != ':' {
			return fmt.Errorf("has a malformed host")
		}
		port = strings.TrimPrefix(after, ":")
	} else {
		host, port, hasPort = strings.Cut(authority, ":")
		if err := checkHost(host); err != nil {
			return err
		}
	}
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || port[0] == '0' {
			return fmt.Errorf("has a malformed port")
		}
	}
	return nil
}

func checkHost(host string) error {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return fmt.Errorf("has a malformed host")
		}
	}
	// Browsers read 0x7f.1 and 2130706433 as 127.0.0.1: a host that ends in a
	// number must be an address in its one canonical form.
	last := strings.ToLower(labels[len(labels)-1])
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		if addr, err := netip.ParseAddr(host); err != nil || !addr.Is4() {
			return fmt.Errorf("has a malformed IPv4 address")
		}
	}
	return nil
}

// hasDotSegment finds . and .. between slashes, also when percent-encoded:
// browsers resolve both before they send the request.
func hasDotSegment(escapedPath string) bool {
	for segment := range strings.SplitSeq(escapedPath, "/") {
		s := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		if s == "." || s == ".." {
			return true
		}
	}
	return false
}

// splitLoopback cuts an http URI of a loopback address around its port.
func splitLoopback(raw string) (loopback, tail string) {
	for _, prefix := range []string{"http://127.0.0.1", "http://[::1]"} {
		rest, ok := strings.CutPrefix(raw, prefix)
		if !ok {
			continue
		}
		if port, found := strings.CutPrefix(rest, ":"); found {
			rest = strings.TrimLeft(port, "0123456789")
		}
		if rest == "" || rest[0] == '/' || rest[0] == '?' {
			return prefix, rest
		}
	}
	return "", ""
}

// Match looks for the presented redirect URI among the registered ones and gives
// the target to redirect to, which is exactly what was presented.
func Match(registered []RegisteredURI, presented string) (target RegisteredURI, ok bool) {
	if presented == "" {
		return RegisteredURI{}, false
	}
	// RFC 9700 §2.1: redirect URIs are compared by exact string matching
	for _, r := range registered {
		if r.raw == presented {
			return r, true
		}
	}
	// RFC 8252 §7.3: for a loopback IP address, and nothing else, any port is allowed at request time
	loopback, tail := splitLoopback(presented)
	if loopback == "" {
		return RegisteredURI{}, false
	}
	for _, r := range registered {
		if r.loopback != loopback || r.tail != tail {
			continue
		}
		if target, err := ParseRedirectURI(presented); err == nil {
			return target, true
		}
	}
	return RegisteredURI{}, false
}

// String is the URI as it was registered or, from Match, presented.
func (r RegisteredURI) String() string { return r.raw }

// IsZero tells whether there is no target.
func (r RegisteredURI) IsZero() bool { return r.raw == "" }

// IsPrivateScheme tells whether the target is an app's own scheme (RFC 8252 §7.1).
func (r RegisteredURI) IsPrivateScheme() bool {
	return r.raw != "" && !strings.HasPrefix(r.origin, "http:") && !strings.HasPrefix(r.origin, "https:")
}

// IsLoopback tells whether the target is plain http, which registration allows for loopback only.
func (r RegisteredURI) IsLoopback() bool { return strings.HasPrefix(r.origin, "http:") }

// Redirect is the Location of a response in query mode: the target with the
// parameters added to its query.
func (r RegisteredURI) Redirect(params url.Values) string {
	if len(params) == 0 {
		return r.raw
	}
	separator := "?"
	// RFC 6749 §3.1.2: a query of the registered URI must be retained
	if strings.Contains(r.raw, "?") {
		separator = "&"
		if strings.HasSuffix(r.raw, "?") || strings.HasSuffix(r.raw, "&") {
			separator = ""
		}
	}
	return r.raw + separator + params.Encode()
}

// Origin is the source expression for the target in a Content-Security-Policy
// (form-action): scheme and host, or the scheme with a colon for private-use
// schemes and for IPv6 addresses, which source expressions cannot name.
func (r RegisteredURI) Origin() string { return r.origin }

func cspSource(u *url.URL) string {
	if u.Scheme != "https" && u.Scheme != "http" || strings.HasPrefix(u.Host, "[") {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// MarshalText writes the URI, so that lists of targets store as lists of strings.
func (r RegisteredURI) MarshalText() ([]byte, error) { return []byte(r.raw), nil }

// UnmarshalText reads a URI with the checks of ParseRedirectURI.
func (r *RegisteredURI) UnmarshalText(text []byte) error {
	parsed, err := ParseRedirectURI(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}
