package visit_test

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	passwordpolicy "github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/authorize"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/setup"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
	uiaccount "github.com/cardea-iam/cardea/internal/ui/account"
	uibrand "github.com/cardea-iam/cardea/internal/ui/brand"
	uiconsent "github.com/cardea-iam/cardea/internal/ui/consent"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	uisignin "github.com/cardea-iam/cardea/internal/ui/signin"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

var schema = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, brand.Migrations, resource.Migrations, session.Migrations, consent.Migrations,
	issued.Migrations, credential.Migrations, role.Migrations, membership.Migrations, interaction.Migrations, password.Migrations, passkey.Migrations, setting.Migrations, assurance.Migrations, throttle.Migrations,
	outbox.Migrations, notify.Migrations, mailbox.Migrations, registration.Migrations,
	outofband.Migrations,
	approval.Migrations,
}

const (
	good  = "quiet otter paints seven lamps"
	wrong = "quiet otter paints eight lamps"
)

var (
	operator = caller.Local("")
	hasher   = sync.OnceValues(func() (*argon.Hasher, error) {
		return argon.New(argon.Config{Current: password.Pepper(secret.NewRoot([32]byte{7})), IdleRelease: -1, Queue: 1000})
	})
)

// world is a server with two people and their pages.
type world struct {
	t         *testing.T
	store     *store.Store
	g         *guard.Guard
	clock     *clock.Fake
	server    *web.Server
	http      *httptest.Server
	visits    *visit.Room
	setup     *setup.Room
	passwords *password.Room
	ada, bob  account.ID
	question  *question
	asking    []signin.Asking // of the dispatcher
}

// question is an application's question to a person, as the authorization endpoint asks it.
type question struct {
	client  client.Client
	answers []bool
	over    bool
}

func (q *question) Pending(_ context.Context, _ *web.Request, i interaction.Interaction) (authorize.Question, error) {
	if q.over || i.Session == "" {
		return authorize.Question{}, authorize.ErrOver
	}
	return authorize.Question{Client: q.client, Target: q.client.RedirectURIs[0], Host: "app.example", Person: i.Account, Resume: i.About.Resume,
		Identity: []oauth.Scope{"openid"},
		APIs:     []authorize.QuestionAPI{{Resource: resource.Resource{Name: "MyCalApp"}, Scopes: []authorize.QuestionScope{{Scope: resource.Scope{Name: "read:events", Description: "See your events"}}}}},
		Withheld: []authorize.QuestionAPI{{Resource: resource.Resource{Name: "MyCalApp"}, Scopes: []authorize.QuestionScope{{Scope: resource.Scope{Name: "write:events", Description: "Write events"}}}}},
	}, nil
}

func (q *question) Answer(_ context.Context, _ *web.Request, c caller.Caller, i interaction.Interaction, approve bool) error {
	if q.over || c.Session == "" || c.Session != string(i.Session) {
		return authorize.ErrOver
	}
	q.answers, q.over = append(q.answers, approve), true
	return nil
}

func each(t *testing.T, fn func(t *testing.T, w *world)) { t.Helper(); eachWith(t, nil, fn) }

