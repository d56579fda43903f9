package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"syscall"
	"time"
)

// What a request can be refused for; errors.Is tells.
var (
	// ErrURL is a URL that is not https with a plain host, or that has
	// credentials or a fragment.
	ErrURL = errors.New("the URL is not allowed")
	// ErrAddress is an address that is not of the public Internet.
	ErrAddress = errors.New("the address is not public")
	// ErrTooLarge is an answer over the cap.
	ErrTooLarge = errors.New("the answer is too large")
)

// The caps of a client that names none.
const (
	DefaultMaxBody = 64 << 10 // bytes
	DefaultTimeout = 5 * time.Second
)

// Options configure a client. The zero value reaches the public Internet by
// https only.
type Options struct {
	// Allow lists host names, addresses and networks (CIDR) that may be internal
	// and may speak plain HTTP.
	Allow []string
	// TrustRoots is a PEM file of certificate authorities to trust beside the system's.
	TrustRoots string
	// MaxBody caps an answer's body in bytes; 0 means DefaultMaxBody.
	MaxBody int64
	// Timeout caps a request from resolution to the last byte; 0 means DefaultTimeout.
	Timeout time.Duration

	resolver *net.Resolver // tests bring a name server
}

// Client is safe for concurrent use.
type Client struct {
	http    *http.Client
	allow   allowList
	maxBody int64
	timeout time.Duration
}

// Request is one request; only Header leaves besides what HTTP needs.
type Request struct {
	Method string // GET when empty
	URL    string
	Header http.Header
	Body   []byte
}

// Response is a whole answer. A redirect is an answer like any other: it is
// not followed (security row SS08).
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// New makes a client. It fails on an unusable allow-list or trust file.
func New(o Options) (*Client, error) {
	c := &Client{maxBody: o.MaxBody, timeout: o.Timeout}
	if c.maxBody == 0 {
		c.maxBody = DefaultMaxBody
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	var err error
	if c.allow, err = parseAllow(o.Allow); err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TrustRoots != "" {
		if config.RootCAs, err = TrustRoots(o.TrustRoots); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil, // never from the environment
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				host, _, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				d := net.Dialer{Timeout: c.timeout, Resolver: o.resolver, Control: c.control(host)}
				return d.DialContext(ctx, network, address)
			},
			TLSClientConfig:        config,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // the cap is on what arrives
			MaxIdleConnsPerHost:    4,
			MaxIdleConns:           64,
			IdleConnTimeout:        30 * time.Second,
			TLSHandshakeTimeout:    c.timeout,
			MaxResponseHeaderBytes: 16 << 10,
		},
	}
	return c, nil
}

// TrustRoots are the system's certificate authorities and those of a PEM file.
func TrustRoots(file string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without roots trusts the file alone
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("outbound: trust roots: %w", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("outbound: trust roots: %s has no PEM certificate", file)
	}
	return pool, nil
}

// control decides about every connection to host by the address that the
// socket is about to use; there is no later resolution (security row SS06).
func (c *Client) control(host string) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrAddress, address)
		}
		if !c.allow.permits(host, ap.Addr()) {
			return fmt.Errorf("%w: %s is %s (to reach it, put it on the outbound allow-list)", ErrAddress, host, ap.Addr())
		}
		return nil
	}
}

// check refuses a URL before anything is resolved.
func (c *Client) check(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: it does not parse", ErrURL)
	}
	host := u.Hostname()
	_, notAddr := netip.ParseAddr(host)
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !c.allow.names(host)):
		return fmt.Errorf("%w: the scheme must be https", ErrURL)
	case u.User != nil || u.Opaque != "" || u.Fragment != "":
		return fmt.Errorf("%w: it has credentials or a fragment", ErrURL)
	case notAddr != nil && !validHost(host):
		return fmt.Errorf("%w: the host is neither a name nor an address", ErrURL)
	}
	return nil
}

// Get fetches url.
func (c *Client) Get(ctx context.Context, url string) (Response, error) {
	return c.Do(ctx, Request{URL: url})
}

// Post sends body to url.
func (c *Client) Post(ctx context.Context, url, contentType string, body []byte) (Response, error) {
	return c.Do(ctx, Request{Method: http.MethodPost, URL: url, Body: body,
		Header: http.Header{"Content-Type": {contentType}}})
}

// Do sends one request and reads the whole answer within the caps. The error
// wraps ErrURL, ErrAddress or ErrTooLarge when that was the reason.
func (c *Client) Do(ctx context.Context, req Request) (Response, error) {
	if err := c.check(req.URL); err != nil {
		return Response{}, fmt.Errorf("outbound: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, req.Method, req.URL, bytes.NewReader(req.Body))
	if err != nil {
		return Response{}, fmt.Errorf("outbound: %w: %w", ErrURL, err)
	}
	for name, values := range req.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "Cardea")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return Response{}, fmt.Errorf("outbound: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // all that matters has been read
	body, err := io.ReadAll(io.LimitReader(res.Body, c.maxBody+1))
	if err != nil {
		return Response{}, fmt.Errorf("outbound: read answer: %w", err)
	}
	if int64(len(body)) > c.maxBody {
		return Response{}, fmt.Errorf("outbound: %w: more than %d bytes", ErrTooLarge, c.maxBody)
	}
	return Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}
