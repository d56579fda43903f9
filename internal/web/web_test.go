package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/web"
)

const origin = "http://localhost:8080"

// journal is a log that tests read.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

// events returns the lines, each of which must be one JSON object.
func (j *journal) events(t *testing.T) []map[string]any {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []map[string]any
	for line := range bytes.Lines(j.buf.Bytes()) {
		var event map[string]any
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		out = append(out, event)
	}
	return out
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func ok(w http.ResponseWriter, _ *web.Request) error {
	_, err := io.WriteString(w, "ok")
	return err
}

func get(name, path string, h web.Handler) web.Route {
	return web.Route{Name: name, Method: "GET", Path: path, Scope: web.PerTenant, Public: "test",
		Handler: h, Errors: web.PlainErrors}
}

func post(name, path string, class web.CSRFClass, h web.Handler) web.Route {
	rt := get(name, path, h)
	rt.Method, rt.CSRF = "POST", class
	return rt
}

func options() (web.Options, *journal) {
	j := &journal{}
	return web.Options{
		PublicURL: origin,
		Listen:    "127.0.0.1:0",
		Log:       slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Resolve: func(_ context.Context, name string) (web.Tenant, error) {
			switch name {
			case "":
				return web.Tenant{ID: "ten_default", Issuer: origin}, nil
			case "acme":
				return web.Tenant{ID: "ten_acme", Name: name, Issuer: origin + "/t/acme"}, nil
			case "broken":
				return web.Tenant{}, errors.New("dial db.internal:5432 password=hunter2")
			}
			return web.Tenant{}, web.ErrNoTenant
		},
	}, j
}

func server(t *testing.T, change func(*web.Options), routes ...web.Route) (*web.Server, *journal) {
	t.Helper()
	opt, j := options()
	if change != nil {
		change(&opt)
	}
	s, err := web.NewServer(opt, routes)
	if err != nil {
		t.Fatal(err)
	}
	return s, j
}

// ask sends a request in process; header is "Name: value" lines.
func ask(s http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, origin+path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:5555"
	for _, line := range header {
		k, v, _ := strings.Cut(line, ": ")
		if k == "Host" {
			r.Host = v
		} else {
			r.Header.Add(k, v)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// walkRoutes is a table with every kind of route and of answer.
func walkRoutes() []web.Route {
	cookie := web.Cookie{Name: "s"}
	doc := get("doc", "/doc", web.Static(web.NewDocument("application/json", []byte(`{"a":1}`))))
	doc.Cache, doc.CORS = web.Public(5*time.Minute), web.AnyOrigin
	set := get("set", "/set", func(w http.ResponseWriter, r *web.Request) error {
		if err := cookie.Set(w, "opaque", time.Hour); err != nil {
			return err
		}
		return ok(w, r)
	})
	set.Cache = web.Public(time.Hour)
	fails := get("fails", "/fails", func(http.ResponseWriter, *web.Request) error {
		return errors.New("dial db.internal:5432 password=hunter2")
	})
	fails.Cache = web.Public(time.Hour)
	return []web.Route{doc, set, fails,
		get("panics", "/panics", func(http.ResponseWriter, *web.Request) error { panic("password=hunter2") }),
		get("empty", "/empty", func(http.ResponseWriter, *web.Request) error { return nil }),
		get("away", "/away", func(w http.ResponseWriter, _ *web.Request) error {
			web.SeeOther(w, "https://client.example/cb")
			return nil
		}),
		post("write", "/write", web.Browser, ok),
	}
}

func TestRU14_AU30_HeadersOfEveryAnswer(t *testing.T) {
	s, _ := server(t, func(o *web.Options) { o.PublicURL = "https://localhost:8080" }, walkRoutes()...)
	type probe struct{ method, path, host string }
	probes := []probe{{"GET", "/nothing", ""}, {"OPTIONS", "/doc", ""}, {"GET", "/doc", "evil.example"}, {"GET", "/a//b", ""}}
	for _, rt := range s.Routes() {
		for _, path := range rt.Paths() {
			path = strings.ReplaceAll(path, "{tenant}", "acme")
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
				probes = append(probes, probe{method, path, ""})
			}
		}
	}
	for _, p := range probes {
		var header []string
		if p.host != "" {
			header = append(header, "Host: "+p.host)
		}
		w := ask(s, p.method, p.path, "", header...)
		h := w.Header()
		for k, want := range map[string]string{
			"Referrer-Policy":            "no-referrer",
			"X-Content-Type-Options":     "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security":  "max-age=63072000",
		} {
			if h.Get(k) != want {
				t.Errorf("%v: %s is %q", p, k, h.Get(k))
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%v: policy lacks %s", p, want)
			}
		}
		if len(h.Get("X-Request-Id")) != 26 {
			t.Errorf("%v: request id %q", p, h.Get("X-Request-Id"))
		}
		cached := strings.HasPrefix(h.Get("Cache-Control"), "public")
		if cached != (strings.HasSuffix(p.path, "/doc") && p.host == "" && (w.Code == 200 || w.Code == 304)) {
			t.Errorf("%v: %d Cache-Control %q", p, w.Code, h.Get("Cache-Control"))
		}
		if !cached && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%v: Cache-Control %q", p, h.Get("Cache-Control"))
		}
	}
}

func TestOP04_FaultsShowOnlyTheRequestID(t *testing.T) {
	s, j := server(t, nil, walkRoutes()...)
	for _, path := range []string{"/fails", "/panics", "/t/broken/doc"} {
		w := ask(s, "GET", path, "")
		var answer struct {
			Error string `json:"error"`
			ID    string `json:"request_id"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v in %q", path, err, w.Body)
		}
		if w.Code != 500 || answer.Error != "server_error" || answer.ID != w.Header().Get("X-Request-Id") {
			t.Errorf("%s: %d %+v", path, w.Code, answer)
		}
		if strings.Contains(w.Body.String(), "hunter2") || strings.Contains(w.Body.String(), "db.internal") {
			t.Errorf("%s tells the cause: %s", path, w.Body)
		}
	}
	faults := 0
	for _, e := range j.events(t) {
		if e["fault"] != nil {
			faults++
			if e["level"] != "ERROR" {
				t.Errorf("level %v", e["level"])
			}
		}
		if e["route"] == "panics" && !strings.Contains(e["stack"].(string), "web_test.go") {
			t.Error("the panic's stack does not lead to its place")
		}
	}
	if faults != 3 {
		t.Errorf("%d faults logged, want 3", faults)
	}
	if w := ask(s, "GET", "/doc", ""); w.Code != 200 {
		t.Errorf("after the panic: %d", w.Code)
	}
}

func TestOP02_OneLogEventPerRequest(t *testing.T) {
	evil := "a\r\n{\"level\":\"ERROR\"}\u2028\x1b[31m\""
	s, j := server(t, nil, get("x", "/x/{id}", func(w http.ResponseWriter, r *web.Request) error {
		r.Attr(slog.String("named", r.PathValue("id")))
		return ok(w, r)
	}))
	r := httptest.NewRequest("GET", origin+"/x/y?token=secret-in-query", nil)
	r.URL.Path = "/x/" + evil
	r.URL.RawPath = ""
	r.Header.Set("Authorization", "Bearer secret-in-header")
	s.ServeHTTP(httptest.NewRecorder(), r)
	ask(s, "GET", "/secret-in-path", "")
	events := j.events(t)
	if len(events) != 2 {
		t.Fatalf("%d events, want 2", len(events))
	}
	if events[0]["named"] != evil {
		t.Errorf("read back as %q", events[0]["named"])
	}
	for _, bad := range []string{"secret-in", "\x1b", "\u2028"} {
		if strings.Contains(j.String(), bad) {
			t.Errorf("the log contains %q", bad)
		}
	}
	if events[1]["route"] != "unrouted" || events[1]["path"] != "-" {
		t.Errorf("unrouted request logged as %v", events[1])
	}
}

func TestOP05_BodiesAndCookiesAreCapped(t *testing.T) {
	small := post("small", "/small", web.Credentials, func(w http.ResponseWriter, r *web.Request) error {
		if _, err := web.Form(r); err != nil {
			return err
		}
		return ok(w, r)
	})
	small.Body = 100
	s, _ := server(t, nil, small)
	const form = "Content-Type: application/x-www-form-urlencoded"
	if w := ask(s, "POST", "/small", "a="+strings.Repeat("x", 98), form); w.Code != 200 {
		t.Errorf("at the cap: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/small", "a="+strings.Repeat("x", 99), form); w.Code != 413 {
		t.Errorf("over the cap: %d", w.Code)
	}
	r := httptest.NewRequest("POST", origin+"/small", io.MultiReader(strings.NewReader(strings.Repeat("x", 101))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("over the cap without length: %d", w.Code)
	}
	if w := ask(s, "POST", "/small", "", form, "Cookie: a="+strings.Repeat("x", 8<<10)); w.Code != 431 {
		t.Errorf("cookies: %d", w.Code)
	}
}

func TestDocumentRevalidates(t *testing.T) {
	s, _ := server(t, nil, walkRoutes()...)
	w := ask(s, "GET", "/doc", "")
	tag := w.Header().Get("ETag")
	if w.Header().Get("Content-Length") != "7" || w.Header().Get("Content-Type") != "application/json" || tag == "" {
		t.Fatalf("%v", w.Header())
	}
	for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if w := ask(s, "GET", "/doc", "", "If-None-Match: "+match); w.Code != 304 || w.Body.Len() != 0 ||
			w.Header().Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: %d %v", match, w.Code, w.Header())
		}
	}
	if w := ask(s, "GET", "/doc", "", `If-None-Match: "other"`); w.Code != 200 {
		t.Errorf("other tag: %d", w.Code)
	}
}

func TestRoomsTranslateErrors(t *testing.T) {
	refused := errors.New("refused")
	rt := get("x", "/x", func(_ http.ResponseWriter, r *web.Request) error {
		if r.URL.RawQuery == "fault" {
			return errors.New("fault")
		}
		return refused
	})
	rt.Errors = func(w http.ResponseWriter, r *web.Request, err error) bool {
		if !errors.Is(err, refused) {
			w.WriteHeader(503)
			_, _ = io.WriteString(w, "our page, request "+r.ID)
			return false
		}
		w.WriteHeader(400)
		return true
	}
	s, j := server(t, nil, rt)
	if w := ask(s, "GET", "/x", ""); w.Code != 400 {
		t.Errorf("refusal: %d", w.Code)
	}
	if w := ask(s, "GET", "/x?fault", ""); w.Code != 503 || !strings.HasPrefix(w.Body.String(), "our page") {
		t.Errorf("fault: %d %s", w.Code, w.Body)
	}
	events := j.events(t)
	if events[0]["fault"] != nil || events[1]["fault"] != "fault" {
		t.Errorf("logged %v", events)
	}
}

func TestRateLimitAnswers429(t *testing.T) {
	s, _ := server(t, func(o *web.Options) {
		o.Rates = map[web.RateClass]web.Rate{web.RateStandard: {Count: 1, Per: time.Minute, Burst: 2}}
	}, walkRoutes()...)
	for i, want := range []int{200, 200, 429} {
		w := ask(s, "GET", "/empty", "")
		if w.Code != want {
			t.Fatalf("request %d: %d", i, w.Code)
		}
		if want == 429 && w.Header().Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
	}
}
