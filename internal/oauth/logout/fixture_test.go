package logout_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/logout"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

var schema = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, key.Migrations,
	session.Migrations, issued.Migrations, interaction.Migrations,
}

const (
	goodbye = "https://app.example/bye"
	phone   = "com.example.app:/bye"
)

// world is a server with people, applications and the logout endpoint.
type world struct {
	t        *testing.T
	store    *store.Store
	clock    *clock.Fake
	guard    *guard.Guard
	ring     *key.Ring
	browser  *browser.Browser
	base     string
	http     *http.Client
	ada, bob account.ID
	app      client.Client
	other    client.Client
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		root := secret.NewRoot([32]byte{9})
		g := guard.New(s, engine)
		w := &world{t: t, store: s, clock: fake, guard: g, ring: key.NewRing(g, root, key.DefaultPeriods), browser: browser.New(s, root)}
		w.ada, w.bob = w.person("ada"), w.person("bob")
		register := func(name string, subjects oauth.SubjectType, texts ...string) client.Client {
			var bye []oauth.RegisteredURI
			for _, text := range texts {
				u, err := oauth.ParseRedirectURI(text)
				if err != nil {
					t.Fatal(err)
				}
				bye = append(bye, u)
			}
			c, _, err := client.Create(t.Context(), g, caller.Local(""), root, id.Default, client.Client{Name: name, Metadata: client.Metadata{
				RedirectURIs: bye, PostLogoutURIs: bye, SubjectType: subjects, Sector: "app.example"}})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		w.app = register("HireMe123", oauth.SubjectPublic, goodbye, goodbye+"?tag=a", phone)
		w.other = register("Other", oauth.SubjectPairwise, "https://other.example/bye")
		w.serve(&logout.Room{
			Guard: g, Ring: w.ring, Clients: client.NewDirectory(s), Browser: w.browser, Pages: pages{}, Home: "/account",
			SID: func(_ id.Tenant, _ client.Client, session string) string { return session },
			Subject: func(_ id.Tenant, c client.Client, who account.ID) string {
				if c.SubjectType == oauth.SubjectPairwise {
					return "pairwise-" + string(who)
				}
				return string(who)
			},
		})
		fn(t, w)
	})
}

func (w *world) person(name string) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.guard, caller.Local(""), id.Default, account.New{Username: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) serve(room *logout.Room) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.base = "http://" + l.Addr().String()
	server, err := web.NewServer(web.Options{
		PublicURL: w.base, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Now: w.clock.Now,
		Resolve: func(_ context.Context, name string) (web.Tenant, error) {
			if name != "" {
				return web.Tenant{}, web.ErrNoTenant
			}
			return web.Tenant{ID: string(id.Default), Issuer: w.base}, nil
		},
	}, room.Routes())
	if err != nil {
		w.t.Fatal(err)
	}
	ts := httptest.NewUnstartedServer(server)
	ts.Listener = l
	ts.Start()
	w.t.Cleanup(ts.Close)
	w.http = ts.Client()
	w.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// pages are the real ones.
type pages struct{}

func render(w http.ResponseWriter, status int, page interface{ Render(io.Writer) error }) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	return page.Render(w)
}

func (pages) Error(w http.ResponseWriter, r *web.Request, status int, kind string, code oauth.Code, sentence string) error {
	return render(w, status, &notice.Error{Base: part.Base{RequestID: r.ID}, Kind: notice.Kind(kind), Code: string(code), Detail: sentence})
}

func (pages) SignOut(w http.ResponseWriter, _ *web.Request, q logout.Question) error {
	return render(w, http.StatusOK, &notice.SignOut{App: part.App{Name: q.Client.Name}, Person: part.Person{Name: string(q.Person)}, Action: q.Action})
}

func (pages) SignedOut(w http.ResponseWriter, _ *web.Request, app client.Client, next string) error {
	return render(w, http.StatusOK, &notice.SignedOut{App: part.App{Name: app.Name}, ContinueURL: next})
}

