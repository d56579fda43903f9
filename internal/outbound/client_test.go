package outbound

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// inside are 120 addresses and more that must not be reached, by any spelling.
var inside = strings.Fields(`
0.0.0.0 0.1.2.3 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 169.254.169.123 169.254.255.255
172.16.0.1 172.17.0.1 172.20.10.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.171 192.0.0.192 192.0.2.1
192.88.99.1 192.168.0.1 192.168.1.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 224.0.0.251
239.255.255.250 240.0.0.1 250.1.1.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [::ffff:0.0.0.0] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
[::ffff:a9fe:a9fe] [::ffff:192.168.0.1] [0:0:0:0:0:ffff:127.0.0.1] [::127.0.0.1] [::7f00:1] [::169.254.169.254] [::ffff:0:127.0.0.1]
[64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b::10.0.0.1] [64:ff9b::8.8.8.8] [64:ff9b:1::7f00:1]
[64:ff9b:1::a9fe:a9fe] [64:ff9b:1:ffff::10.0.0.1] [100::1] [100:0:0:1::1] [2001::1] [2001:0:7f00:1::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2]
[2001:2::1] [2001:10::1] [2001:20::1] [2001:30::1] [2001:1ff::1] [2001:db8::1] [2001:db8:ffff::1] [2002:7f00:1::1] [2002:7f00:1::]
[2002:a00:1::1] [2002:a9fe:a9fe::1] [2002:c0a8:101::1] [2002:808:808::1] [3fff::1] [3fff:fff::1] [5f00::1]
[fc00::1] [fd00::1] [fd00:ec2::254] [fd12:3456:789a::1] [fdff::1] [fe80::1] [fe80::a9fe:a9fe] [febf::1] [fec0::1] [feff::1]
[ff01::1] [ff02::1] [ff02::fb] [ff05::2] [ff0e::1] [4000::1] [8000::1] [e000::1] [2a00:1450::5efe:7f00:1] [2a00:1450::200:5efe:a00:1]
0 0x0 1 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 0177.1 127.0.0.01 127.0.0.0x1 00.0.0.0
2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 10.1 192.168.257 127.0.0.1. 1.0x7f 999.1
１２７.0.0.1 127。0。0。1 ⓛocalhost 127%2e0%2e0%2e1 localhost。 [fe80::1%25lo] [::1%25lo] 127.0.0.1%00.example
`)

// sockets makes a client whose sockets are counted and never reach the network.
func sockets(t *testing.T, o Options) (*Client, *atomic.Int32) {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int32
	transport := c.http.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		d := net.Dialer{Resolver: o.resolver, Control: func(n, a string, raw syscall.RawConn) error {
			if err := c.control(host)(n, a, raw); err != nil {
				return err
			}
			opened.Add(1)
			return errors.New("the test lets no packet out")
		}}
		return d.DialContext(ctx, network, address)
	}
	return c, &opened
}

