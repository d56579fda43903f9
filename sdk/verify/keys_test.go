package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-iam/cardea/sdk/verify"
)

func TestJW07_RemovedKeyIsGoneAfterMaxAge(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	old := i.token(map[string]any{"exp": i.clock().Unix() + 86400}, nil)
	wantAccepted(t, v, old)
	i.do(func() { i.keys = []jose.JSONWebKey{newKey(t, "k2")} })
	i.advance(600 * time.Second)
	wantRefused(t, v, old)
	wantAccepted(t, v, i.token(nil, nil))
}

func TestJW07_UnknownKeyAsksOnceAMinute(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	wantAccepted(t, v, i.token(nil, nil))
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	stray := sign(t, newKey(t, "stray"), payload, nil)
	for range 50 {
		wantRefused(t, v, stray)
	}
	if n := i.count("/jwks"); n != 2 {
		t.Errorf("%d requests for keys, want the first and one more", n)
	}
	// A key published meanwhile is found a minute later at the latest.
	i.do(func() { i.keys = append([]jose.JSONWebKey{newKey(t, "k2")}, i.keys...) })
	fresh := i.token(nil, nil)
	wantRefused(t, v, fresh)
	i.advance(time.Minute)
	wantAccepted(t, v, fresh)
}

func TestKeysFailClosed(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	token := i.token(map[string]any{"exp": i.clock().Unix() + 86400}, nil)
	wantAccepted(t, v, token)
	i.do(func() { i.down = true })
	i.advance(599 * time.Second)
	wantAccepted(t, v, token) // an outage shorter than the keys' age is not felt
	i.advance(2 * time.Second)
	wantUnavailable(t, v, token)
	i.do(func() { i.down = false })
	i.advance(time.Second)
	wantAccepted(t, v, token)
}

func wantUnavailable(t *testing.T, v *verify.Verifier, token string) {
	t.Helper()
	_, err := v.Verify(context.Background(), token)
	var e *verify.Error
	if !errors.As(err, &e) || e.Status != http.StatusServiceUnavailable {
		t.Fatalf("got %v, want 503", err)
	}
}

func TestKeysAreRenewedInTheBackground(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	token := i.token(map[string]any{"exp": i.clock().Unix() + 86400}, nil)
	wantAccepted(t, v, token)
	i.advance(300 * time.Second)
	wantAccepted(t, v, token)
	i.await("/jwks")
	i.await("/jwks") // nothing but the token above asked for it
}

func TestCacheControl(t *testing.T) {
	for control, age := range map[string]time.Duration{
		"":                           5 * time.Minute,
		"max-age=120":                2 * time.Minute,
		"public, MAX-AGE=120":        2 * time.Minute,
		"no-store, max-age=120":      10 * time.Second,
		"max-age=0":                  10 * time.Second,
		"max-age=999999999":          24 * time.Hour,
		"max-age=-5":                 5 * time.Minute,
		"max-age=60, max-age=999999": time.Minute,
	} {
		t.Run(control, func(t *testing.T) {
			i := newTestIssuer(t)
			i.cacheControl = control
			v := newVerifier(t, i.config())
			token := i.token(map[string]any{"exp": i.clock().Add(48 * time.Hour).Unix()}, nil)
			wantAccepted(t, v, token)
			i.do(func() { i.down = true })
			i.advance(age - time.Second)
			wantAccepted(t, v, token)
			i.advance(3 * time.Second)
			wantUnavailable(t, v, token)
		})
	}
}

func TestOneRequestForKeysUnderLoad(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	token := i.token(nil, nil)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := v.Verify(t.Context(), token); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
	wg.Wait()
	if n := i.count("/jwks"); n != 1 {
		t.Errorf("%d requests for keys", n)
	}
}

func TestTokenWithoutKid(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	nameless := signRaw(t, i, `{"alg":"ES256","typ":"at+jwt"}`)
	wantAccepted(t, v, nameless)
	i.keys = append(i.keys, newKey(t, "k2"))
	wantRefused(t, newVerifier(t, i.config()), nameless)
}

