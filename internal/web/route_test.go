package web_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/web"
)

func TestUndeclaredRouteRefusesStart(t *testing.T) {
	good := post("x.y", "/x", web.Browser, ok)
	for name, c := range map[string]struct {
		change func(*web.Route)
		want   string
	}{
		"no permission and no reason": {func(r *web.Route) { r.Public = "" }, "Action"},
		"permission and reason":       {func(r *web.Route) { r.Action = "a.b" }, "Action"},
		"no scope":                    {func(r *web.Route) { r.Scope = 0 }, "Scope"},
		"no csrf class":               {func(r *web.Route) { r.CSRF = 0 }, "CSRF"},
		"cross-site without reason":   {func(r *web.Route) { r.CSRF = web.CrossSite }, "CrossSiteReason"},
		"reason without cross-site":   {func(r *web.Route) { r.CrossSiteReason = "x" }, "CrossSiteReason"},
		"no errors":                   {func(r *web.Route) { r.Errors = nil }, "Errors"},
		"no handler":                  {func(r *web.Route) { r.Handler = nil }, "Handler"},
		"no name":                     {func(r *web.Route) { r.Name = "" }, "name"},
		"odd method":                  {func(r *web.Route) { r.Method = "TRACE" }, "method"},
		"cached post":                 {func(r *web.Route) { r.Cache = web.Public(time.Hour) }, "cached"},
		"cors for a cookie route":     {func(r *web.Route) { r.CORS = web.AnyOrigin }, "AnyOrigin"},
		"path below a tenant":         {func(r *web.Route) { r.Path = "/t/acme" }, "/t/"},
		"path with dots":              {func(r *web.Route) { r.Path = "/a/../b" }, "clean"},
		"tenant wildcard":             {func(r *web.Route) { r.Path = "/a/{tenant}" }, "wildcard"},
		"well-known elsewhere":        {func(r *web.Route) { r.Scope = web.WellKnown }, "well-known"},
		"bad pattern":                 {func(r *web.Route) { r.Path = "/a/{b" }, "pattern"},
		"negative body":               {func(r *web.Route) { r.Body = -1 }, "Body"},
	} {
		t.Run(name, func(t *testing.T) {
			rt := good
			c.change(&rt)
			opt, _ := options()
			if _, err := web.NewServer(opt, []web.Route{rt}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v does not tell of %q", err, c.want)
			}
		})
	}
	opt, _ := options()
	if _, err := web.NewServer(opt, []web.Route{good, good}); err == nil {
		t.Fatal("a name declared twice was accepted")
	}
	other := good
	other.Name = "x.z"
	if _, err := web.NewServer(opt, []web.Route{good, other}); err == nil {
		t.Fatal("two routes of one pattern were accepted")
	}
	if _, err := web.NewServer(opt, []web.Route{good}); err != nil {
		t.Fatal(err)
	}
}

func TestTenantMounts(t *testing.T) {
	show := func(w http.ResponseWriter, r *web.Request) error {
		_, err := io.WriteString(w, r.Tenant.Issuer+" "+r.BaseURL())
		return err
	}
	wk := get("meta", "/.well-known/openid-configuration", show)
	wk.Scope = web.WellKnown
	s, _ := server(t, nil, get("x", "/x/{id}", show), get("home", "/{$}", show), wk)
	for path, want := range map[string]string{
		"/x/1":                              origin,
		"/":                                 origin,
		"/t/acme/":                          origin + "/t/acme",
		"/t/acme/x/1":                       origin + "/t/acme",
		"/.well-known/openid-configuration": origin,
		"/t/acme/.well-known/openid-configuration": origin + "/t/acme",
		"/.well-known/openid-configuration/t/acme": origin + "/t/acme",
		"/t/nobody/x/1": "",
		"/t//x/1":       "",
	} {
		w := ask(s, "GET", path, "")
		if want == "" {
			if w.Code < 400 || w.Code > 404 {
				t.Errorf("%s: %d", path, w.Code)
			}
		} else if w.Code != 200 || w.Body.String() != want+" "+origin {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
}

func TestUnknownHostIsMisdirected(t *testing.T) {
	s, _ := server(t, func(o *web.Options) { o.Hosts = []string{"id.example"} }, walkRoutes()...)
	for host, want := range map[string]int{
		"localhost:8080": 200, "LOCALHOST:8080": 200, "id.example": 200, "localhost": 421, "localhost:80": 421,
		"evil.example": 421, "": 421, "127.0.0.1:8080": 421, "localhost:8080.evil.example": 421, "id.example:443": 421,
	} {
		w := ask(s, "GET", "/doc", "", "Host: "+host)
		if w.Code != want {
			t.Errorf("%q: %d", host, w.Code)
		}
		if strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%q is in the answer", host)
		}
	}
}

func TestPX17_UnsafeRoutesFromElsewhere(t *testing.T) {
	cross := post("cross", "/cross", web.CrossSite, ok)
	cross.CrossSiteReason = "OpenID Connect Core 1.0 §3.1.2.1: clients may POST the authentication request"
	s, _ := server(t, nil, post("page", "/page", web.Browser, ok), post("token", "/token", web.Credentials, ok), cross)
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"same origin", []string{"Sec-Fetch-Site: same-origin", "Origin: " + origin}, 200},
		{"same origin, no-referrer", []string{"Sec-Fetch-Site: same-origin", "Origin: null"}, 200},
		{"typed in", []string{"Sec-Fetch-Site: none"}, 200},
		{"older browser", []string{"Origin: " + origin}, 200},
		{"cross-site", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}, 403},
		{"same-site", []string{"Sec-Fetch-Site: same-site", "Origin: http://localhost:8081"}, 403},
		{"other port", []string{"Origin: http://localhost:8081"}, 403},
		{"null origin", []string{"Origin: null"}, 403},
		{"no headers", nil, 403},
		{"empty headers", []string{"Origin: ", "Sec-Fetch-Site: "}, 403},
	} {
		for path, want := range map[string]int{"/page": c.want, "/t/acme/page": c.want, "/token": 200, "/cross": 200} {
			if w := ask(s, "POST", path, "", c.header...); w.Code != want {
				t.Errorf("%s to %s: %d, want %d", c.name, path, w.Code, want)
			}
		}
	}
}

