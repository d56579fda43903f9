package authorize_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/authorize"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/resource"
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
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, resource.Migrations, key.Migrations,
	session.Migrations, consent.Migrations, issued.Migrations, interaction.Migrations,
}

// The registrations of the tests.
const (
	callback  = "https://app.example/cb"
	loopback  = "http://127.0.0.1/cb"
	appScheme = "com.example.app:/cb"
	calendar  = "https://calendar.example/api"
	mail      = "https://mail.example/api"
	hidden    = "https://hidden.example/api"
	// verifier and challenge of RFC 7636 appendix B.
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// world is a server with people, applications and APIs.
type world struct {
	t       testing.TB
	store   *store.Store
	clock   *clock.Fake
	guard   *guard.Guard
	root    *secret.Root
	ring    *key.Ring
	browser *browser.Browser
	room    *authorize.Room
	base    string
	http    *http.Client
	server  *web.Server

	ada, bob account.ID
	web      client.Client // confidential
	lax      client.Client // confidential, PKCE optional
	native   client.Client // public, with loopback and private-scheme redirects
	own      client.Client // first party
	machine  client.Client // client_credentials only
	acme     tenant.Tenant
	denied   map[oauth.Scope]bool // what nobody may do
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) { fn(t, build(t, s, fake)) })
}

func build(t testing.TB, s *store.Store, fake *clock.Fake) *world {
	t.Helper()
	engine, err := policy.New(session.Facts)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: s, clock: fake, guard: guard.New(s, engine), root: secret.NewRoot([32]byte{7}), denied: map[oauth.Scope]bool{}}
	w.ring = key.NewRing(w.guard, w.root, key.DefaultPeriods)
	w.browser = browser.New(s, w.root)
	w.room = &authorize.Room{
		Guard: w.guard, Root: w.root, Ring: w.ring, Clients: client.NewDirectory(s), Resources: resource.NewDirectory(s),
		Browser: w.browser, Pages: pages{}, Reach: factor.Strength{Level: 1}, CodeLifetime: time.Minute,
		Suffices: func(*web.Request, interaction.About, session.Session) (bool, error) { return true, nil },
		Permits: func(_ *store.Reader, _ id.Tenant, _ account.ID, res resource.Resource) (oauth.ScopeSet, error) {
			var list []oauth.Scope
			for _, scope := range res.Scopes {
				if !w.denied[scope.Name] {
					list = append(list, scope.Name)
				}
			}
			return oauth.Scopes(list...), nil
		},
		SID: func(_ id.Tenant, _ client.Client, session string) string { return session },
		Subject: func(_ id.Tenant, c client.Client, who account.ID) string {
			if c.SubjectType == oauth.SubjectPairwise {
				return "pairwise-" + string(who)
			}
			return string(who)
		},
	}
	w.populate()
	w.serve()
	return w
}

func (w *world) populate() {
	w.t.Helper()
	operator := caller.Local("")
	person := func(name string) account.ID {
		a, err := account.Create(w.t.Context(), w.guard, operator, id.Default, account.New{Username: name})
		if err != nil {
			w.t.Fatal(err)
		}
		return a.ID
	}
	w.ada, w.bob = person("ada"), person("bob")
	var err error
	if w.acme, err = tenant.Create(w.t.Context(), w.guard, operator, id.Default, tenant.Tenant{Name: "acme"}); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range []resource.Resource{
		{Audience: calendar, Name: "MyCalApp", Scopes: []resource.Scope{
			{Name: "read:events", Description: "See your events"}, {Name: "write:events", Description: "Write events"}, {Name: "status", Description: "Ask how it is"}}},
		{Audience: mail, Name: "Mail", Scopes: []resource.Scope{{Name: "read:mail", Description: "Read mail"}, {Name: "status", Description: "Ask how it is"}}},
		{Audience: hidden, Name: "Hidden", Scopes: []resource.Scope{{Name: "peek", Description: "Peek"}}},
	} {
		if _, err := resource.Create(w.t.Context(), w.guard, operator, id.Default, r); err != nil {
			w.t.Fatal(err)
		}
	}
	app := func(name string, m client.Metadata) client.Client {
		if len(m.Grants) == 0 || m.Grants[0] != oauth.GrantClientCredentials {
			m.Scopes = oauth.Scopes("openid", "profile", "email", "address", "phone", "offline_access", "read:events", "write:events", "status", "read:mail", "peek")
			m.Resources = []oauth.Resource{calendar, mail}
		}
		c, _, err := client.Create(w.t.Context(), w.guard, operator, w.root, id.Default, client.Client{Name: name, Metadata: m})
		if err != nil {
			w.t.Fatal(err)
		}
		return c
	}
	w.web = app("HireMe123", client.Metadata{RedirectURIs: uris(w.t, callback, callback+"2?tag=a")})
	w.lax = app("Old", client.Metadata{RedirectURIs: uris(w.t, callback), PKCEOptional: true})
	w.native = app("Native", client.Metadata{RedirectURIs: uris(w.t, loopback, appScheme), AuthMethod: oauth.ClientAuthNone})
	w.own = app("Own", client.Metadata{RedirectURIs: uris(w.t, callback), FirstParty: true})
	w.machine = app("Machine", client.Metadata{RedirectURIs: uris(w.t, callback), Grants: []oauth.GrantType{oauth.GrantClientCredentials}})
}

