package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-iam/cardea/internal/address"
	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/outbound"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/puzzle"
	accountrecovery "github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setup"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// SocketName is the administration socket's name in the data folder.
const SocketName = "cardea.sock"

// App is a running installation.
type App struct {
	Config  config.Config
	Store   *store.Store
	Root    *secret.Root
	Guard   *guard.Guard
	Ring    *key.Ring
	Mint    *mint.Mint
	Tenants *tenant.Directory
	Clients *client.Directory
	APIs    *resource.Directory
	Server  *web.Server
	// Outbound is the one client of requests to elsewhere.
	Outbound *outbound.Client

	Passwords    *password.Room
	TOTP         *totp.Room
	Recovery     *recovery.Room
	Throttle     *throttle.Room
	Passkeys     *passkey.Room
	Assurance    *assurance.Room
	Lifecycle    *lifecycle.Lifecycle
	Setup        *setup.Room
	Notify       *notify.Room
	Brands       *brand.Room
	imports      *imports.Room
	puzzles      *puzzle.Room
	Mailbox      *mailbox.Room
	Registration *registration.Room
	Recover      *accountrecovery.Room
	Addresses    *address.Room
	signin       *signin.Room
	visits       *visit.Room
	pages        *notice.Pages
	Email        *email.Room
	Phone        *phone.Room
	Approvals    *approval.Room

	log      *slog.Logger
	clock    clock.Clock // nil for the machine's; tests turn it
	node     string      // names this process in leases
	outbox   *outbox.Worker
	inbox    *inbox.Room // nil without mail.inbox
	sweepers []*store.Sweeper
	lock     *os.File
}

// Open prepares the data folder, opens and migrates the database, and makes all rooms. It
// serves nothing yet.
func Open(ctx context.Context, c config.Config, log *slog.Logger) (*App, error) {
	a := &App{Config: c, log: log}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	if err := a.prepareFolder(); err != nil {
		return err
	}
	var err error
	a.Outbound, err = outbound.New(outbound.Options{Allow: a.Config.Outbound.Allow, TrustRoots: a.Config.Outbound.TrustRoots})
	if err != nil {
		return err
	}
	rootFile := a.Config.RootKeyFile
	if rootFile == "" {
		rootFile = filepath.Join(a.Config.Data, "root.key")
	}
	if a.Root, err = secret.LoadRoot(rootFile); err != nil {
		return err
	}
	o := store.Options{URL: a.Config.Database.Reveal(), Log: a.log, Clock: a.clock}
	if o.URL == "" {
		o.Path = filepath.Join(a.Config.Data, "cardea.db")
	}
	if a.Store, err = store.Open(ctx, o); err != nil {
		return err
	}
	if err := a.Store.Migrate(ctx, Schema); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	a.node = id.New("nod", a.Store.Now())
	engine, err := policy.New(Facts...)
	if err != nil {
		return err
	}
	a.Guard = guard.New(a.Store, engine).Keeping(audit.NewLog(person.New(a.Root)))
	a.Ring = key.NewRing(a.Guard, a.Root, key.DefaultPeriods)
	a.Tenants = tenant.NewDirectory(a.Store)
	a.Clients = client.NewDirectory(a.Store)
	a.APIs = resource.NewDirectory(a.Store)
	a.Mint = mint.New(a.Store, a.Ring, a.Root, a.Clients, a.APIs, mint.Lifetimes{Access: a.Config.Lifetimes.AccessToken, ID: a.Config.Lifetimes.IDToken})
	if err := a.rooms(); err != nil {
		return err
	}
	carriers, err := a.carriers()
	if err != nil {
		return err
	}
	a.outbox = outbox.NewWorker(a.Store, carriers, a.log)
	a.sweepers = sweepers()
	// A wrong root key shows here and not at somebody's sign-in.
	if err := a.Ring.Prepare(ctx, id.Default, jose.ES256); err != nil {
		return err
	}
	a.Server, err = web.NewServer(a.options(), a.routes())
	return err
}

// Facts are the loaders of what policies may look at: whose something is, then who that is.
var Facts = []policy.Loader{session.Facts, apitoken.Facts, membership.Facts}