// eachWith adds factors, with their pages, to the server.
func eachWith(t *testing.T, more func(w *world) ([]signin.Factor, []web.Route), fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
		o.Clock, o.Log = fake.Now, slog.New(slog.DiscardHandler)
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if err := s.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
		fn(t, build(t, s, fake, more))
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func build(t *testing.T, s *store.Store, fake *clock.Fake, more func(w *world) ([]signin.Factor, []web.Route)) *world {
	t.Helper()
	root := secret.NewRoot([32]byte{7})
	w := &world{t: t, store: s, clock: fake, g: guard.New(s, must(policy.New(membership.Facts, session.Facts))), question: &question{}}
	tenants := tenant.NewDirectory(s)
	w.passwords = must(password.New(w.g, root, tenants, password.Options{Hasher: must(hasher()), Policy: must(passwordpolicy.New(0, 0))}))
	w.visits = &visit.Room{} // filled in below; factors' pages keep it
	factors, routes := []signin.Factor{w.passwords}, []web.Route{}
	if more != nil {
		f, r := more(w)
		factors, routes = append(factors, f...), r
	}
	*w.visits = visit.Room{Guard: w.g, Browser: browser.New(s, root), Tenants: tenants, Clients: client.NewDirectory(s), Brands: brand.New(w.g, part.Words{}),
		SignIn: must(signin.New(signin.Options{
			Guard: w.g, Tenants: tenants, Lifetimes: session.Lifetimes{Limit: session.Limit{Idle: time.Hour, Absolute: 24 * time.Hour}, AAL2: session.Limit{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}},
			Assurance: must(assurance.New(w.g, assurance.Options{})), Devices: w.passwords,
			Offers:  func(*store.Reader, id.Tenant) ([]factor.Kind, error) { return factor.Kinds(), nil },
			Unusual: func(*store.Tx, id.Tenant, account.ID, assurance.Attempt, string) error { return nil },
			Asking:  w.asking,
		}, factors...))}
	w.setup = setup.New(w.g, root, w.passwords.Initial)
	pages := notice.NewPages(w.visits)
	for _, list := range [][]web.Route{
		(&notice.Room{Pages: pages, Setup: w.setup, MinLength: 15}).Routes(),
		(&uibrand.Room{Visits: w.visits, Brands: w.visits.Brands, Translate: pages.Translate}).Routes(),
		(&uisignin.Room{Visits: w.visits, Passwords: w.passwords, Puzzles: must(puzzle.New(root, fake.Now, puzzle.Rules{})), Translate: pages.Translate}).Routes(),
		(&uiconsent.Room{Visits: w.visits, Asker: w.question, Translate: pages.Translate}).Routes(),
		(&uiaccount.Room{Desk: &own.Desk{Visits: w.visits, Translate: pages.Translate}, Visits: w.visits, Passwords: w.passwords, Resources: resource.NewDirectory(s), Assurance: must(assurance.New(w.g, assurance.Options{})), Standing: w.standing}).Routes(),
	} {
		routes = append(routes, list...)
	}
	w.http = httptest.NewUnstartedServer(nil)
	server, err := web.NewServer(web.Options{
		PublicURL: "https://" + w.http.Listener.Addr().String(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Errors: pages.Translate,
		Resolve: func(ctx context.Context, name string) (web.Tenant, error) {
			find := func() (tenant.Tenant, error) { return tenants.ByName(ctx, name) }
			if name == "" {
				find = func() (tenant.Tenant, error) { return tenants.ByID(ctx, id.Default) }
			}
			found, err := find()
			if err != nil {
				return web.Tenant{}, web.ErrNoTenant
			}
			return web.Tenant{ID: string(found.ID), Name: name}, nil
		},
		Rates: map[web.RateClass]web.Rate{web.RateCostly: {}},
	}, routes)
	if err != nil {
		t.Fatal(err)
	}
	w.server, w.http.Config.Handler = server, server
	w.http.Config.ErrorLog = log.New(io.Discard, "", 0) // of browsers that leave
	w.http.StartTLS()
	t.Cleanup(w.http.Close)
	w.ada, w.bob = w.person("ada"), w.person("bob")
	return w
}

// standing knows passwords: the other factors are not in this world.
func (w *world) standing(r *store.Reader, tenant id.Tenant, who account.ID) (s uiaccount.Standing, err error) {
	s.PasswordChangedAt, err = password.ChangedAt(r, tenant, who)
	return s, err
}

func (w *world) person(name string) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.g, operator, id.Default, account.New{Username: name, Claims: account.Claims{Name: strings.ToUpper(name)}})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.passwords.Set(w.t.Context(), operator, id.Default, a.ID, good, false); err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), id.Default, store.Serializable, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(fn func(*store.Reader) error) {
	w.t.Helper()
	if err := w.store.Read(w.t.Context(), id.Default, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sessions(who account.ID) (list []session.Session) {
	w.t.Helper()
	w.read(func(r *store.Reader) (err error) { list, err = session.OfAccount(r, id.Default, who, 1000); return err })
	return list
}

// app registers an application.
func (w *world) app(name string) client.Client {
	w.t.Helper()
	uri, err := oauth.ParseRedirectURI("https://app.example/cb")
	if err != nil {
		w.t.Fatal(err)
	}
	c, _, err := client.Create(w.t.Context(), w.g, operator, secret.NewRoot([32]byte{7}), id.Default,
		client.Client{Name: name, Metadata: client.Metadata{RedirectURIs: []oauth.RegisteredURI{uri}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

type htmlNode = html.Node

// browse is a browser: it keeps cookies, says where its forms come from, and does not follow
// redirects by itself.
type browse struct {
	w    *world
	http *http.Client
	// every Set-Cookie that came
	set []*http.Cookie
}

func (w *world) browser() *browse {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := *w.http.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browse{w: w, http: &c}
}

// answer is what came back, with the page parsed.
type answer struct {
	*http.Response
	body string
	page *html.Node
}

func (b *browse) send(method, path string, form url.Values, header http.Header) answer {
	b.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.http.URL+path, body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Origin", b.w.http.URL)
	}
	return b.do(req, header)
}

// raw posts any body from a page of ours.
func (b *browse) raw(path, media, body string) answer {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.http.URL+path, strings.NewReader(body))
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.do(req, http.Header{"Content-Type": {media}, "Sec-Fetch-Site": {"same-origin"}})
}

func (b *browse) do(req *http.Request, header http.Header) answer {
	b.w.t.Helper()
	for k, v := range header {
		if v == nil {
			req.Header.Del(k)
		} else {
			req.Header[k] = v
		}
	}
	if h := header.Get("Host"); h != "" {
		req.Host = h
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.set = append(b.set, res.Cookies()...)
	page, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		b.w.t.Fatal(err)
	}
	return answer{res, string(text), page}
}

func (b *browse) get(path string) answer { b.w.t.Helper(); return b.send("GET", path, nil, nil) }

func (b *browse) post(path string, form url.Values) answer {
	b.w.t.Helper()
	return b.send("POST", path, form, nil)
}

// follow gets what a 303 leads to.
func (b *browse) follow(a answer) answer {
	b.w.t.Helper()
	if a.StatusCode != http.StatusSeeOther {
		b.w.t.Fatalf("no redirect but %d:\n%s", a.StatusCode, a.body)
	}
	return b.get(a.Header.Get("Location"))
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (a answer) all(match func(*html.Node) bool) (out []*html.Node) {
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && match(n) {
			out = append(out, n)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(a.page)
	return out
}

func (a answer) byID(name string) *html.Node {
	list := a.all(func(n *html.Node) bool { return attr(n, "id") == name })
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(text(c))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// submit sends the form that a button or field with this id stands in, as a browser without script
// does, with values typed into its fields.
func (b *browse) submit(a answer, button string, typed ...string) answer {
	b.w.t.Helper()
	pressed := a.byID(button)
	if pressed == nil {
		b.w.t.Fatalf("no #%s on the page %d:\n%s", button, a.StatusCode, a.body)
	}
	form := pressed
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	values := url.Values{}
	for _, n := range (answer{page: form}).all(func(n *html.Node) bool { return n.Data == "input" || n == pressed }) {
		if name := attr(n, "name"); name != "" {
			values.Add(name, attr(n, "value"))
		}
	}
	// The identifier has a page of its own, the password the next one.
	if n := slices.Index(typed, "username"); n >= 0 && slices.Contains(typed, "password") && values.Has("username") && !values.Has("password") {
		values.Set("username", typed[n+1])
		return b.submit(b.follow(b.post(attr(form, "action"), values)), button, typed...)
	}
	for i := 0; i+1 < len(typed); i += 2 {
		if _, there := values[typed[i]]; !there {
			b.w.t.Fatalf("no field %s in %v", typed[i], values)
		}
		values.Set(typed[i], typed[i+1])
	}
	return b.post(attr(form, "action"), values)
}

// signIn signs a person in at the account pages and returns the first page that they see.
func (b *browse) signIn(name, password string) answer {
	b.w.t.Helper()
	page := b.follow(b.get("/account"))
	return b.submit(page, "submit", "username", name, "password", password)
}

// cookie is the present value of one of our cookies, "" for none.
func (b *browse) cookie(name string) string {
	u, err := url.Parse(b.w.http.URL)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == "__Host-"+name {
			return c.Value
		}
	}
	return ""
}

// begin begins an interaction in the browser, as the authorization endpoint does. The browser must
// have been here before.
func (b *browse) begin(kind interaction.Kind, about interaction.About) interaction.ID {
	b.w.t.Helper()
	var err error
	if about.Resume.String() == "/" {
		if about.Resume, err = oauth.ParseLocalPath("/oauth/authorize/resume"); err != nil {
			b.w.t.Fatal(err)
		}
	}
	i, err := interaction.New(kind, about, struct{}{}, b.w.clock.Now())
	if err != nil {
		b.w.t.Fatal(err)
	}
	if b.cookie("cardea-browser") == "" {
		b.get("/account")
	}
	token, err := secret.InteractionCookie.Parse(b.cookie("cardea-browser"))
	if err != nil {
		b.w.t.Fatal(err)
	}
	digest := secret.NewRoot([32]byte{7}).Digest(secret.InteractionCookie, token)
	b.w.write(func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, digest) })
	return i.ID
}

// interaction reads one back.
func (b *browse) interaction(which interaction.ID) (i interaction.Interaction) {
	b.w.t.Helper()
	token, err := secret.InteractionCookie.Parse(b.cookie("cardea-browser"))
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.w.read(func(r *store.Reader) (err error) {
		i, err = interaction.Get(r, id.Default, which, secret.NewRoot([32]byte{7}).Digest(secret.InteractionCookie, token))
		return err
	})
	return i
}

func (a answer) expect(t *testing.T, status int, where string) answer {
	t.Helper()
	if a.StatusCode != status || where != "" && !strings.HasPrefix(a.Header.Get("Location"), where) {
		t.Fatalf("%s %s: %d %s, want %d %s\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.Header.Get("Location"), status, where, a.body)
	}
	return a
}

func (a answer) says(t *testing.T, words ...string) answer {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(text(a.page), s) {
			t.Fatalf("the page does not say %q but\n%s", s, text(a.page))
		}
	}
	return a
}

// put gives the browser one of our cookies.
func (b *browse) put(name, value string) {
	b.w.t.Helper()
	u, err := url.Parse(b.w.http.URL)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: "__Host-" + name, Value: value, Path: "/", Secure: true, HttpOnly: true}})
}