func uris(t testing.TB, texts ...string) (list []oauth.RegisteredURI) {
	for _, text := range texts {
		u, err := oauth.ParseRedirectURI(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, u)
	}
	return list
}

func (w *world) serve() {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.base = "http://" + l.Addr().String()
	server, err := web.NewServer(web.Options{
		PublicURL: w.base, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Now: w.clock.Now,
		Resolve: func(_ context.Context, name string) (web.Tenant, error) {
			switch {
			case name == "":
				return web.Tenant{ID: string(id.Default), Issuer: w.base}, nil
			case name == w.acme.Name:
				return web.Tenant{ID: string(w.acme.ID), Name: name, Issuer: w.base + "/t/" + name}, nil
			}
			return web.Tenant{}, web.ErrNoTenant
		},
	}, append(w.room.Routes(), w.consentRoutes()...))
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = server
	ts := httptest.NewUnstartedServer(server)
	ts.Listener = l
	ts.Start()
	w.t.Cleanup(ts.Close)
	w.http = ts.Client()
	w.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// consentRoutes stand for the consent page: what it shows is Pending's, what it posts goes to Answer.
func (w *world) consentRoutes() []web.Route {
	with := func(fn func(out http.ResponseWriter, r *web.Request, i interaction.Interaction) error) web.Handler {
		return func(out http.ResponseWriter, r *web.Request) error {
			q, err := web.Query(r)
			if err != nil {
				return err
			}
			i, err := w.browser.Interaction(r.Context(), r, q.Get("i"))
			if err != nil {
				return err
			}
			return fn(out, r, i)
		}
	}
	over := func(out http.ResponseWriter, _ *web.Request, err error) bool {
		if !errors.Is(err, authorize.ErrOver) && !errors.Is(err, browser.ErrNone) {
			return false
		}
		http.Error(out, "over", http.StatusGone)
		return true
	}
	return []web.Route{
		{Name: "consent", Method: "GET", Path: "/consent", Scope: web.PerTenant, Public: "test", Errors: over,
			Handler: with(func(out http.ResponseWriter, r *web.Request, i interaction.Interaction) error {
				q, err := w.room.Pending(r.Context(), r, i)
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "client=%s host=%s person=%s identity=%v\n", q.Client.Name, q.Host, q.Person, q.Identity)
				for _, part := range []struct {
					word string
					apis []authorize.QuestionAPI
				}{{"give", q.APIs}, {"withheld", q.Withheld}} {
					for _, a := range part.apis {
						for _, s := range a.Scopes {
							fmt.Fprintf(out, "%s %s %s %q %v\n", part.word, a.Resource.Name, s.Name, s.Description, s.Granted)
						}
					}
				}
				return nil
			})},
		{Name: "consent.post", Method: "POST", Path: "/consent", Scope: web.PerTenant, Public: "test", Errors: over, CSRF: web.Browser,
			Handler: with(func(out http.ResponseWriter, r *web.Request, i interaction.Interaction) error {
				form, err := web.Form(r)
				if err != nil {
					return err
				}
				c, _, err := w.browser.Caller(r.Context(), r)
				if err != nil {
					return err
				}
				if err := w.room.Answer(r.Context(), r, c, i, form.Get("decision") == "approve"); err != nil {
					return err
				}
				web.SeeOther(out, i.About.Resume.String()+"?i="+string(i.ID))
				return nil
			})},
	}
}

// pages are the real ones.
type pages struct{}

func (pages) Error(w http.ResponseWriter, r *web.Request, status int, kind string, code oauth.Code, sentence string) error {
	p := notice.Error{Base: part.Base{RequestID: r.ID}, Kind: notice.Kind(kind), Code: string(code), Detail: sentence}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	return p.Render(w)
}

func (pages) FormPost(w http.ResponseWriter, _ *web.Request, app client.Client, target oauth.RegisteredURI, fields url.Values) error {
	p := notice.FormPost{App: part.App{Name: app.Name}, Target: target.String()}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		p.Fields = append(p.Fields, part.Field{Name: name, Value: fields.Get(name)})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return p.Render(w)
}
