// Package apitest runs the administration API on a database of storetest, for the tests of the
// API and of the command line: two tenants, people of every role with tokens, a TCP listener
// and a Unix socket.
package apitest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/api"
	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	passwordpolicy "github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

// Schema is the tables of every room behind the API.
var Schema = []store.Migrations{audit.Migrations, outbox.Migrations, tenant.Migrations, account.Migrations, role.Migrations, membership.Migrations,
	client.Migrations, brand.Migrations, resource.Migrations, key.Migrations, session.Migrations, setting.Migrations, credential.Migrations, interaction.Migrations, password.Migrations, apitoken.Migrations, assurance.Migrations, notify.Migrations, imports.Migrations, issued.Migrations, mailbox.Migrations, registration.Migrations}

// Roles are the sorts of people in each tenant; plain holds no role.
var Roles = []string{"owner", "admin", "auditor", "plain"}

// World is a running API.
type World struct {
	Store     *store.Store
	Guard     *guard.Guard
	Root      *secret.Root
	Assurance *assurance.Room
	URL       string // http://127.0.0.1:port
	Data      string // folder of the Unix socket cardea.sock
	Imports   *imports.Room
	Routes    []web.Route
	Acme      id.Tenant         // the tenant /t/acme
	People    map[string]Person // "owner" in the default tenant, "acme/owner" in acme
}

// Person is somebody with an account and a token.
type Person struct {
	ID    account.ID
	Token string
}

// Operator is the caller on the socket.
var Operator = caller.Local("apitest")

// Each runs fn as a subtest with a world on each database.
func Each(t *testing.T, fn func(t *testing.T, w *World)) {
	t.Helper()
	storetest.Each(t, Schema, func(t *testing.T, s *store.Store) { fn(t, New(t, s)) })
}

// New starts a world on a migrated store; it ends with the test.
func New(t *testing.T, s *store.Store) *World {
	t.Helper()
	engine, err := policy.New(session.Facts, apitoken.Facts, membership.Facts)
	must(t, err)
	w := &World{Store: s, Guard: guard.New(s, engine), Root: secret.NewRoot([32]byte{1}), People: map[string]Person{}}
	directory := tenant.NewDirectory(s)
	hasher, err := argon.New(argon.Config{Current: password.Pepper(w.Root)})
	must(t, err)
	rules, err := passwordpolicy.New(0, 0)
	must(t, err)
	passwords, err := password.New(w.Guard, w.Root, directory, password.Options{Hasher: hasher, Policy: rules})
	must(t, err)
	w.Assurance, err = assurance.New(w.Guard, assurance.Options{})
	must(t, err)
	letters := notify.New(w.Root, "https://id.example", directory)
	codes := mailbox.New(w.Guard, w.Root, letters)
	joining := registration.New(registration.Options{Guard: w.Guard, Root: w.Root, Mailbox: codes, Letters: letters})
	recovering := recovery.New(recovery.Options{Guard: w.Guard, Root: w.Root, Mailbox: codes, Letters: letters, Choose: passwords.Initial})
	w.Imports = imports.New(w.Guard, passwords)
	a := api.New(api.Deps{Guard: w.Guard, Root: w.Root, Ring: key.NewRing(w.Guard, w.Root, key.DefaultPeriods),
		Lifecycle: lifecycle.New(w.Guard, func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
			_, err := session.EndAll(tx, tenant, who, "")
			return err
		}), Passwords: passwords, Assurance: w.Assurance, FactorRemoved: untold, Brands: brand.New(w.Guard, part.Words{}), Imports: w.Imports,
		Tenants: directory, Registration: joining, Recovery: recovering})
	w.Routes = a.Routes()
	w.populate(t)
	w.serve(t, directory)
	return w
}

// untold sends nothing: people are told by the room notify, and a credential that is taken away is
// seen in the list of them.
func untold(*store.Tx, id.Tenant, account.ID, factor.Kind) error { return nil }

func (w *World) populate(t *testing.T) {
	t.Helper()
	acme, err := tenant.Create(t.Context(), w.Guard, Operator, id.Default, tenant.Tenant{Name: "acme"})
	must(t, err)
	w.Acme = acme.ID
	for prefix, where := range map[string]id.Tenant{"": id.Default, "acme/": w.Acme} {
		for _, name := range Roles {
			a, err := account.Create(t.Context(), w.Guard, Operator, where, account.New{Username: "the-" + name})
			must(t, err)
			if name != "plain" {
				must(t, membership.Bind(t.Context(), w.Guard, Operator, where, membership.Role(name), membership.Subject{Account: a.ID}))
			}
			_, text, err := apitoken.Make(t.Context(), w.Guard, Operator, w.Root, where, apitoken.New{Account: a.ID, Name: "test"})
			must(t, err)
			w.People[prefix+name] = Person{a.ID, text.Reveal()}
		}
	}
}