// prepareFolder makes the data folder (0700), refuses one that others may enter, and takes its
// lock: two servers on one SQLite file would not see each other's caches.
func (a *App) prepareFolder() error {
	dir := a.Config.Data
	syscall.Umask(0o077) // whatever the process makes is its user's alone
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the data folder %s may be entered by others (mode %04o): run chmod 700 %s", dir, info.Mode().Perm(), dir)
	}
	if a.lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := syscall.Flock(int(a.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("another server runs in %s: stop it, or give this one a folder of its own with --data", dir)
	}
	return nil
}

func (a *App) options() web.Options {
	c := a.Config
	registry := prometheus.NewRegistry()
	registry.MustRegister(newOutboxMetric(a.Store))
	return web.Options{
		PublicURL: c.PublicURL, Hosts: c.Hosts, Listen: c.Listen, MetricsListen: c.MetricsListen,
		Socket:   filepath.Join(c.Data, SocketName),
		CertFile: c.TLS.Cert, KeyFile: c.TLS.Key, TrustedProxies: c.TrustedProxies,
		Resolve: a.resolve, Log: a.log, Errors: a.unrouted, Registry: registry,
		Rates: map[web.RateClass]web.Rate{
			web.RateStandard: rate(c.Limits.PerAddress, c.Limits.PerAddressBurst),
			web.RateCostly:   rate(c.Limits.CostlyPerAddress, c.Limits.CostlyPerAddressBurst),
			web.RateBegin:    rate(c.Limits.BeginPerAddress, c.Limits.BeginPerAddressBurst),
		},
		Ready: map[string]func(context.Context) error{"database": func(ctx context.Context) error {
			return a.Store.Read(ctx, id.AllTenants, func(r *store.Reader) error {
				var one int
				return r.One([]any{&one}, "SELECT 1")
			})
		}},
	}
}

// resolve finds an enabled tenant by its name in the path.
func (a *App) resolve(ctx context.Context, name string) (web.Tenant, error) {
	if name == string(id.Default) {
		return web.Tenant{}, web.ErrNoTenant // it lives at the root and nowhere else
	}
	var t tenant.Tenant
	var err error
	if name == "" {
		t, err = a.Tenants.ByID(ctx, id.Default)
	} else {
		t, err = a.Tenants.ByName(ctx, name)
	}
	if errors.Is(err, store.ErrNotFound) {
		return web.Tenant{}, web.ErrNoTenant
	}
	if err != nil {
		return web.Tenant{}, err
	}
	out := web.Tenant{ID: string(t.ID), Name: name, Issuer: a.Config.PublicURL}
	if name != "" {
		out.Issuer += "/t/" + name
	}
	return out, nil
}

// Serve serves until ctx ends and then lets running requests end. listening is called once the
// listeners are open.
func (a *App) Serve(ctx context.Context, listening func(*web.Listening)) error {
	l, err := a.Server.Listen(ctx)
	if err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	jobs := make(chan struct{})
	go func() {
		defer close(jobs)
		a.runJobs(background)
	}()
	go func() { // the keys that a first sign-in would wait for; RSA takes a while to make
		if err := a.Ring.Prepare(background, id.Default, jose.RS256); err != nil && background.Err() == nil {
			a.log.Error("make the first RS256 key", "error", err)
		}
	}()
	if listening != nil {
		listening(l)
	}
	err = l.Serve(ctx)
	stop()
	<-jobs
	return err
}

// Close closes the database and gives the data folder back.
func (a *App) Close() error {
	var err error
	if a.Store != nil {
		err = a.Store.Close()
	}
	if a.lock != nil {
		err = errors.Join(err, a.lock.Close())
	}
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

// SetupLink makes the link by which the first administrator is made, or "" if somebody governs
// already.
func (a *App) SetupLink(ctx context.Context) (string, error) {
	link, err := a.Setup.Link(ctx, a.Config.PublicURL)
	if errors.Is(err, setup.ErrDone) {
		return "", nil
	}
	return link.Reveal(), err
}
