package web_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/web"
)

// run serves until the test ends; stop ends it earlier and returns Serve's error.
func run(t *testing.T, s *web.Server) (l *web.Listening, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l, err := s.Listen(ctx)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx) }()
	stopped := false
	stop = func() error {
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if !stopped {
			_ = stop()
		}
	})
	return l, stop
}

// raw sends bytes and reads until the server closes the connection.
func raw(t *testing.T, addr net.Addr, request string) string {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("%.60q: %v after %q", request, err, answer)
	}
	return string(answer)
}

func TestPX11_Smuggling(t *testing.T) {
	s, _ := server(t, nil, post("x", "/x", web.Credentials, func(w http.ResponseWriter, r *web.Request) error {
		if _, err := r.ReadBody(); err != nil {
			return err
		}
		return ok(w, r)
	}))
	l, _ := run(t, s)
	const head = "POST /x HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n"
	for name, c := range map[string]string{
		"two lengths":          head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"length list":          head + "Content-Length: 1, 2\r\n\r\nab",
		"signed length":        head + "Content-Length: +1\r\n\r\na",
		"unknown coding":       head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"coding list":          head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"two codings":          head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"space before colon":   head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"bare LF in a chunk":   head + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
		"bad chunk size":       head + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
		"no host":              "POST /x HTTP/1.1\r\nConnection: close\r\n\r\n",
		"two hosts":            head + "Host: evil.example\r\n\r\n",
		"NUL in a header":      head + "X: a\x00b\r\n\r\n",
		"space in header name": head + "X Y: a\r\n\r\n",
	} {
		answer := raw(t, l.Addr, c+"GET /x HTTP/1.1\r\nHost: localhost:8080\r\n\r\n")
		status, _, _ := strings.Cut(answer, "\r\n")
		if !strings.HasPrefix(status, "HTTP/1.1 400") && !strings.HasPrefix(status, "HTTP/1.1 501") {
			t.Errorf("%s: %s", name, status)
		}
		if n := strings.Count(answer, "HTTP/1.1 "); n != 1 {
			t.Errorf("%s: %d answers", name, n)
		}
	}
	upgrade := raw(t, l.Addr, head+"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 0\r\n\r\n")
	if !strings.HasPrefix(upgrade, "HTTP/1.1 200") {
		t.Errorf("h2c upgrade was not ignored: %q", upgrade)
	}
}

func TestPX13_SlowClientsAreCutOff(t *testing.T) {
	s, _ := server(t, func(o *web.Options) {
		o.Timeouts = web.Timeouts{Header: 50 * time.Millisecond, Read: 100 * time.Millisecond, Idle: 50 * time.Millisecond}
	}, post("x", "/x", web.Credentials, func(w http.ResponseWriter, r *web.Request) error {
		if _, err := r.ReadBody(); err != nil {
			return err
		}
		return ok(w, r)
	}))
	l, _ := run(t, s)
	// Each returns only because the server closes the connection.
	if got := raw(t, l.Addr, "POST /x HTTP/1.1\r\nHost: localhost:8080\r\nX: "); strings.Contains(got, "200") {
		t.Errorf("half a header: %q", got)
	}
	if got := raw(t, l.Addr, "POST /x HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: 5\r\n\r\nab"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("half a body: %q", got)
	}
	if got := raw(t, l.Addr, "POST /x HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: 0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("idle: %q", got)
	}
	big := "POST /x HTTP/1.1\r\nHost: localhost:8080\r\nX: " + strings.Repeat("x", 2*web.MaxHeader) + "\r\n\r\n"
	if got := raw(t, l.Addr, big); !strings.HasPrefix(got, "HTTP/1.1 431") {
		t.Errorf("large header: %.60q", got)
	}
}

func TestPlainHTTPOnTheNetworkRefusesStart(t *testing.T) {
	for _, c := range []struct {
		change func(*web.Options)
		want   string
	}{
		{func(o *web.Options) { o.Listen = "0.0.0.0:8080" }, "certificate"},
		{func(o *web.Options) { o.Listen = ":8080" }, "certificate"},
		{func(o *web.Options) { o.CertFile = "c.pem" }, "both"},
		{func(o *web.Options) { o.CertFile, o.KeyFile = "/no/c.pem", "/no/k.pem" }, "/no/c.pem"},
		{func(o *web.Options) { o.PublicURL = "localhost:8080" }, "public URL"},
		{func(o *web.Options) { o.PublicURL = origin + "/path" }, "public URL"},
	} {
		opt, _ := options()
		c.change(&opt)
		if _, err := web.NewServer(opt, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v does not tell of %q", err, c.want)
		}
	}
	opt, _ := options()
	opt.Listen, opt.TrustedProxies = "0.0.0.0:8080", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	if _, err := web.NewServer(opt, nil); err != nil {
		t.Error(err)
	}
}