// agent is a browser: it keeps cookies, and follows nothing by itself.
type agent struct {
	w       *world
	cookies map[string]string
}

type answer struct {
	*http.Response
	t    *testing.T
	body string
}

func (w *world) agent() *agent { return &agent{w, map[string]string{}} }

func (b *agent) do(method, target string, form url.Values, headers ...string) *answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.base+target, strings.NewReader(form.Encode()))
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
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return &answer{resp, b.w.t, string(text)}
}

func (b *agent) get(target string) *answer { return b.do("GET", target, nil) }

// logout sends a logout request by GET, as name, value pairs.
func (b *agent) logout(pairs ...string) *answer {
	b.w.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return b.get("/oauth/logout?" + v.Encode())
}

// signIn gives the browser a session and a grant that hangs on it.
func (b *agent) signIn(who account.ID) (session.ID, issued.GrantID) {
	b.w.t.Helper()
	w := b.w
	text, digest := w.browser.NewSession()
	now := w.clock.Now()
	s := session.Session{ID: session.ID(id.New("ses", now)), Account: who, Epoch: 1, Facts: []factor.Fact{factor.Proved(factor.Password, now)},
		Idle: 12 * time.Hour, ExpiresAt: now.Add(24 * time.Hour)}
	grant := issued.Grant{ID: issued.NewGrantID(now), Client: w.app.ID, Account: who, Epoch: 1, Session: string(s.ID), RotatedAt: now,
		IdleUntil: now.Add(time.Hour), ExpiresAt: now.Add(time.Hour)}
	if err := w.guard.Do(w.t.Context(), caller.Nobody("", ""), session.Start.On(id.Default, s.ID, nil), func(tx *store.Tx) error {
		if err := session.Insert(tx, id.Default, s, digest, nil); err != nil {
			return err
		}
		return issued.InsertGrant(tx, id.Default, grant)
	}); err != nil {
		w.t.Fatal(err)
	}
	b.cookies["__Host-cardea-session"] = text.Reveal()
	return s.ID, grant.ID
}

// alive tells whether a session and a grant still stand.
func (w *world) alive(s session.ID, grant issued.GrantID) (signedIn, granted bool) {
	w.t.Helper()
	if err := w.store.Read(w.t.Context(), id.Default, func(r *store.Reader) error {
		_, err := session.Get(r, id.Default, s)
		_, gone := issued.ActiveGrant(r, id.Default, grant)
		signedIn, granted = err == nil, gone == nil
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return signedIn, granted
}

// idToken signs an ID token of this issuer.
func (w *world) idToken(c client.Client, sub string, sid session.ID) string {
	w.t.Helper()
	signer, err := w.ring.Signer(w.t.Context(), id.Default, jose.ES256)
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := signer.Sign("JWT", map[string]any{"iss": w.base, "aud": string(c.ID), "sub": sub, "sid": string(sid), "iat": w.clock.Now().Unix(), "exp": w.clock.Now().Add(time.Minute).Unix()})
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// leads expects a 303 to one of our paths and returns the whole local address.
func (a *answer) leads(path string) string {
	a.t.Helper()
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.StatusCode != http.StatusSeeOther || u.Host != "" || u.Scheme != "" || u.Path != path {
		a.t.Fatalf("expected a 303 to %s: %s %s\n%s", path, a.Status, a.Header.Get("Location"), a.body)
	}
	return u.String()
}

// goes expects a 303 to exactly this address.
func (a *answer) goes(target string) {
	a.t.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != target {
		a.t.Errorf("expected a 303 to %s: %s %s", target, a.Status, a.Header.Get("Location"))
	}
}

// shows expects a page that has the text and leads nowhere by itself.
func (a *answer) shows(status int, text string) {
	a.t.Helper()
	if a.StatusCode != status || a.Header.Get("Location") != "" || !strings.Contains(a.body, text) {
		a.t.Errorf("expected a page with %d and %q: %s %s\n%s", status, text, a.Status, a.Header.Get("Location"), a.body)
	}
}
