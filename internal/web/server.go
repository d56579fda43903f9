package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options configure a server. PublicURL, Resolve and Log are required.
type Options struct {
	// PublicURL is the origin that clients use: http(s)://host[:port] without path.
	PublicURL string
	// Hosts are further Host values (host[:port]) to answer; all others get 421.
	Hosts []string
	// Listen is the TCP address of Serve, such as 127.0.0.1:8080.
	Listen string
	// MetricsListen is the TCP address of health and metrics. Empty puts them
	// on Listen when that is loopback, and nowhere else.
	MetricsListen string
	// Socket is the path of a Unix socket that serves the same routes with
	// Request.Local set; whoever may open it is the administrator. Empty: none.
	Socket string
	// CertFile and KeyFile are PEM files; both or neither.
	CertFile, KeyFile string
	// TrustedProxies may say in X-Forwarded-For who the client is.
	TrustedProxies []netip.Prefix
	// Resolve finds an active tenant by path name, "" for the default one. It
	// returns ErrNoTenant for any other name.
	Resolve func(ctx context.Context, name string) (Tenant, error)
	// Log receives one event per request, and faults.
	Log *slog.Logger
	// Rates replaces limits of DefaultRates, class by class.
	Rates map[RateClass]Rate
	// Ready are named checks that /readyz asks.
	Ready map[string]func(context.Context) error
	// Errors answers what matches no route; PlainErrors when nil.
	Errors ErrorFunc
	// Registry receives the metrics; a fresh one when nil.
	Registry *prometheus.Registry
	// Drain is how long running requests may take after the end of Serve's
	// context; 20 s when zero.
	Drain time.Duration
	// Timeouts replace single values of DefaultTimeouts.
	Timeouts Timeouts
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Server serves a route table.
type Server struct {
	opt      Options
	base     string
	https    bool
	hosts    map[string]bool
	host     string // the canonical one, for the quick comparison
	routes   []Route
	mux      *http.ServeMux // METHOD path
	paths    *http.ServeMux // path, for 405 and CORS preflight
	limiter  *Limiter
	csrf     *http.CrossOriginProtection
	metrics  *metrics
	admin    http.Handler
	adminOn  bool // on the main listener
	draining atomic.Bool
	certs    *certificates
	unrouted mount
}

// NewServer checks options and table and loads the certificate. The error names
// every contradiction.
func NewServer(opt Options, routes []Route) (*Server, error) {
	var errs []error
	if opt.Resolve == nil || opt.Log == nil {
		errs = append(errs, errors.New("web: Options need Resolve and Log"))
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Errors == nil {
		opt.Errors = PlainErrors
	}
	if opt.Registry == nil {
		opt.Registry = prometheus.NewRegistry()
	}
	if opt.Drain == 0 {
		opt.Drain = 20 * time.Second
	}
	rates := DefaultRates()
	maps.Copy(rates, opt.Rates)
	s := &Server{
		opt:     opt,
		hosts:   map[string]bool{},
		routes:  slices.Clone(routes),
		mux:     http.NewServeMux(),
		paths:   http.NewServeMux(),
		limiter: NewLimiter(rates),
		csrf:    http.NewCrossOriginProtection(),
	}
	u, err := url.Parse(opt.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
		u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		errs = append(errs, fmt.Errorf("web: the public URL %q must be http(s)://host[:port] without path", opt.PublicURL))
	} else {
		s.host = strings.ToLower(u.Host)
		s.base, s.https = u.Scheme+"://"+s.host, u.Scheme == "https"
		s.hosts[s.host] = true
	}
	for _, h := range opt.Hosts {
		s.hosts[strings.ToLower(h)] = true
	}
	if err := s.checkListen(); err != nil {
		errs = append(errs, err)
	}
	if opt.CertFile != "" && opt.KeyFile != "" && opt.Log != nil {
		if s.certs, err = loadCertificates(opt.CertFile, opt.KeyFile, opt.Log); err != nil {
			errs = append(errs, err)
		}
	}
	s.metrics = newMetrics(opt.Registry)
	s.unrouted = mount{server: s, route: &Route{Name: "unrouted", Path: "-", Errors: opt.Errors}}
	s.unrouted.meters = s.metrics.of("unrouted")
	if err := s.mountAll(); err != nil {
		errs = append(errs, err)
	}
	s.admin = s.adminHandler()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// Routes returns a copy of the table.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// ServeHTTP answers as the public listener does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request, local bool) {
	x := &exchange{ResponseWriter: w, route: &s.unrouted}
	x.req = Request{Request: r, ID: rand.Text(), Local: local, Received: s.opt.Now(), server: s}
	defer s.finish(x)
	if !local {
		x.req.Client = clientAddress(r.RemoteAddr, r.Header["X-Forwarded-For"], s.opt.TrustedProxies)
	}
	dropForwarded(r.Header)
	h := w.Header()
	s.secure(h)
	h[hReqID] = one(x.req.ID)
	if s.adminOn && isAdminPath(r.URL.Path) && loopbackHost(r.Host) {
		s.admin.ServeHTTP(x, r)
		return
	}
	if err := s.acceptable(r, local); err != nil {
		x.refuse(err)
		return
	}
	s.mux.ServeHTTP(x, r)
}

// acceptable refuses what no route should see.
func (s *Server) acceptable(r *http.Request, local bool) error {
	if r.Host != s.host && !local && !s.hosts[strings.ToLower(r.Host)] {
		// RFC 9110 §15.5.20: the request was sent to a host that is not ours.
		return refuse(http.StatusMisdirectedRequest, "This server does not answer for the host of the request.")
	}
	if ambiguousPath(r.URL.Path) {
		return refuse(http.StatusBadRequest, "The path is ambiguous.")
	}
	if lines := r.Header["Cookie"]; len(lines) > 0 {
		n := 0
		for _, line := range lines {
			n += len(line)
		}
		if n > maxCookies {
			return refuse(http.StatusRequestHeaderFieldsTooLarge, "The cookies are larger than %d bytes.", maxCookies)
		}
	}
	return nil
}
