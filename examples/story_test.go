package examples_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/examples/hireme123"
	"github.com/cardea-iam/cardea/examples/mycalapp"
)

// story is both apps, an issuer, and a person with a browser.
type story struct {
	t        *testing.T
	issuer   *issuer
	hire     string
	calendar string
	browser  *http.Client
}

func newStory(t *testing.T) *story {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{t: t, issuer: newIssuer(t), browser: &http.Client{Jar: jar}}
	var hire, calendar http.Handler
	serve := func(h *http.Handler) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*h).ServeHTTP(w, r) }))
		t.Cleanup(server.Close)
		return server.URL
	}
	s.hire, s.calendar = serve(&hire), serve(&calendar)
	calendar, err = mycalapp.New(mycalapp.Config{
		Issuer: s.issuer.url, ClientID: "mycalapp", ClientSecret: "secret-of-mycalapp", BaseURL: s.calendar,
		AppNames: map[string]string{"hireme123": "HireMe123"}, Now: s.issuer.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	hire, err = hireme123.New(hireme123.Config{
		Issuer: s.issuer.url, ClientID: "hireme123", ClientSecret: "secret-of-hireme123", BaseURL: s.hire,
		CalendarURL: s.calendar, Now: s.issuer.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open follows a link to the page where it ends.
func (s *story) open(address string) string {
	s.t.Helper()
	resp, err := s.browser.Get(address)
	return s.text(resp, err)
}

// send posts a form as a browser does.
func (s *story) send(address string, form url.Values) string {
	s.t.Helper()
	resp, err := s.browser.PostForm(address, form)
	return s.text(resp, err)
}

func (s *story) text(resp *http.Response, err error) string {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode >= 500 && resp.StatusCode != http.StatusServiceUnavailable {
		s.t.Fatalf("%s answered %s", resp.Request.URL, resp.Status)
	}
	return html.UnescapeString(string(body))
}

func (s *story) has(page string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			s.t.Errorf("the page lacks %q:\n%s", part, page)
		}
	}
}

func (s *story) lacks(page string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if strings.Contains(page, part) {
			s.t.Errorf("the page has %q:\n%s", part, page)
		}
	}
}

var slotValue = regexp.MustCompile(`name="slot" id="slot-0" value="([^"]+)"`)

func (s *story) firstSlot(page string) url.Values {
	s.t.Helper()
	found := slotValue.FindStringSubmatch(page)
	if found == nil {
		s.t.Fatalf("no slot on the page:\n%s", page)
	}
	return url.Values{"slot": {found[1]}}
}

const invitation = "Interview at Lighthouse Robotics"

func TestInterviewGetsIntoTheCalendar(t *testing.T) {
	s := newStory(t)
	page := s.open(s.hire)
	s.has(page, `id="connect"`)
	s.lacks(page, `id="schedule"`, `id="disconnect"`)
	page = s.open(s.hire + "/connect")
	s.has(page, `id="message"`, "Your calendar is connected", `id="schedule"`, `id="disconnect"`)
	page = s.send(s.hire+"/schedule", s.firstSlot(page))
	s.has(page, "It is in your calendar", `id="booked"`)
	s.lacks(s.open(s.hire), `id="message"`) // said once

	s.has(s.open(s.calendar), `id="signin"`)
	page = s.open(s.calendar + "/signin")
	s.has(page, "Ada Byron", invitation, "added by HireMe123", "Team breakfast", `class="event `)
	s.has(s.send(s.calendar+"/signout", nil), `id="signin"`)
	if len(s.issuer.logouts) != 1 || s.issuer.logouts[0] == "" {
		t.Errorf("logouts at the issuer: %q", s.issuer.logouts)
	}
}

func TestSayingNo(t *testing.T) {
	s := newStory(t)
	s.issuer.deny = true
	page := s.open(s.hire + "/connect")
	s.has(page, "Nothing was connected", "You said no, and that is fine", `id="connect"`)
	s.lacks(page, `id="schedule"`)
	s.has(s.open(s.calendar+"/signin"), "You are not signed in", `id="signin"`)
}

func TestReaderIsToldWhy(t *testing.T) {
	s := newStory(t)
	s.issuer.allowed = []string{"openid", "profile", "offline_access", "read:events"}
	page := s.open(s.hire + "/connect")
	s.has(page, "Cardea granted reading only; your account may not add events in MyCalApp", `id="free"`, `id="disconnect"`)
	s.lacks(page, `id="schedule"`)
	// Whoever posts the form anyway gets no further: MyCalApp asks for write:events.
	free := s.issuer.clock().AddDate(0, 0, 1)
	for free.Weekday() == time.Saturday || free.Weekday() == time.Sunday {
		free = free.AddDate(0, 0, 1)
	}
	var answers string
	for _, hour := range []int{10, 14} { // one of the two is free in every new calendar
		at := time.Date(free.Year(), free.Month(), free.Day(), hour, 0, 0, 0, free.Location()).Format(time.RFC3339)
		answers += s.send(s.hire+"/schedule", url.Values{"slot": {at}})
	}
	s.has(answers, "Connected for reading only")
	s.lacks(s.open(s.calendar+"/signin"), invitation)
}

func TestNothingGranted(t *testing.T) {
	s := newStory(t)
	s.issuer.allowed = []string{"openid"}
	s.has(s.open(s.hire+"/connect"), "Nothing was connected", "may neither read nor add", `id="connect"`)
}

func TestWithdrawnAccess(t *testing.T) {
	s := newStory(t)
	page := s.open(s.hire + "/connect")
	slot := s.firstSlot(page)
	s.issuer.withdraw()
	page = s.send(s.hire+"/schedule", slot)
	s.has(page, "You (or your administrator) withdrew HireMe123's access", `id="connect"`)
	s.lacks(page, `id="schedule"`, `id="disconnect"`)
	s.lacks(s.open(s.calendar+"/signin"), invitation)
	s.has(s.open(s.hire+"/connect"), "Your calendar is connected")
}

func TestWithdrawnWhileThePageIsOpen(t *testing.T) {
	s := newStory(t)
	s.open(s.hire + "/connect")
	s.issuer.withdraw()
	s.has(s.open(s.hire), "withdrew HireMe123's access", `id="connect"`)
}

func TestExpiredTokenIsRenewed(t *testing.T) {
	s := newStory(t)
	s.issuer.lifetime = 5 * time.Second // x/oauth2 renews ten seconds before the end: at every call
	page := s.open(s.hire + "/connect")
	s.has(page, `id="schedule"`)
	s.has(s.send(s.hire+"/schedule", s.firstSlot(page)), "It is in your calendar")
	if s.issuer.refreshed < 2 {
		t.Errorf("renewed %d times", s.issuer.refreshed)
	}
}

func TestTokenRefusedEarlyIsRenewed(t *testing.T) {
	s := newStory(t)
	s.open(s.hire + "/connect")
	s.issuer.do(func() { clear(s.issuer.live); s.issuer.offset += time.Second })
	page := s.open(s.hire)
	s.has(page, `id="schedule"`)
	if s.issuer.refreshed != 1 {
		t.Errorf("renewed %d times", s.issuer.refreshed)
	}
}

func TestGrantShrinksAtRefresh(t *testing.T) {
	s := newStory(t)
	s.open(s.hire + "/connect")
	s.issuer.do(func() {
		clear(s.issuer.live)
		s.issuer.offset += time.Second
		s.issuer.allowed = []string{"openid", "offline_access", "read:events"}
	})
	page := s.open(s.hire)
	s.has(page, "Cardea granted reading only")
	s.lacks(page, `id="schedule"`)
}

func TestDisconnectRevokes(t *testing.T) {
	s := newStory(t)
	s.open(s.hire + "/connect")
	s.has(s.send(s.hire+"/disconnect", nil), "Your calendar is disconnected", `id="connect"`)
	if len(s.issuer.refresh) != 0 {
		t.Error("the refresh token still works")
	}
}

func TestAppsStartBeforeTheIssuer(t *testing.T) {
	s := newStory(t)
	s.issuer.down = true
	s.has(s.open(s.hire+"/connect"), "does not answer at the moment")
	s.has(s.open(s.calendar+"/signin"), "cannot be reached at the moment")
	s.issuer.do(func() { s.issuer.down = false })
	s.has(s.open(s.hire+"/connect"), "Your calendar is connected")
	s.has(s.open(s.calendar+"/signin"), "Ada Byron")
	s.issuer.do(func() { s.issuer.down = true; s.issuer.offset += time.Second })
	s.has(s.open(s.hire), "does not answer at the moment", `id="disconnect"`) // an outage is no withdrawal
}

func TestMixUp_AnswerOfAnotherIssuer(t *testing.T) {
	s := newStory(t)
	s.issuer.iss = "https://evil.example"
	s.has(s.open(s.hire+"/connect"), "The connection did not work", `id="connect"`)
	s.has(s.open(s.calendar+"/signin"), "You are not signed in")
}

func TestLoginCSRF_CodeOfAnotherBrowser(t *testing.T) {
	s, attacker := newStory(t), &http.Client{}
	for _, app := range []struct{ start, base string }{{s.hire + "/connect", s.hire}, {s.calendar + "/signin", s.calendar}} {
		// The attacker begins, and stops before the callback.
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		var callback string
		attacker.Jar = jar
		attacker.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Path == "/callback" {
				callback = r.URL.String()
				return http.ErrUseLastResponse
			}
			return nil
		}
		resp, err := attacker.Get(app.start)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		// The victim has a session of its own and follows the attacker's link.
		s.issuer.do(func() { s.issuer.deny = true })
		s.open(app.start)
		s.issuer.do(func() { s.issuer.deny = false })
		page := s.open(callback)
		s.lacks(page, `id="disconnect"`, `id="signout"`)
		s.lacks(s.open(app.base), `id="disconnect"`, `id="signout"`)
	}
}

