package oauthtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/web"
)

var rooms = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, resource.Migrations,
	key.Migrations, session.Migrations, consent.Migrations, issued.Migrations,
}

// Operator is who sets the scene.
var Operator = caller.Local("test")

// AccessLife is how long access tokens live whose API does not say.
const AccessLife = 10 * time.Minute

// Acme is the name of the second tenant.
const Acme = "acme"

// World is one server's inside. Tenant is the one that helpers work in, the default one at first.
type World struct {
	TB        testing.TB
	Clock     *clock.Fake
	Store     *store.Store
	Guard     *guard.Guard
	Root      *secret.Root
	Ring      *key.Ring
	Mint      *mint.Mint
	Clients   *client.Directory
	Resources *resource.Directory
	Auth      *clientauth.Authenticator
	Tenant    id.Tenant
	URL       string // where the endpoints are served: the default tenant's issuer

	acme   id.Tenant
	server *httptest.Server
}

// Each runs fn as a subtest on each database. routes makes what is served.
func Each(t *testing.T, routes func(w *World) []web.Route, fn func(t *testing.T, w *World)) {
	fake := clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, rooms, func(t *testing.T, s *store.Store) {
		fn(t, build(t, s, fake, routes))
	})
}

// Bench builds a world on SQLite for a benchmark or a fuzz target.
func Bench(tb testing.TB, routes func(w *World) []web.Route) *World {
	tb.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	s, err := store.Open(context.Background(), store.Options{Path: filepath.Join(tb.TempDir(), "cardea.db"), Clock: fake.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(context.Background(), rooms); err != nil {
		tb.Fatal(err)
	}
	return build(tb, s, fake, routes)
}

func build(tb testing.TB, s *store.Store, fake *clock.Fake, routes func(w *World) []web.Route) *World {
	tb.Helper()
	engine, err := policy.New()
	if err != nil {
		tb.Fatal(err)
	}
	w := &World{TB: tb, Clock: fake, Store: s, Guard: guard.New(s, engine), Root: secret.NewRoot([32]byte{7}), Tenant: id.Default}
	w.Ring = key.NewRing(w.Guard, w.Root, key.DefaultPeriods)
	w.Clients, w.Resources = client.NewDirectory(s), resource.NewDirectory(s)
	w.Mint = mint.New(s, w.Ring, w.Root, w.Clients, w.Resources, mint.Lifetimes{Access: AccessLife, ID: AccessLife})
	w.Auth = clientauth.New(w.Clients, clientauth.None{}, clientauth.Basic{Root: w.Root, Clock: fake.Now}, clientauth.Post{Root: w.Root, Clock: fake.Now})
	other, err := tenant.Create(context.Background(), w.Guard, Operator, id.Default, tenant.Tenant{Name: Acme})
	w.check(err)
	w.acme = other.ID
	w.check(w.Ring.Prepare(context.Background(), id.Default, jose.ES256))

	w.server = httptest.NewUnstartedServer(nil)
	w.URL = "http://" + w.server.Listener.Addr().String()
	handler, err := web.NewServer(web.Options{
		PublicURL: w.URL, Log: slog.New(slog.DiscardHandler), Now: fake.Now,
		Rates: map[web.RateClass]web.Rate{web.RateStandard: {}},
		Resolve: func(_ context.Context, name string) (web.Tenant, error) {
			switch name {
			case "":
				return web.Tenant{ID: string(id.Default), Issuer: w.URL}, nil
			case Acme:
				return web.Tenant{ID: string(w.acme), Name: Acme, Issuer: w.URL + "/t/" + Acme}, nil
			}
			return web.Tenant{}, web.ErrNoTenant
		},
	}, routes(w))
	w.check(err)
	w.server.Config.Handler = handler
	w.server.Start()
	tb.Cleanup(w.server.Close)
	return w
}

// Handler is the served handler, for benchmarks that leave the network out.
func (w *World) Handler() http.Handler { return w.server.Config.Handler }

// At returns the world seen from the second tenant.
func (w *World) At(name string) *World {
	other := *w
	if name == Acme {
		other.Tenant = w.acme
	}
	return &other
}

// Issuer is the tenant's issuer.
func (w *World) Issuer() mint.Issuer {
	if w.Tenant == w.acme {
		return mint.Issuer{Tenant: w.Tenant, URL: w.URL + "/t/" + Acme}
	}
	return mint.Issuer{Tenant: w.Tenant, URL: w.URL}
}

// Write runs fn in a transaction, past guard: tests set states up that no action makes.
func (w *World) Write(fn func(tx *store.Tx) error) {
	w.TB.Helper()
	w.check(w.Store.Write(context.Background(), w.Tenant, store.Serializable, fn))
}

// Exec runs one statement.
func (w *World) Exec(sql string, args ...any) {
	w.TB.Helper()
	w.Write(func(tx *store.Tx) error {
		_, err := tx.Exec(sql, args...)
		return err
	})
}

// Events returns the tenant's log as "action outcome detail", oldest first.
func (w *World) Events() (out []string) {
	w.TB.Helper()
	w.check(w.Store.Read(context.Background(), w.Tenant, func(r *store.Reader) error {
		return r.Each(func(row store.Row) error {
			var action, outcome, detail string
			err := row.Scan(&action, &outcome, &detail)
			out = append(out, action+" "+outcome+" "+detail)
			return err
		}, "SELECT action, outcome, detail FROM event WHERE tenant = $1 ORDER BY ord, n", w.Tenant)
	}))
	return out
}

// Verify checks a JWT with the tenant's published keys and decodes its claims.
func (w *World) Verify(typ, audience, token string) map[string]any {
	w.TB.Helper()
	set, err := w.Ring.Set(context.Background(), w.Tenant)
	w.check(err)
	claims, err := jose.NewVerifier(0).Verify(token, jose.Expect{
		Typ: typ, Issuer: w.Issuer().URL, Audience: audience, Keys: set, Now: w.Clock.Now(),
		Algorithms: []jose.Algorithm{jose.ES256, jose.RS256, jose.EdDSA, jose.PS256},
	})
	w.check(err)
	var out map[string]any
	w.check(claims.Decode(&out))
	return out
}

func (w *World) check(err error) {
	w.TB.Helper()
	if err != nil {
		w.TB.Fatal(err)
	}
}