func TestSS03_InternalAddressesAreRefused(t *testing.T) {
	if len(inside) < 120 {
		t.Fatalf("the corpus has %d addresses", len(inside))
	}
	c, opened := sockets(t, Options{resolver: nameServer(t, map[string][]string{"localhost": {"127.0.0.1"}})})
	for _, host := range inside {
		for _, url := range []string{"https://" + host + "/jwks", "https://" + host + ":8443/"} {
			_, err := c.Get(t.Context(), url)
			if !errors.Is(err, ErrAddress) && !errors.Is(err, ErrURL) {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
	if n := opened.Load(); n != 0 {
		t.Errorf("%d sockets were opened", n)
	}
}

func TestSS03_NamesOfMetadataServices(t *testing.T) {
	names := map[string][]string{
		"metadata.google.internal.": {"169.254.169.254"}, "instance-data.": {"169.254.169.254"},
		"metadata.": {"169.254.169.254"}, "localtest.me.": {"127.0.0.1"}, "six.example.": {"::1"},
		"mapped.example.": {"::ffff:127.0.0.1"}, "nat64.example.": {"64:ff9b::7f00:1"},
		"both.example.": {"10.0.0.1", "fd00::1"},
	}
	c, opened := sockets(t, Options{resolver: nameServer(t, names)})
	for name := range names {
		if _, err := c.Get(t.Context(), "https://"+name+"/latest/meta-data"); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := opened.Load(); n != 0 {
		t.Errorf("%d sockets were opened", n)
	}
}

func TestSS07_PublicIsATable(t *testing.T) {
	for _, s := range []string{"1.1.1.1", "8.8.8.8", "9.9.9.9", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
		"192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "2001:200::1", "2001:4860:4860::8888",
		"2606:4700:4700::1111", "2a00:1450::1", "2003::1", "3ffe::1"} {
		if !public(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range inside {
		if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil && public(a) {
			t.Errorf("%s is allowed", s)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is allowed")
	}
}

func TestSS06_RebindingResolver(t *testing.T) {
	var asked atomic.Int32
	resolver := dnsServer(t, func(string) []string {
		if asked.Add(1)%2 == 1 {
			return []string{"8.8.8.8"}
		}
		return []string{"127.0.0.1"}
	})
	c, opened := sockets(t, Options{resolver: resolver})
	refused := 0
	for range 6 {
		if _, err := c.Get(t.Context(), "https://rebind.example/"); errors.Is(err, ErrAddress) {
			refused++
		}
	}
	// Whatever the name server says at each look-up, sockets go to 8.8.8.8 only.
	if refused == 0 || opened.Load() == 0 || int(opened.Load())+refused != 6 {
		t.Errorf("%d refused, %d sockets", refused, opened.Load())
	}
	// One answer with a public and an internal address: the internal one is never tried.
	c, opened = sockets(t, Options{resolver: nameServer(t, map[string][]string{"multi.example.": {"8.8.8.8", "127.0.0.1", "10.0.0.1"}})})
	if _, err := c.Get(t.Context(), "https://multi.example/"); err == nil || opened.Load() != 1 {
		t.Errorf("%v, %d sockets", err, opened.Load())
	}
}

func TestSS08_RedirectsAreNotFollowed(t *testing.T) {
	var hits atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer target.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if r.Header.Get("Cookie") != "" {
			t.Error("a cookie was sent back")
		}
		http.Redirect(w, r, target.URL, http.StatusFound)
	}))
	defer s.Close()
	c := client(t, Options{Allow: []string{"127.0.0.0/8"}})
	for range 2 {
		res, err := c.Get(t.Context(), s.URL)
		if err != nil || res.Status != 302 {
			t.Fatalf("%d %v", res.Status, err)
		}
	}
	if hits.Load() != 0 {
		t.Error("the redirect was followed")
	}
}

func TestSS09_URLsThatReadTwoWays(t *testing.T) {
	c, opened := sockets(t, Options{})
	for _, url := range []string{"", "https://", "https:///x", "https:/x", "//h.example/", "ftp://h.example/", "file:///etc/passwd",
		"http://h.example/", "gopher://h.example/", "https://user@h.example/", "https://u:p@h.example/", "https://h.example@127.0.0.1/",
		"https://h.example/#f", "https://a..b/", "https://-a.example/", "https://h_.exam ple/", "https://h.example\\@evil.example/",
		"https://127.0.0.1\\.example/", "HTTPS:h.example", "https://[::1", "https://h.example:99999999/", "https://\x00/",
		"jar:https://h.example/", "https://h.example\r\nHost: x/"} {
		if _, err := c.Get(t.Context(), url); !errors.Is(err, ErrURL) && !strings.Contains(err.Error(), "invalid port") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if opened.Load() != 0 {
		t.Errorf("%d sockets", opened.Load())
	}
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAllowListAndTrustRoots(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)))
	}))
	defer s.Close()
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	names := nameServer(t, map[string][]string{"example.com.": {"127.0.0.1"}, "other.example.": {"127.0.0.1"}})
	if _, err := client(t, Options{TrustRoots: roots, resolver: names}).Get(t.Context(), "https://example.com:"+port); !errors.Is(err, ErrAddress) {
		t.Errorf("without allow-list: %v", err)
	}
	if _, err := client(t, Options{Allow: []string{"example.com"}, resolver: names}).Get(t.Context(), "https://example.com:"+port); err == nil {
		t.Error("an unknown authority was trusted")
	}
	c := client(t, Options{Allow: []string{"Example.com"}, TrustRoots: roots, resolver: names})
	res, err := c.Post(t.Context(), "https://example.com:"+port, "text/plain", []byte("hello"))
	if err != nil || string(res.Body) != "POST text/plain hello" {
		t.Errorf("%s %v", res.Body, err)
	}
	if _, err := c.Get(t.Context(), "https://other.example:"+port); !errors.Is(err, ErrAddress) {
		t.Errorf("another name of the same address: %v", err)
	}
	if _, err := New(Options{TrustRoots: os.DevNull}); err == nil {
		t.Error("an empty trust file was accepted")
	}
	if _, err := New(Options{Allow: []string{"10.0.0.0/99"}}); err == nil {
		t.Error("a bad network was accepted")
	}
}

