package examples_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// issuer is a small authorization server that stands in for Cardea. It has one person, who is
// always signed in and answers consent as the test decided.
type issuer struct {
	t   *testing.T
	url string
	key jose.JSONWebKey

	mu        sync.Mutex
	offset    time.Duration         // its clock, ahead of the real one
	down      bool                  // answers nothing
	deny      bool                  // the person says no
	allowed   []string              // scopes the person may grant
	iss       string                // iss of authorization responses, "" for the right one
	lifetime  time.Duration         // of access tokens
	codes     map[string]url.Values // authorization requests by code
	refresh   map[string]url.Values // the same by refresh token
	live      map[string]bool       // access tokens that are not revoked
	refreshed int
	logouts   []string
}

const person = "acc_ada"

func newIssuer(t *testing.T) *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{
		t: t, key: jose.JSONWebKey{Key: key, KeyID: "k1", Algorithm: "ES256", Use: "sig"}, lifetime: 5 * time.Minute,
		allowed: []string{"openid", "profile", "offline_access", "read:events", "write:events"},
		codes:   map[string]url.Values{}, refresh: map[string]url.Values{}, live: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/", i.metadata)
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		i.write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
	})
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) {
		i.write(w, map[string]string{"sub": person, "name": "Ada Byron"})
	})
	mux.HandleFunc("POST /introspect", i.introspect)
	mux.HandleFunc("POST /revoke", func(_ http.ResponseWriter, r *http.Request) {
		delete(i.refresh, r.PostFormValue("token"))
		clear(i.live)
	})
	mux.HandleFunc("GET /logout", func(w http.ResponseWriter, r *http.Request) {
		i.logouts = append(i.logouts, r.FormValue("id_token_hint"))
		http.Redirect(w, r, r.FormValue("post_logout_redirect_uri"), http.StatusSeeOther)
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	i.url = s.URL
	return i
}

// do changes the issuer between requests.
func (i *issuer) do(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func (i *issuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now()
}

func (i *issuer) now() time.Time { return time.Now().Add(i.offset) }

// withdraw takes back everything that was granted.
func (i *issuer) withdraw() {
	i.do(func() { clear(i.refresh); clear(i.live); i.offset += time.Second })
}

func (i *issuer) metadata(w http.ResponseWriter, _ *http.Request) {
	i.write(w, map[string]any{
		"issuer": i.url, "jwks_uri": i.url + "/jwks", "authorization_endpoint": i.url + "/authorize",
		"token_endpoint": i.url + "/token", "userinfo_endpoint": i.url + "/userinfo",
		"introspection_endpoint": i.url + "/introspect", "revocation_endpoint": i.url + "/revoke",
		"end_session_endpoint": i.url + "/logout", "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("response_type") != "code" {
		i.t.Errorf("authorization request %v", q)
	}
	if strings.Contains(q.Get("scope"), "offline_access") && (q.Get("prompt") != "consent" || q.Get("resource") == "") {
		i.t.Errorf("authorization request for offline access %v", q)
	}
	answer := url.Values{"state": {q.Get("state")}, "iss": {i.url}}
	if i.iss != "" {
		answer.Set("iss", i.iss)
	}
	if i.deny {
		answer.Set("error", "access_denied")
	} else {
		code := rand.Text()
		i.codes[code] = q
		answer.Set("code", code)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if err := r.ParseForm(); err != nil || secret != "secret-of-"+id {
		i.refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	var asked url.Values
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		code := r.PostForm.Get("code")
		asked = i.codes[code]
		delete(i.codes, code)
		challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if asked == nil || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) ||
			asked.Get("redirect_uri") != r.PostForm.Get("redirect_uri") || asked.Get("resource") != r.PostForm.Get("resource") {
			i.refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
	case "refresh_token":
		old := r.PostForm.Get("refresh_token")
		asked = i.refresh[old]
		delete(i.refresh, old)
		i.refreshed++
	}
	if asked == nil || asked.Get("client_id") != id {
		i.refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	var scopes []string
	for _, s := range strings.Fields(asked.Get("scope")) {
		if slices.Contains(i.allowed, s) {
			scopes = append(scopes, s)
		}
	}
	now := i.now()
	claims := map[string]any{"iss": i.url, "sub": person, "iat": now.Unix(), "exp": now.Add(i.lifetime).Unix()}
	idToken := i.sign("JWT", claims, map[string]any{"aud": id, "nonce": asked.Get("nonce")})
	access := i.sign("at+jwt", claims, map[string]any{
		"aud": asked.Get("resource"), "client_id": id, "jti": rand.Text(), "scope": strings.Join(scopes, " "),
	})
	i.live[access] = true
	answer := map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(i.lifetime.Seconds()),
		"id_token": idToken, "scope": strings.Join(scopes, " "),
	}
	if slices.Contains(scopes, "offline_access") {
		next := rand.Text()
		i.refresh[next] = asked
		answer["refresh_token"] = next
	}
	i.write(w, answer)
}

func (i *issuer) introspect(w http.ResponseWriter, r *http.Request) {
	if id, secret, _ := r.BasicAuth(); secret != "secret-of-"+id {
		i.refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	i.write(w, map[string]any{"active": i.live[r.PostFormValue("token")]})
}

func (i *issuer) sign(typ string, claims, more map[string]any) string {
	all := map[string]any{}
	for _, m := range []map[string]any{claims, more} {
		for name, value := range m {
			all[name] = value
		}
	}
	payload, err := json.Marshal(all)
	if err != nil {
		i.t.Error(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.key}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		i.t.Error(err)
		return ""
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		i.t.Error(err)
	}
	return text
}

func (i *issuer) refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(map[string]string{"error": code}); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}