func TestCallbackWorksOnce(t *testing.T) {
	s := newStory(t)
	var callback string
	s.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			callback = r.URL.String()
		}
		return nil
	}
	s.open(s.hire + "/connect")
	s.has(s.open(callback), "The connection did not work")
}

func TestCrossSiteFormIsRefused(t *testing.T) {
	s := newStory(t)
	s.open(s.hire + "/connect")
	s.open(s.calendar + "/signin")
	for _, address := range []string{s.hire + "/schedule", s.hire + "/disconnect", s.calendar + "/signout"} {
		req, err := http.NewRequest(http.MethodPost, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := s.browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s answered %s", address, resp.Status)
		}
	}
	s.has(s.open(s.hire), `id="disconnect"`)
	s.has(s.open(s.calendar), `id="signout"`)
}

func TestSessionNameChangesAtSignIn(t *testing.T) {
	s := newStory(t)
	name := func(address, cookie string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.browser.Jar.Cookies(u) {
			if c.Name == cookie {
				return c.Value
			}
		}
		return ""
	}
	s.issuer.deny = true
	s.open(s.hire + "/connect")
	before := name(s.hire, "hireme_session")
	s.issuer.do(func() { s.issuer.deny = false })
	s.open(s.hire + "/connect")
	if after := name(s.hire, "hireme_session"); before == "" || after == "" || before == after {
		t.Errorf("session %q became %q", before, after)
	}
	s.open(s.calendar + "/signin")
	if name(s.calendar, "mycal_session") == "" || name(s.hire, "hireme_session") == "" {
		t.Error("one app lost its session to the other")
	}
}