func TestPX18_UnsafeRoutesDoNotAnswerGet(t *testing.T) {
	s, _ := server(t, nil, walkRoutes()...)
	for _, rt := range s.Routes() {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"} {
			if rt.Method == "GET" && (method == "GET" || method == "HEAD") {
				continue
			}
			w := ask(s, method, rt.Paths()[0], "", "X-Http-Method-Override: "+rt.Method)
			if w.Code != 405 || !strings.Contains(w.Header().Get("Allow"), rt.Method) {
				t.Errorf("%s %s: %d, Allow %q", method, rt.Path, w.Code, w.Header().Get("Allow"))
			}
		}
	}
}

func TestPX01_PX09_ForwardedHeaders(t *testing.T) {
	var client netip.Addr
	var left http.Header
	h := get("x", "/x", func(w http.ResponseWriter, r *web.Request) error {
		client, left = r.Client, r.Header.Clone()
		return ok(w, r)
	})
	lies := []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https",
		"X-Forwarded-Uri: /healthz", "Forwarded: for=203.0.113.9", "X-Real-Ip: 203.0.113.9", "X-Original-Url: /x",
		"X-Request-Id: chosen"}
	check := func(s *web.Server, want string) {
		t.Helper()
		w := ask(s, "GET", "/x", "", lies...)
		if client.String() != want {
			t.Errorf("client %v, want %s", client, want)
		}
		if len(left) != 0 {
			t.Errorf("handlers see %v", left)
		}
		if w.Header().Get("X-Request-Id") == "chosen" {
			t.Error("the request id was taken from the request")
		}
	}
	s, _ := server(t, nil, h)
	check(s, "192.0.2.7")
	s, _ = server(t, func(o *web.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }, h)
	check(s, "203.0.113.9")
}

func TestPreflight(t *testing.T) {
	token := post("token", "/token", web.Credentials, ok)
	token.CORS = web.AnyOrigin
	s, _ := server(t, nil, token, post("page", "/page", web.Browser, ok))
	w := ask(s, "OPTIONS", "/token", "", "Origin: https://spa.example", "Access-Control-Request-Method: POST")
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
		w.Header().Get("Access-Control-Allow-Methods") != "POST" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(s, "POST", "/token", "", "Origin: https://spa.example"); w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", w.Header())
	}
	if w := ask(s, "OPTIONS", "/page", "", "Origin: https://spa.example"); w.Code != 405 || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAllowFormAction(t *testing.T) {
	for target, want := range map[string]string{
		"https://client.example:8443/cb?x=1": " https://client.example:8443",
		"com.example.app:/cb":                " com.example.app:",
		"http://[::1]:5555/cb":               " http:",
		"/relative":                          "",
		"https://a;b/":                       "",
		"https://a b/":                       "",
		"javascript:alert(1)":                "",
		"https:///x":                         "",
	} {
		var got error
		s, _ := server(t, nil, get("x", "/x", func(w http.ResponseWriter, r *web.Request) error {
			got = web.AllowFormAction(w, target)
			return ok(w, r)
		}))
		w := ask(s, "GET", "/x", "")
		csp := w.Header().Get("Content-Security-Policy")
		if (got == nil) != (want != "") || !strings.HasSuffix(csp, "form-action 'self'"+want) {
			t.Errorf("%s: %v %q", target, got, csp)
		}
		if next := ask(s, "GET", "/nothing", ""); !strings.HasSuffix(next.Header().Get("Content-Security-Policy"), "form-action 'self'") {
			t.Errorf("%s changed the policy of the next answer", target)
		}
	}
}