func (w *World) serve(t *testing.T, directory *tenant.Directory) {
	t.Helper()
	// The port must be known before the server is made: it answers for its own host alone.
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	address := free.Addr().String()
	must(t, free.Close())
	// A short folder: the path of a socket has at most 107 bytes.
	w.Data, err = os.MkdirTemp("", "cardea")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(w.Data)) })
	w.URL = "http://" + address
	server, err := web.NewServer(web.Options{PublicURL: w.URL, Listen: address, Socket: filepath.Join(w.Data, "cardea.sock"),
		Log: slog.New(slog.DiscardHandler), Drain: 5 * time.Second,
		Resolve: func(ctx context.Context, name string) (web.Tenant, error) {
			if name == "" {
				name = "default"
			} else if name == "default" {
				return web.Tenant{}, web.ErrNoTenant
			}
			found, err := directory.ByName(ctx, name)
			if errors.Is(err, store.ErrNotFound) {
				return web.Tenant{}, web.ErrNoTenant
			}
			return web.Tenant{ID: string(found.ID), Name: found.Name}, err
		}}, w.Routes)
	must(t, err)
	listening, err := server.Listen(t.Context())
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- listening.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// Sequence makes what happened until now visible in the log. On PostgreSQL it waits for the
// transactions of the whole cluster that began before, as the job does.
func (w *World) Sequence(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := w.Guard.Log().SequenceAll(ctx, w.Store, "apitest")
		must(t, err)
		var waiting int64
		must(t, w.Store.Read(ctx, id.AllTenants, func(r *store.Reader) error {
			return r.One([]any{&waiting}, "SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM event_log)")
		}))
		if waiting == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d events have no position", waiting)
		case <-tick.C:
		}
	}
}

// Session begins a session of an account.
func (w *World) Session(t *testing.T, where id.Tenant, who account.ID) session.ID {
	t.Helper()
	now := w.Store.Now()
	s := session.Session{ID: session.ID(id.New("ses", now)), Account: who, Epoch: 1, Address: "192.0.2.1", Agent: "test", SeenAt: now, Idle: time.Hour, ExpiresAt: now.Add(time.Hour)}
	must(t, w.Guard.Do(t.Context(), caller.Nobody("", ""), session.Start.On(where, s.ID, nil), func(tx *store.Tx) error {
		return session.Insert(tx, where, s, w.Root.Digest(secret.SessionCookie, secret.SessionCookie.Mint()), nil)
	}))
	return s.ID
}

// SignIn records a sign-in of an account.
func (w *World) SignIn(t *testing.T, where id.Tenant, who account.ID, s session.ID) (out assurance.SignInID) {
	t.Helper()
	must(t, w.Guard.Do(t.Context(), caller.Nobody("", ""), session.Start.On(where, s, nil), func(tx *store.Tx) (err error) {
		a := assurance.Attempt{Account: who, Signals: assurance.Signals{NewDevice: true}, At: tx.Now()}
		p := assurance.Proof{Level: 1, Methods: []string{"pwd"}}
		v, err := w.Assurance.Decide(tx.Read(), where, a, p)
		if err == nil {
			out, err = w.Assurance.Record(tx, where, assurance.Recorded{Attempt: a, Proof: p, Verdict: v, Session: s})
		}
		return err
	}))
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Table is the API's routes, without anything behind them.
func Table() []web.Route {
	return api.New(api.Deps{Guard: &guard.Guard{}, Root: &secret.Root{}, Ring: &key.Ring{}, Lifecycle: &lifecycle.Lifecycle{}, Passwords: &password.Room{}, Assurance: &assurance.Room{}, FactorRemoved: untold, Brands: &brand.Room{}, Imports: &imports.Room{},
		Tenants: &tenant.Directory{}, Registration: &registration.Room{}, Recovery: &recovery.Room{}}).Routes()
}

// Send sends a JSON body to the socket as the operator and returns the status of the answer.
func (w *World) Send(t *testing.T, method, path, body string) int {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(w.Data, "cardea.sock"))
	}}}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://cardea"+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	res, err := c.Do(r)
	must(t, err)
	must(t, res.Body.Close())
	return res.StatusCode
}
