package web

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// Cookie declares one cookie. It is always __Host-, Secure, HttpOnly, Path=/
// and without Domain (RFC 6265bis §4.1.3.2): no other host can set or read it.
type Cookie struct {
	// Name is the name without the prefix: letters, digits and '-'.
	Name string
	// Strict sends the cookie on no navigation from another site. The default
	// is SameSite=Lax.
	Strict bool
}

// maxCookies caps the Cookie header in bytes (security row OP05).
const maxCookies = 8 << 10

const cookieChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"

func (c Cookie) full() string { return "__Host-" + c.Name }

func (c Cookie) set(w http.ResponseWriter, value string, maxAge int) {
	mode := http.SameSiteLaxMode
	if c.Strict {
		mode = http.SameSiteStrictMode
	}
	http.SetCookie(w, &http.Cookie{Name: c.full(), Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: mode})
}

// Set gives the browser value, an opaque string of unreserved characters
// (RFC 3986 §2.3), for ttl in whole seconds; ttl 0 means until the browser closes.
func (c Cookie) Set(w http.ResponseWriter, value string, ttl time.Duration) error {
	if value == "" || strings.Trim(value, cookieChars) != "" {
		return errors.New("cookie " + c.Name + ": the value is empty or not opaque")
	}
	if ttl < 0 || (ttl > 0 && ttl < time.Second) {
		return errors.New("cookie " + c.Name + ": the life is less than a second")
	}
	c.set(w, value, int(ttl/time.Second))
	return nil
}

// Clear makes the browser forget the cookie.
func (c Cookie) Clear(w http.ResponseWriter) { c.set(w, "", -1) }

// Read returns the value. A cookie that is missing, malformed or sent twice is
// not there: whoever can add a second one must not choose which one counts.
func (c Cookie) Read(r *Request) (value string, ok bool) {
	name := c.full()
	for _, line := range r.Header["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			k, v, eq := strings.Cut(strings.Trim(pair, " \t"), "=")
			if !eq || k != name {
				continue
			}
			if ok {
				return "", false
			}
			value, ok = v, true
		}
	}
	if !ok || value == "" || strings.Trim(value, cookieChars) != "" {
		return "", false
	}
	return value, true
}
