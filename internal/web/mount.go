package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mount is one route at one path, with everything computed ahead.
type mount struct {
	server *Server
	route  *Route
	cache  []string
	tenant bool // resolve a tenant
	unsafe bool
	meters *meters
}

// site is a path with its methods, for 405 and CORS preflight.
type site struct {
	server  *Server
	methods []string
	cors    []string
	allow   []string
}

func (s *Server) mountAll() error {
	var errs []error
	names := map[string]bool{}
	sites := map[string]*site{}
	for i := range s.routes {
		rt := &s.routes[i]
		if err := rt.check(); err != nil {
			errs = append(errs, err)
			continue
		}
		if names[rt.Name] {
			errs = append(errs, fmt.Errorf("route %q is declared twice", rt.Name))
			continue
		}
		names[rt.Name] = true
		if rt.Body == 0 {
			rt.Body = DefaultBody
		}
		m := &mount{server: s, route: rt, cache: rt.Cache.header(), unsafe: !safe(rt.Method),
			tenant: rt.Scope != Root, meters: s.metrics.of(rt.Name)}
		for _, path := range rt.Paths() {
			if err := register(s.mux, rt.Method+" "+path, m); err != nil {
				errs = append(errs, fmt.Errorf("route %q: %w", rt.Name, err))
				continue
			}
			if sites[path] == nil {
				sites[path] = &site{server: s}
			}
			st := sites[path]
			st.methods = append(st.methods, rt.Method)
			if rt.Method == http.MethodGet {
				st.methods = append(st.methods, http.MethodHead)
			}
			if rt.CORS == AnyOrigin {
				st.cors = append(st.cors, rt.Method)
			}
		}
	}
	for path, st := range sites {
		slices.Sort(st.methods)
		st.allow = one(strings.Join(st.methods, ", "))
		if err := register(s.paths, path, st); err != nil {
			errs = append(errs, err)
		}
	}
	// What no route takes: a known path with another method, or nothing.
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if h, pattern := s.paths.Handler(r); pattern != "" {
			h.ServeHTTP(w, r)
			return
		}
		w.(*exchange).refuse(refuse(http.StatusNotFound, "There is nothing at this address."))
	})
	return errors.Join(errs...)
}

// register turns ServeMux's panic at a bad or conflicting pattern into an error.
func register(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("pattern %q: %v", pattern, v)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// ServeHTTP answers a method that the path does not have.
func (st *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method == http.MethodOptions && len(st.cors) > 0 && r.Header.Get("Origin") != "" {
		// Fetch §3.2.3: preflight. No credentials are ever allowed.
		h[hACAO] = anyValue
		h["Access-Control-Allow-Methods"] = one(strings.Join(st.cors, ", "))
		h["Access-Control-Allow-Headers"] = one("Authorization, Content-Type, DPoP")
		h["Access-Control-Max-Age"] = one("7200")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h["Allow"] = st.allow // RFC 9110 §15.5.6
	w.(*exchange).refuse(refuse(http.StatusMethodNotAllowed, "This address does not take the method."))
}

// ServeHTTP runs the route.
func (m *mount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := w.(*exchange)
	x.route = m
	if err := m.serve(x, r); err != nil {
		x.refuse(err)
	}
}

func (m *mount) serve(x *exchange, r *http.Request) error {
	s, rt := m.server, m.route
	h := x.Header()
	if rt.CORS == AnyOrigin {
		h[hACAO] = anyValue
		h[hCORP] = crossValue
		h["Access-Control-Expose-Headers"] = exposeValue
	}
	if ok, wait := s.limiter.AllowAddress(rt.Rate, x.req.Client, x.req.Received); !ok {
		h["Retry-After"] = one(seconds(wait))
		return refuse(http.StatusTooManyRequests, "There are too many requests from this address.")
	}
	if m.unsafe {
		if err := m.crossSite(r); err != nil {
			return err
		}
	}
	if m.tenant {
		var err error
		if x.req.Tenant, err = s.opt.Resolve(r.Context(), r.PathValue("tenant")); err != nil {
			if errors.Is(err, ErrNoTenant) {
				return &Refusal{Status: http.StatusNotFound, Public: "There is nothing at this address.", Cause: err}
			}
			return fmt.Errorf("resolve tenant: %w", err)
		}
	}
	if r.ContentLength > rt.Body {
		return refuse(http.StatusRequestEntityTooLarge, "The body is larger than %d bytes.", rt.Body)
	}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(x.ResponseWriter, r.Body, rt.Body)
	}
	h[hCache] = m.cache
	return rt.Handler(x, &x.req)
}

// crossSite applies the route's CSRF class (security row PX17).
func (m *mount) crossSite(r *http.Request) error {
	if m.route.CSRF != Browser {
		return nil
	}
	// http.CrossOriginProtection lets a request pass that says nothing of its
	// origin, since no current browser sends one. A page has no other callers.
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return refuse(http.StatusForbidden, "The request does not say which site sent it (Sec-Fetch-Site or Origin).")
	}
	if err := m.server.csrf.Check(r); err != nil {
		return &Refusal{Status: http.StatusForbidden, Public: "The request comes from another site.", Cause: err}
	}
	return nil
}

var exposeValue = one("WWW-Authenticate, DPoP-Nonce, X-Request-Id")

// seconds rounds up, as Retry-After (RFC 9110 §10.2.3) knows whole seconds only.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
