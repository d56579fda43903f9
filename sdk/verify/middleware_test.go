package verify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/sdk/verify"
)

// get sends one request through h and returns the answer.
func get(h http.Handler, target string, authorization ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for _, a := range authorization {
		r.Header.Add("Authorization", a)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func whoami(w http.ResponseWriter, r *http.Request) {
	token, ok := verify.FromContext(r.Context())
	if !ok {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	_, _ = io.WriteString(w, token.Subject+" by "+token.ClientID)
}

func TestMiddlewareChallenges(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	h := v.Middleware(http.HandlerFunc(whoami))
	good := i.token(nil, nil)
	const where = `resource_metadata="http://localhost:8082/.well-known/oauth-protected-resource/api"`
	const realm = `Bearer realm="` + audience + `"`
	for name, c := range map[string]struct {
		target        string
		authorization []string
		status        int
		challenge     string
	}{
		"good":                 {"/", []string{"Bearer " + good}, 200, ""},
		"scheme in other case": {"/", []string{"bEARER " + good}, 200, ""},
		"nothing sent":         {"/", nil, 401, realm + ", " + where},
		"other scheme":         {"/", []string{"Basic eDp5"}, 401, realm + ", " + where},
		"garbage":              {"/", []string{"Bearer garbage"}, 401, realm + `, error="invalid_token", error_description="the access token is not a JWT", ` + where},
		"no token":             {"/", []string{"Bearer "}, 400, realm + `, error="invalid_request", error_description="the Authorization header field is malformed", ` + where},
		"two words":            {"/", []string{"Bearer " + good + " x"}, 400, realm + `, error="invalid_request", error_description="the Authorization header field is malformed", ` + where},
		"two fields":           {"/", []string{"Bearer " + good, "Bearer " + good}, 400, realm + `, error="invalid_request", error_description="the request has more than one Authorization header field", ` + where},
		"token in the URL":     {"/?access_token=" + good, nil, 400, realm + `, error="invalid_request", error_description="send the access token in the Authorization header field, not in the URL", ` + where},
		"token in both":        {"/?access_token=" + good, []string{"Bearer " + good}, 400, realm + `, error="invalid_request", error_description="send the access token in the Authorization header field, not in the URL", ` + where},
	} {
		t.Run(name, func(t *testing.T) {
			resp := get(h, c.target, c.authorization...)
			if resp.StatusCode != c.status || resp.Header.Get("WWW-Authenticate") != c.challenge {
				t.Errorf("answered %d %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
			}
		})
	}
	body, err := io.ReadAll(get(h, "/", "Bearer "+good).Body)
	if err != nil || string(body) != "acc_ada by hireme123" {
		t.Errorf("body = %q, %v", body, err)
	}
}

func TestTokenInABodyIsNotRead(t *testing.T) {
	i := newTestIssuer(t)
	h := newVerifier(t, i.config()).Middleware(http.HandlerFunc(whoami))
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("access_token="+i.token(nil, nil)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("answered %d", w.Code)
	}
}

func TestRequireScope(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	read, write := v.RequireScope("read:events")(http.HandlerFunc(whoami)), v.RequireScope("read:events", "write:events")(http.HandlerFunc(whoami))
	token := "Bearer " + i.token(nil, nil)
	for _, h := range []http.Handler{read, v.Middleware(read)} {
		if resp := get(h, "/", token); resp.StatusCode != http.StatusOK {
			t.Errorf("read answered %d", resp.StatusCode)
		}
		if resp := get(h, "/"); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("no token answered %d", resp.StatusCode)
		}
	}
	resp := get(write, "/", token)
	challenge := resp.Header.Get("WWW-Authenticate")
	if resp.StatusCode != http.StatusForbidden || !strings.Contains(challenge, `error="insufficient_scope"`) || !strings.Contains(challenge, `scope="read:events write:events"`) {
		t.Errorf("answered %d %q", resp.StatusCode, challenge)
	}
	var body map[string]string
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body["error"] != "insufficient_scope" {
		t.Errorf("body = %v, %v", body, err)
	}
	// A scope is a whole word.
	prefix := "Bearer " + i.token(map[string]any{"scope": "read:events2 xread:events read"}, nil)
	if resp := get(read, "/", prefix); resp.StatusCode != http.StatusForbidden {
		t.Errorf("answered %d", resp.StatusCode)
	}
}

func TestScopeOfAnotherVerifierDoesNotCount(t *testing.T) {
	i := newTestIssuer(t)
	other := i.config()
	other.Audience = "https://other.example"
	h := newVerifier(t, other).Middleware(newVerifier(t, i.config()).RequireScope("read:events")(http.HandlerFunc(whoami)))
	if resp := get(h, "/", "Bearer "+i.token(map[string]any{"aud": other.Audience}, nil)); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("answered %d", resp.StatusCode)
	}
}

func TestUnavailableIssuerIsNotTheClientsFault(t *testing.T) {
	i := newTestIssuer(t)
	h := newVerifier(t, i.config()).Middleware(http.HandlerFunc(whoami))
	i.down = true
	resp := get(h, "/", "Bearer "+i.token(nil, nil))
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || resp.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("answered %d %v", resp.StatusCode, resp.Header)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || strings.Contains(string(body), i.server.URL) {
		t.Errorf("the cause is shown: %s, %v", body, err)
	}
}

func TestFromContextWithoutMiddleware(t *testing.T) {
	if _, ok := verify.FromContext(t.Context()); ok {
		t.Error("a token out of nothing")
	}
}

func TestChallengeQuotesRealm(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.config()
	cfg.Realm = "a\"b\\c\r\nd"
	resp := get(newVerifier(t, cfg).Middleware(http.HandlerFunc(whoami)), "/")
	if got := resp.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, `Bearer realm="a\"b\\cd", `) {
		t.Errorf("challenge = %q", got)
	}
}

func TestMetadata(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.config()
	cfg.Name, cfg.Scopes = "MyCalApp", []string{"read:events"}
	v := newVerifier(t, cfg)
	if v.MetadataPath() != "/.well-known/oauth-protected-resource/api" {
		t.Errorf("path = %q", v.MetadataPath())
	}
	var doc map[string]any
	resp := get(v.MetadataHandler(), v.MetadataPath())
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc["resource"] != audience || doc["resource_name"] != "MyCalApp" || doc["authorization_servers"].([]any)[0] != i.server.URL ||
		doc["scopes_supported"].([]any)[0] != "read:events" || doc["bearer_methods_supported"].([]any)[0] != "header" {
		t.Errorf("document = %v", doc)
	}
	cfg.Audience = "calendar-api"
	if path := newVerifier(t, cfg).MetadataPath(); path != "/.well-known/oauth-protected-resource" {
		t.Errorf("path = %q", path)
	}
}