func TestAllowedNameStillMissesMetadata(t *testing.T) {
	list, err := parseAllow([]string{"idp.internal", "10.1.0.0/16", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host, addr string
		want       bool
	}{
		{"idp.internal", "10.9.9.9", true}, {"IDP.internal", "fd12::1", true}, {"idp.internal", "127.0.0.1", true},
		{"idp.internal", "169.254.169.254", false}, {"idp.internal", "::ffff:169.254.169.254", false},
		{"idp.internal", "fd00:ec2::254", false}, {"idp.internal", "0.0.0.0", false},
		{"x.example", "10.1.2.3", true}, {"x.example", "10.2.0.1", false}, {"x.example", "::1", true}, {"x.example", "8.8.8.8", true},
	} {
		if got := list.permits(c.host, netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("%s at %s: %v", c.host, c.addr, got)
		}
	}
}

func TestCapsOnSizeAndTime(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/exact":
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1000))
		case "/large":
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1001))
		case "/header":
			w.Header().Set("X", strings.Repeat("x", 20<<10))
		default:
			_, _ = w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			<-release
		}
	}))
	defer s.Close()
	defer close(release)
	c := client(t, Options{Allow: []string{"127.0.0.1"}, MaxBody: 1000, Timeout: time.Second})
	if res, err := c.Get(t.Context(), s.URL+"/exact"); err != nil || len(res.Body) != 1000 {
		t.Errorf("at the cap: %v", err)
	}
	if _, err := c.Get(t.Context(), s.URL+"/large"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("over the cap: %v", err)
	}
	if _, err := c.Get(t.Context(), s.URL+"/header"); err == nil {
		t.Error("a large header was accepted")
	}
	c = client(t, Options{Allow: []string{"127.0.0.1"}, Timeout: 50 * time.Millisecond})
	if _, err := c.Get(t.Context(), s.URL+"/slow"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("slow body: %v", err)
	}
}

func TestProxyEnvironmentIsIgnored(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://8.8.4.4:3128")
	t.Setenv("HTTP_PROXY", "http://8.8.4.4:3128")
	if client(t, Options{}).http.Transport.(*http.Transport).Proxy != nil {
		t.Error("the transport has a proxy")
	}
}

func nameServer(t *testing.T, names map[string][]string) *net.Resolver {
	return dnsServer(t, func(name string) []string { return names[name] })
}

// dnsServer is a small real name server on loopback. answer is asked once per
// look-up of IPv4 addresses; IPv6 ones among its answers are given for AAAA.
func dnsServer(t *testing.T, answer func(name string) []string) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			for _, s := range lookup(q, answer) {
				a := netip.MustParseAddr(s)
				h := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}
				if a.Is4() && q.Type == dnsmessage.TypeA {
					m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
				}
				if a.Is6() && q.Type == dnsmessage.TypeAAAA {
					m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
				}
			}
			out, err := m.Pack()
			if err != nil {
				continue
			}
			_, _ = pc.WriteTo(out, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

func lookup(q dnsmessage.Question, answer func(string) []string) []string {
	name := strings.ToLower(q.Name.String())
	if q.Type == dnsmessage.TypeA {
		return answer(name)
	}
	if q.Type == dnsmessage.TypeAAAA && name != "rebind.example." {
		return answer(name)
	}
	return nil
}