func TestCalendarAPI(t *testing.T) {
	s := newStory(t)
	resp, err := http.Get(s.calendar + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	challenge := resp.Header.Get("WWW-Authenticate")
	metadata := s.calendar + "/.well-known/oauth-protected-resource/api"
	if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(challenge, `resource_metadata="`+metadata+`"`) {
		t.Errorf("answered %s %q", resp.Status, challenge)
	}
	s.has(s.open(metadata), `"read:events"`, s.issuer.url)

	access := s.accessToken("read:events write:events")
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"good":         {"application/json", `{"title":"Tea","start":"2026-12-01T10:00:00Z","end":"2026-12-01T11:00:00Z"}`, 201},
		"form":         {"application/x-www-form-urlencoded", `title=Tea`, 415},
		"unknown name": {"application/json", `{"title":"Tea","owner":"acc_eve","start":"2026-12-01T10:00:00Z","end":"2026-12-01T11:00:00Z"}`, 400},
		"no title":     {"application/json", `{"title":" ","start":"2026-12-01T10:00:00Z","end":"2026-12-01T11:00:00Z"}`, 422},
		"backwards":    {"application/json", `{"title":"Tea","start":"2026-12-01T11:00:00Z","end":"2026-12-01T10:00:00Z"}`, 422},
		"not JSON":     {"application/json", `tea`, 400},
		"enormous":     {"application/json", `{"title":"` + strings.Repeat("x", 17<<10) + `"}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.post(access, c.kind, c.body); got != c.status {
				t.Errorf("answered %d, want %d", got, c.status)
			}
		})
	}
	if got := s.post(s.accessToken("read:events"), "application/json", `{}`); got != http.StatusForbidden {
		t.Errorf("reading scope wrote: %d", got)
	}
	// An ID token is no access token.
	if got := s.post(s.issuer.sign("JWT", map[string]any{"iss": s.issuer.url, "sub": person, "aud": s.calendar + "/api"}, nil), "application/json", `{}`); got != http.StatusUnauthorized {
		t.Errorf("an ID token wrote: %d", got)
	}
}

func (s *story) accessToken(scope string) string {
	now := s.issuer.clock().Unix()
	token := s.issuer.sign("at+jwt", map[string]any{
		"iss": s.issuer.url, "sub": person, "aud": s.calendar + "/api", "client_id": "other", "jti": scope, "scope": scope, "iat": now, "exp": now + 60,
	}, nil)
	s.issuer.do(func() { s.issuer.live[token] = true })
	return token
}

func (s *story) post(token, kind, body string) int {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.calendar+"/api/events", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestPagesHaveNoInlineScriptOrStyle(t *testing.T) {
	s := newStory(t)
	inline := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:`)
	pages := []string{s.open(s.hire), s.open(s.hire + "/connect"), s.open(s.calendar), s.open(s.calendar + "/signin")}
	for _, page := range pages {
		if found := inline.FindString(page); found != "" {
			t.Errorf("%q in\n%s", found, page)
		}
	}
	for _, base := range []string{s.hire, s.calendar} {
		resp, err := http.Get(base)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self';") {
			t.Errorf("policy = %q", policy)
		}
		s.has(s.open(base+"/style.css"), "prefers-color-scheme: dark")
		s.has(s.open(base+"/icon.svg"), "<svg")
	}
}

func TestConfigurationIsRequired(t *testing.T) {
	if _, err := mycalapp.New(mycalapp.Config{}); err == nil {
		t.Error("mycalapp took an empty configuration")
	}
	if _, err := hireme123.New(hireme123.Config{}); err == nil {
		t.Error("hireme123 took an empty configuration")
	}
}
