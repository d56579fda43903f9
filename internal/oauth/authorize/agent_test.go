package authorize_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/authorize"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// agent is a browser: it keeps cookies, and follows nothing by itself.
type agent struct {
	w       *world
	cookies map[string]string
	seen    []string // every Set-Cookie
}

func (w *world) agent() *agent { return &agent{w: w, cookies: map[string]string{}} }

func (b *agent) do(method, target string, form url.Values, headers ...string) *answer {
	b.w.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.w.base + target
	}
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := b.w.http.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test's connection
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		b.seen = append(b.seen, c.Raw)
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return &answer{Response: resp, w: b.w, body: string(text)}
}

func (b *agent) get(target string, headers ...string) *answer {
	return b.do("GET", target, nil, headers...)
}

// authorize sends an authorization request by GET.
func (b *agent) authorize(params url.Values) *answer {
	b.w.t.Helper()
	return b.get("/oauth/authorize?" + params.Encode())
}

// signIn does what the sign-in page does in the end: a session with a password proved now, under
// a new cookie, tied to the interaction if there is one.
func (b *agent) signIn(who account.ID, i string) session.ID {
	b.w.t.Helper()
	w := b.w
	text, digest := w.browser.NewSession()
	s := session.Session{ID: session.ID(id.New("ses", w.clock.Now())), Account: who, Epoch: 1, Facts: []factor.Fact{factor.Proved(factor.Password, w.clock.Now())},
		Idle: 12 * time.Hour, ExpiresAt: w.clock.Now().Add(24 * time.Hour)}
	err := w.guard.Do(w.t.Context(), caller.Nobody("", ""), session.Start.On(id.Default, s.ID, nil), func(tx *store.Tx) error {
		if err := session.Insert(tx, id.Default, s, digest, nil); err != nil || i == "" {
			return err
		}
		return interaction.SetSession(tx, id.Default, interaction.ID(i), s.ID)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	b.cookies["__Host-cardea-session"] = text.Reveal()
	return s.ID
}

// decide answers the consent page as its form does.
func (b *agent) decide(i, decision string) *answer {
	b.w.t.Helper()
	return b.do("POST", "/consent?i="+i, url.Values{"decision": {decision}}, "Sec-Fetch-Site", "same-origin")
}

// request is a good one of a client, changed by name and value; an empty value removes.
func request(c client.Client, changes ...string) url.Values {
	v := url.Values{
		"client_id": {string(c.ID)}, "redirect_uri": {c.RedirectURIs[0].String()}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"st-1"}, "nonce": {"n-1"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// answer is a response with its body.
type answer struct {
	*http.Response
	w    *world
	body string
}

func (a *answer) location() *url.URL {
	a.w.t.Helper()
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil {
		a.w.t.Fatal(err)
	}
	return u
}

// leads expects a 303 to one of our pages and returns the interaction's id.
func (a *answer) leads(path string) string {
	a.w.t.Helper()
	u := a.location()
	if a.StatusCode != http.StatusSeeOther || u.Host != "" || u.Path != path {
		a.w.t.Fatalf("expected a 303 to %s: %s %s\n%s", path, a.Status, a.Header.Get("Location"), a.body)
	}
	return u.Query().Get("i")
}

var field = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// response reads the authorization response, by redirect or by form, and where it goes.
func (a *answer) response() (target string, params url.Values) {
	a.w.t.Helper()
	if a.StatusCode == http.StatusSeeOther {
		u := a.location()
		params = u.Query()
		u.RawQuery = ""
		return u.String(), params
	}
	form := regexp.MustCompile(`<form id="form-post"[^>]* action="([^"]*)"`).FindStringSubmatch(a.body)
	if a.StatusCode != http.StatusOK || form == nil {
		a.w.t.Fatalf("no authorization response: %s\n%s", a.Status, a.body)
	}
	params = url.Values{}
	for _, m := range field.FindAllStringSubmatch(a.body, -1) {
		params.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return html.UnescapeString(form[1]), params
}

// refused expects an error that goes to the client, complete with state and iss.
func (a *answer) refused(code oauth.Code) {
	a.w.t.Helper()
	_, p := a.response()
	if p.Get("error") != string(code) || p.Get("iss") != a.w.base || p.Get("state") != "st-1" || p.Has("code") {
		a.w.t.Errorf("expected %s: %s %v", code, a.Status, p)
	}
}

// code expects a good response and returns what the code stands for.
func (a *answer) code() (target string, c issued.Code) {
	a.w.t.Helper()
	target, p := a.response()
	if p.Has("error") || p.Get("iss") != a.w.base {
		a.w.t.Fatalf("no code: %v", p)
	}
	token, err := secret.AuthorizationCode.Parse(p.Get("code"))
	if err != nil {
		a.w.t.Fatalf("code %q: %v", p.Get("code"), err)
	}
	spend := guard.Action[account.ID, authorize.Detail](authorize.Issue)
	err = a.w.guard.Do(a.w.t.Context(), caller.Person("acc_test", "", "", "", ""), spend.On(id.Default, "", nil), func(tx *store.Tx) (err error) {
		c, _, err = issued.SpendCode(tx, a.w.root, id.Default, token, issued.NewGrantID(tx.Now()))
		return err
	})
	if err != nil {
		a.w.t.Fatal(err)
	}
	return target, c
}

// page expects an error page: no Location, no form that leaves our origin.
func (a *answer) page(status int, code oauth.Code) {
	a.w.t.Helper()
	if a.StatusCode != status || a.Header.Get("Location") != "" || strings.Contains(a.body, "<form") ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || !strings.Contains(a.body, string(code)) {
		a.w.t.Errorf("expected a page with %d %s: %s %v\n%s", status, code, a.Status, a.Header, a.body)
	}
}

// idToken signs an ID token of this issuer.
func (w *world) idToken(c client.Client, sub, sid string, change func(claims map[string]any)) string {
	w.t.Helper()
	signer, err := w.ring.Signer(w.t.Context(), id.Default, jose.ES256)
	if err != nil {
		w.t.Fatal(err)
	}
	claims := map[string]any{"iss": w.base, "aud": string(c.ID), "sub": sub, "sid": sid, "iat": w.clock.Now().Unix(), "exp": w.clock.Now().Add(time.Minute).Unix()}
	if change != nil {
		change(claims)
	}
	token, err := signer.Sign("JWT", claims)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// consented lets a person approve what a client asks for.
func (b *agent) consented(params url.Values) {
	b.w.t.Helper()
	i := b.authorize(params).leads("/consent")
	b.get("/oauth/authorize/resume?i=" + i) // leads back to the page
	i = b.decide(i, "approve").leads("/oauth/authorize/resume")
	b.get("/oauth/authorize/resume?i=" + i).code()
}

func (w *world) disable(c client.ID) {
	w.t.Helper()
	if err := client.SetDisabled(w.t.Context(), w.guard, caller.Local(""), id.Default, c, true); err != nil {
		w.t.Fatal(err)
	}
}

// change gives a client a default_max_age in seconds.
func (w *world) change(c client.Client, maxAge int64) client.Client {
	w.t.Helper()
	c.DefaultMaxAge = maxAge
	c, err := client.Update(w.t.Context(), w.guard, caller.Local(""), id.Default, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}
