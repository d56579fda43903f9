package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Tenant is what a route needs to know of a tenant.
type Tenant struct {
	// ID is the tenant's id.
	ID string
	// Name is the path name, empty for the default tenant.
	Name string
	// Issuer is the issuer identifier, a URL without trailing slash.
	Issuer string
}

// Request is a request as handlers see it. It is valid until the handler
// returns.
type Request struct {
	*http.Request
	// Tenant is the resolved tenant; the zero value on Root routes.
	Tenant Tenant
	// ID names the request in the answer, the log and the audit events: 130
	// random bits of this server, never taken from a header.
	ID string
	// Client is the address of the client, without zone and never v4-mapped;
	// invalid on the local socket.
	Client netip.Addr
	// Local is true on the Unix socket in the data folder.
	Local bool
	// Received is when the server began to work on the request.
	Received time.Time

	server *Server
	attrs  []slog.Attr
}

// BaseURL is the configured public URL, without trailing slash. No header
// changes it.
func (r *Request) BaseURL() string { return r.server.base }

// TenantPath is the path of the request below the tenant's root.
func (r *Request) TenantPath() string {
	if r.Tenant.Name == "" {
		return r.URL.Path
	}
	return strings.TrimPrefix(r.URL.Path, "/t/"+r.Tenant.Name)
}

// Attr adds a field to the one log line of the request. Never add a query, a
// body, a token or personal data: ids only.
func (r *Request) Attr(attr slog.Attr) { r.attrs = append(r.attrs, attr) }

// Limit counts the request in a further class of the per-address limits. The error is a
// [*Refusal] with the status 429.
func (r *Request) Limit(class RateClass) error {
	if ok, _ := r.server.limiter.AllowAddress(class, r.Client, r.Received); !ok {
		return refuse(http.StatusTooManyRequests, "There are too many requests from this address.")
	}
	return nil
}

// exchange is one request and its answer: a single allocation. It is not
// pooled, because a handler's goroutine that outlives its request must never
// see another person's.
type exchange struct {
	http.ResponseWriter
	req    Request
	route  *mount
	status int
	fault  error
	stack  []byte
}

// Unwrap serves http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// WriteHeader remembers the status and takes back the permission to cache from
// answers that carry a cookie or an error (security row AU30).
func (x *exchange) WriteHeader(status int) {
	if x.status != 0 {
		return
	}
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		x.ResponseWriter.WriteHeader(status)
		return
	}
	x.status = status
	if h := x.Header(); status >= 400 || len(h["Set-Cookie"]) > 0 {
		h[hCache] = noStoreValue
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write answers 200 unless a status was written.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	return x.ResponseWriter.Write(p)
}

// FlushError sends what was written so far; http.ResponseController calls it.
func (x *exchange) FlushError() error {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(x.ResponseWriter).Flush()
}