func TestDiscoveryIsExact(t *testing.T) {
	for name, change := range map[string]func(i *testIssuer, cfg *verify.Config){
		"other issuer":    func(i *testIssuer, _ *verify.Config) { i.metadata["issuer"] = "https://evil.example" },
		"trailing slash":  func(i *testIssuer, _ *verify.Config) { i.metadata["issuer"] = i.server.URL + "/" },
		"no keys":         func(i *testIssuer, _ *verify.Config) { delete(i.metadata, "jwks_uri") },
		"plain http keys": func(i *testIssuer, _ *verify.Config) { i.metadata["jwks_uri"] = "http://keys.example/jwks" },
		"file keys":       func(i *testIssuer, _ *verify.Config) { i.metadata["jwks_uri"] = "file:///etc/passwd" },
		"no introspection": func(i *testIssuer, c *verify.Config) {
			*c = i.liveConfig()
			delete(i.metadata, "introspection_endpoint")
		},
		"down":                func(i *testIssuer, _ *verify.Config) { i.down = true },
		"configured with /":   func(_ *testIssuer, c *verify.Config) { c.Issuer += "/" },
		"no issuer":           func(_ *testIssuer, c *verify.Config) { c.Issuer = "" },
		"http issuer":         func(_ *testIssuer, c *verify.Config) { c.Issuer = "http://id.example.com" },
		"issuer with query":   func(_ *testIssuer, c *verify.Config) { c.Issuer += "?x=1" },
		"JW12 no audience":    func(_ *testIssuer, c *verify.Config) { c.Audience = "" },
		"JW12 blank audience": func(_ *testIssuer, c *verify.Config) { c.Audience = " " },
		"half a secret":       func(_ *testIssuer, c *verify.Config) { c.Introspection.ClientID = "x" },
	} {
		t.Run(name, func(t *testing.T) {
			i := newTestIssuer(t)
			cfg := i.config()
			change(i, &cfg)
			if _, err := verify.New(t.Context(), cfg); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestDiscoveryFollowsNoRedirect(t *testing.T) {
	i := newTestIssuer(t)
	other := newTestIssuer(t)
	cfg := i.config()
	cfg.HTTPClient = &http.Client{Transport: rewrite(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: http.StatusFound, Body: http.NoBody, Request: r,
			Header: http.Header{"Location": {other.server.URL + "/.well-known/oauth-authorization-server"}}}
	})}
	if _, err := verify.New(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "answered") {
		t.Errorf("err = %v", err)
	}
	if n := other.count("/.well-known/oauth-authorization-server"); n != 0 {
		t.Error("the redirect was followed")
	}
}

type rewrite func(*http.Request) *http.Response

func (f rewrite) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestDiscoveryOfIssuerWithPath(t *testing.T) {
	const name = "https://id.example.com/t/acme"
	var asked []string
	cfg := verify.Config{Issuer: name, Audience: audience, HTTPClient: &http.Client{Transport: rewrite(func(r *http.Request) *http.Response {
		asked = append(asked, r.URL.String())
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: r}
	})}}
	if _, err := verify.New(t.Context(), cfg); err == nil {
		t.Fatal("an issuer without metadata was accepted")
	}
	want := []string{
		"https://id.example.com/.well-known/oauth-authorization-server/t/acme",
		name + "/.well-known/openid-configuration",
	}
	if strings.Join(asked, " ") != strings.Join(want, " ") {
		t.Errorf("asked %v", asked)
	}
}

func TestLazyDiscoveryIsRepeated(t *testing.T) {
	i := newTestIssuer(t)
	i.down = true
	cfg := i.config()
	cfg.Lazy = true
	v := newVerifier(t, cfg)
	token := i.token(nil, nil)
	wantUnavailable(t, v, token)
	wantUnavailable(t, v, token)
	if n := i.count("/.well-known/oauth-authorization-server"); n != 1 {
		t.Errorf("%d attempts within a second", n)
	}
	i.do(func() { i.down = false })
	i.advance(time.Second)
	wantAccepted(t, v, token)
}

func TestCallerWhoLeavesDoesNotSpoilTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		cfg := verify.Config{Issuer: "https://id.example.com", Audience: audience, Lazy: true}
		cfg.HTTPClient = &http.Client{Transport: rewrite(func(r *http.Request) *http.Response {
			<-gate
			return &http.Response{StatusCode: http.StatusBadGateway, Body: http.NoBody, Request: r}
		})}
		v := newVerifier(t, cfg)
		ctx, leave := context.WithCancel(t.Context())
		results := make(chan error, 2)
		token := b64(`{"alg":"ES256","typ":"at+jwt","kid":"k"}`) + ".e30.AA"
		ask := func(ctx context.Context) {
			_, err := v.Verify(ctx, token)
			results <- err
		}
		go ask(ctx)
		synctest.Wait()
		go ask(t.Context())
		synctest.Wait()
		leave()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("the one who left got %v", err)
		}
		close(gate)
		if err := <-results; errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "answered") {
			t.Errorf("the one who stayed got %v", err)
		}
	})
}