func fetch(t *testing.T, c *http.Client, url, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestHealthAndMetrics(t *testing.T) {
	ready := errors.New("dial db.internal")
	var now error
	s, j := server(t, func(o *web.Options) {
		o.MetricsListen = "127.0.0.1:0"
		o.Ready = map[string]func(context.Context) error{"database": func(context.Context) error { return now }}
	}, walkRoutes()...)
	l, _ := run(t, s)
	base := "http://" + l.Metrics.String()
	if code, body := fetch(t, http.DefaultClient, base+"/readyz", ""); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	now = ready
	if code, body := fetch(t, http.DefaultClient, base+"/readyz", ""); code != 503 || body != "not ready: database\n" {
		t.Errorf("%d %q", code, body)
	}
	if !strings.Contains(j.String(), "db.internal") {
		t.Error("the log does not say why")
	}
	if code, _ := fetch(t, http.DefaultClient, base+"/healthz", ""); code != 200 {
		t.Errorf("healthz: %d", code)
	}
	fetch(t, http.DefaultClient, "http://"+l.Addr.String()+"/doc", "localhost:8080")
	if _, body := fetch(t, http.DefaultClient, base+"/metrics", ""); !strings.Contains(body, `cardea_http_requests_total{route="doc",status="2xx"} 1`) {
		t.Error("the request to /doc was not counted")
	}
	if code, _ := fetch(t, http.DefaultClient, "http://"+l.Addr.String()+"/metrics", "localhost:8080"); code != 404 {
		t.Errorf("metrics on the public listener: %d", code)
	}
}

func TestHealthOnLoopbackListener(t *testing.T) {
	s, _ := server(t, nil, walkRoutes()...)
	l, _ := run(t, s)
	for host, want := range map[string]int{"": 200, "localhost:9": 200, "rebound.example": 421} {
		if code, _ := fetch(t, http.DefaultClient, "http://"+l.Addr.String()+"/metrics", host); code != want {
			t.Errorf("%q: %d", host, code)
		}
	}
}

func TestDrainFinishesRunningRequests(t *testing.T) {
	started, finish := make(chan struct{}), make(chan struct{})
	s, _ := server(t, nil, get("slow", "/slow", func(w http.ResponseWriter, r *web.Request) error {
		close(started)
		<-finish
		return ok(w, r)
	}))
	l, stop := run(t, s)
	c, err := net.Dial("tcp", l.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, "GET /slow HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-started
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for { // until the listener is closed, which is the first step of draining
		probe, err := net.Dial("tcp", l.Addr.String())
		if err != nil {
			break
		}
		_ = probe.Close()
	}
	if w := ask(s, "GET", "/readyz", "", "Host: 127.0.0.1"); w.Code != 503 {
		t.Errorf("readyz while draining: %d", w.Code)
	}
	close(finish)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != 200 {
		t.Errorf("the running request: %v, %v", res, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestTLSListener(t *testing.T) {
	dir := t.TempDir()
	cert, key := dir+"/c.pem", dir+"/k.pem"
	web.WriteCertificate(t, cert, key, "first.example")
	s, _ := server(t, func(o *web.Options) { o.CertFile, o.KeyFile, o.PublicURL = cert, key, "https://first.example" }, walkRoutes()...)
	l, _ := run(t, s)
	handshake := func(config *tls.Config) (*tls.ConnectionState, error) {
		config.InsecureSkipVerify = true // the test reads the certificate itself
		d := tls.Dialer{Config: config}
		c, err := d.DialContext(t.Context(), "tcp", l.Addr.String())
		if err != nil {
			return nil, err
		}
		state := c.(*tls.Conn).ConnectionState()
		return &state, c.Close()
	}
	state, err := handshake(&tls.Config{NextProtos: []string{"h2"}})
	if err != nil || state.NegotiatedProtocol != "h2" || state.PeerCertificates[0].DNSNames[0] != "first.example" {
		t.Fatalf("%+v %v", state, err)
	}
	if _, err := handshake(&tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
	web.WriteCertificate(t, cert, key, "second.example")
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if state, err = handshake(&tls.Config{}); err != nil || state.PeerCertificates[0].DNSNames[0] != "second.example" {
		t.Fatalf("after reload: %v", err)
	}
}

func TestLocalSocket(t *testing.T) {
	path := t.TempDir() + "/s"
	var local bool
	s, _ := server(t, func(o *web.Options) { o.Socket = path }, get("x", "/x", func(w http.ResponseWriter, r *web.Request) error {
		local = r.Local
		return ok(w, r)
	}))
	l, _ := run(t, s)
	viaSocket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	if code, _ := fetch(t, viaSocket, "http://cardea/x", ""); code != 200 || !local {
		t.Errorf("socket: %d, local %v", code, local)
	}
	if code, _ := fetch(t, http.DefaultClient, "http://"+l.Addr.String()+"/x", "localhost:8080"); code != 200 || local {
		t.Errorf("tcp: %d, local %v", code, local)
	}
	if _, err := s.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("a second server took the socket: %v", err)
	}
}
