package verify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-iam/cardea/sdk/verify"
)

const audience = "http://localhost:8082/api"

// testIssuer is a small real authorization server: metadata, keys and introspection over HTTP.
type testIssuer struct {
	t      testing.TB
	server *httptest.Server

	mu           sync.Mutex
	now          time.Time
	keys         []jose.JSONWebKey
	cacheControl string
	down         bool
	metadata     map[string]any
	answers      map[string]map[string]any // token → introspection answer
	hold         chan struct{}             // introspection waits for it when set
	requests     map[string]int            // by path
	arrivals     chan string               // the path of each request as it arrives
}

func newTestIssuer(t testing.TB) *testIssuer {
	t.Helper()
	i := &testIssuer{
		t: t, now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), cacheControl: "public, max-age=600",
		answers: map[string]map[string]any{}, requests: map[string]int{}, arrivals: make(chan string, 1000),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, _ *http.Request) { i.write(w, i.metadata) })
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		public := jose.JSONWebKeySet{}
		for _, k := range i.keys {
			public.Keys = append(public.Keys, k.Public())
		}
		w.Header().Set("Cache-Control", i.cacheControl)
		i.write(w, public)
	})
	mux.HandleFunc("POST /introspect", func(w http.ResponseWriter, r *http.Request) {
		if id, secret, _ := r.BasicAuth(); id != "calendar%3Aapi" || secret != "s%3Acret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if a, ok := i.answers[r.FormValue("token")]; ok {
			i.write(w, a)
			return
		}
		i.write(w, map[string]any{"active": false})
	})
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.requests[r.URL.Path]++
		hold := i.hold
		i.mu.Unlock()
		i.arrivals <- r.URL.Path
		if hold != nil && r.URL.Path == "/introspect" {
			<-hold
		}
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.server.Close)
	i.metadata = map[string]any{
		"issuer": i.server.URL, "jwks_uri": i.server.URL + "/jwks", "introspection_endpoint": i.server.URL + "/introspect",
	}
	i.keys = []jose.JSONWebKey{newKey(t, "k1")}
	return i
}

func newKey(t testing.TB, kid string) jose.JSONWebKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: "ES256", Use: "sig"}
}

func (i *testIssuer) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Errorf("write an answer: %v", err)
	}
}

// do changes the issuer while requests may be under way.
func (i *testIssuer) do(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func (i *testIssuer) advance(d time.Duration) { i.do(func() { i.now = i.now.Add(d) }) }

func (i *testIssuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *testIssuer) count(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.requests[path]
}

// await returns when a further request for path has arrived.
func (i *testIssuer) await(path string) {
	for <-i.arrivals != path {
	}
}

// claims are those of a good token, with changes; a nil value removes a claim.
func (i *testIssuer) claims(changes map[string]any) map[string]any {
	now := i.clock().Unix()
	c := map[string]any{
		"iss": i.server.URL, "sub": "acc_ada", "aud": audience, "client_id": "hireme123", "jti": "t1",
		"iat": now, "exp": now + 300, "scope": "openid read:events",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// token signs a good token with changed claims and header members.
func (i *testIssuer) token(changes map[string]any, head map[jose.HeaderKey]any) string {
	i.t.Helper()
	payload, err := json.Marshal(i.claims(changes))
	if err != nil {
		i.t.Fatal(err)
	}
	return sign(i.t, i.keys[0], payload, head)
}

func sign(t testing.TB, key jose.JSONWebKey, payload []byte, head map[jose.HeaderKey]any) string {
	t.Helper()
	opts := (&jose.SignerOptions{}).WithType("at+jwt")
	for name, value := range head {
		opts = opts.WithHeader(name, value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Algorithm), Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (i *testIssuer) config() verify.Config {
	return verify.Config{Issuer: i.server.URL, Audience: audience, Now: i.clock, Leeway: -1}
}

func (i *testIssuer) liveConfig() verify.Config {
	cfg := i.config()
	cfg.Introspection = verify.Introspection{ClientID: "calendar:api", ClientSecret: "s:cret"}
	return cfg
}

func newVerifier(t testing.TB, cfg verify.Config) *verify.Verifier {
	t.Helper()
	v, err := verify.New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wantRefused asserts that a token is refused as such, and that nothing of it comes out.
func wantRefused(t *testing.T, v *verify.Verifier, token string) *verify.Error {
	t.Helper()
	got, err := v.Verify(context.Background(), token)
	if err == nil {
		t.Fatalf("accepted: %+v", got)
	}
	e, ok := err.(*verify.Error)
	if !ok {
		t.Fatalf("error is a %T: %v", err, err)
	}
	if e.Status != http.StatusUnauthorized || e.Code != "invalid_token" {
		t.Fatalf("answered %d %q: %v", e.Status, e.Code, err)
	}
	if got.Subject != "" || got.ClientID != "" || got.Scopes != nil {
		t.Fatalf("claims came out with an error: %+v", got)
	}
	return e
}

func wantAccepted(t *testing.T, v *verify.Verifier, token string) verify.Token {
	t.Helper()
	got, err := v.Verify(context.Background(), token)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return got
}
