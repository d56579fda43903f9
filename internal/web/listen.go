package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// MaxHeader caps the request line and headers, in bytes.
const MaxHeader = 16 << 10

// Timeouts bound how long a connection may take for its parts.
type Timeouts struct {
	Header time.Duration // request line and headers
	Read   time.Duration // the whole request
	Write  time.Duration // the whole answer
	Idle   time.Duration // between requests of a connection
}

// DefaultTimeouts are the bounds of every listener.
func DefaultTimeouts() Timeouts {
	return Timeouts{Header: 5 * time.Second, Read: 30 * time.Second, Write: 60 * time.Second, Idle: 120 * time.Second}
}

// harden makes the http.Server of every listener: none is without bounds
// (security row PX13).
func (s *Server) harden(h http.Handler) *http.Server {
	t, set := DefaultTimeouts(), s.opt.Timeouts
	for _, p := range []struct{ to, from *time.Duration }{
		{&t.Header, &set.Header}, {&t.Read, &set.Read}, {&t.Write, &set.Write}, {&t.Idle, &set.Idle},
	} {
		if *p.from > 0 {
			*p.to = *p.from
		}
	}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: t.Header,
		ReadTimeout:       t.Read,
		WriteTimeout:      t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    MaxHeader,
		ErrorLog:          slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelDebug),
	}
}

func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// checkListen refuses plain HTTP that a network can read.
func (s *Server) checkListen() error {
	o := &s.opt
	if (o.CertFile == "") != (o.KeyFile == "") {
		return errors.New("web: a certificate needs its key and a key its certificate: set both files")
	}
	s.adminOn = o.MetricsListen == "" && loopback(o.Listen)
	if o.Listen == "" || o.CertFile != "" || loopback(o.Listen) || len(o.TrustedProxies) > 0 {
		return nil
	}
	return fmt.Errorf("web: %s would serve plain HTTP to the network: set a certificate and its key, "+
		"name the proxy in front as trusted proxy, or listen on 127.0.0.1", o.Listen)
}

// Listening is a server with open listeners.
type Listening struct {
	server  *Server
	parts   []part
	Addr    net.Addr // of Options.Listen
	Metrics net.Addr // of Options.MetricsListen, nil without
}

type part struct {
	srv *http.Server
	ln  net.Listener
	tls bool
}

// Listen opens the listeners; nothing is served yet.
func (s *Server) Listen(ctx context.Context) (*Listening, error) {
	l := &Listening{server: s}
	if err := s.open(ctx, l); err != nil {
		for _, p := range l.parts {
			_ = p.ln.Close() // the first error is the one to report
		}
		return nil, err
	}
	return l, nil
}

func (s *Server) open(ctx context.Context, l *Listening) error {
	var lc net.ListenConfig
	main := s.harden(s)
	if s.certs != nil {
		main.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certs.get}
	}
	ln, err := lc.Listen(ctx, "tcp", s.opt.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.opt.Listen, err)
	}
	l.Addr = ln.Addr()
	l.parts = append(l.parts, part{main, ln, s.certs != nil})
	if s.opt.MetricsListen != "" {
		ln, err := lc.Listen(ctx, "tcp", s.opt.MetricsListen)
		if err != nil {
			return fmt.Errorf("listen on %s for metrics: %w", s.opt.MetricsListen, err)
		}
		l.Metrics = ln.Addr()
		l.parts = append(l.parts, part{s.harden(s.admin), ln, false})
	}
	if s.opt.Socket != "" {
		ln, err := s.listenSocket(ctx, &lc)
		if err != nil {
			return err
		}
		local := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true) })
		l.parts = append(l.parts, part{s.harden(local), ln, false})
	}
	return nil
}

// listenSocket replaces the socket of a server that has died, never that of one
// that answers. Its folder must belong to the administrator alone.
func (s *Server) listenSocket(ctx context.Context, lc *net.ListenConfig) (net.Listener, error) {
	path := s.opt.Socket
	if info, err := os.Stat(path); err == nil {
		if info.Mode()&fs.ModeSocket == 0 {
			return nil, fmt.Errorf("socket %s: a file that is no socket is in the way", path)
		}
		var d net.Dialer
		if c, err := d.DialContext(ctx, "unix", path); err == nil {
			_ = c.Close() // it answered: that is all we wanted to know
			return nil, fmt.Errorf("socket %s: another server is running on this data folder", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("socket %s: %w", path, err)
		}
	}
	ln, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("socket %s: %w", path, err), ln.Close())
	}
	return ln, nil
}

// Serve answers until ctx ends: then /readyz fails, no new connection is
// taken, and running requests have Options.Drain to end. The error is that of
// a listener that failed, or of requests that were cut off.
func (l *Listening) Serve(ctx context.Context) error {
	s := l.server
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, len(l.parts))
	for _, p := range l.parts {
		go func() {
			var err error
			if p.tls {
				err = p.srv.ServeTLS(p.ln, "", "")
			} else {
				err = p.srv.Serve(p.ln)
			}
			if errors.Is(err, http.ErrServerClosed) {
				err = nil
			}
			failed <- err
			cancel()
		}()
	}
	if s.certs != nil {
		go s.certs.watch(ctx)
	}
	<-ctx.Done()
	s.draining.Store(true)
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), s.opt.Drain)
	defer stop()
	var errs []error
	for _, p := range l.parts {
		if err := p.srv.Shutdown(drain); err != nil {
			errs = append(errs, fmt.Errorf("drain: %w", err), p.srv.Close())
		}
	}
	for range l.parts {
		errs = append(errs, <-failed)
	}
	return errors.Join(errs...)
}

// Reload reads the certificate again. On an error the running one stays.
func (s *Server) Reload() error {
	if s.certs == nil {
		return nil
	}
	return s.certs.load()
}
