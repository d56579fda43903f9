package api

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/web"
)

// Deps is what the API calls. All fields are required.
type Deps struct {
	Guard     *guard.Guard
	Root      *secret.Root
	Ring      *key.Ring
	Lifecycle *lifecycle.Lifecycle
	Passwords Passwords
	Assurance *assurance.Room
	// FactorRemoved tells a person that an administrator took a credential from them.
	FactorRemoved func(tx *store.Tx, tenant id.Tenant, who account.ID, k factor.Kind) error
	Brands        *brand.Room
	Imports       *imports.Room
	Tenants       *tenant.Directory
	Registration  *registration.Room
	Recovery      *recovery.Room
}

// Passwords is the room factor/password.
type Passwords interface {
	// Set gives an account a new password on an administrator's word; with end its sessions
	// end. What may not be a password is a *guard.Problem of the field password.
	Set(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, raw string, end bool) error
	// SetTemporary is Set, with all sessions ended, of a password that has to be changed at the next
	// sign-in.
	SetTemporary(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, raw string) error
	// Initial judges and hashes the first password of an account that is about to be made;
	// keep stores it in the transaction that makes the account.
	Initial(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (keep func(*store.Tx, account.ID) error, err error)
}

// SecretGrace is how long a client's former secret is accepted after a rotation, unless the
// request says otherwise.
const SecretGrace = 24 * time.Hour

// API is the administration API.
type API struct {
	Deps
	table []endpoint
}

// New returns the API. It panics if a dependency is missing: a program that was wired so must
// not start.
func New(d Deps) *API {
	if d.Guard == nil || d.Root == nil || d.Ring == nil || d.Lifecycle == nil || d.Passwords == nil || d.Assurance == nil || d.FactorRemoved == nil || d.Brands == nil || d.Imports == nil || d.Tenants == nil || d.Registration == nil || d.Recovery == nil {
		panic("api: a dependency is missing")
	}
	return &API{Deps: d, table: endpoints()}
}

//go:embed openapi.yaml
var document []byte

// base is where all endpoints are.
const base = "/api/v1"

// Routes is the API's part of the route table.
func (a *API) Routes() []web.Route {
	routes := []web.Route{{
		Name: "api.openapi", Method: http.MethodGet, Path: base + "/openapi.yaml", Scope: web.PerTenant,
		Public: "The description of the API is the same for all and holds no data.",
		Rate:   web.RateCheap, Cache: web.Public(time.Hour), CORS: web.AnyOrigin,
		Handler: web.Static(web.NewDocument("application/yaml", document)), Errors: problems,
	}}
	for _, e := range a.table {
		rt := web.Route{
			Name: "api." + e.name, Method: e.method, Path: base + e.path, Scope: web.PerTenant,
			Action: e.action, Handler: a.handler(e), Errors: problems, Body: e.body,
		}
		if e.method != http.MethodGet {
			rt.CSRF, rt.Event = web.Credentials, e.action
		}
		if e.costly {
			rt.Rate = web.RateCostly
		}
		routes = append(routes, rt)
	}
	return routes
}

func endpoints() []endpoint {
	var all []endpoint
	for _, noun := range [][]endpoint{
		tenantEndpoints(), accountEndpoints(), emailEndpoints(), invitationEndpoints(), credentialEndpoints(), groupEndpoints(), roleEndpoints(), bindingEndpoints(),
		clientEndpoints(), resourceEndpoints(), keyEndpoints(), sessionEndpoints(), outboxEndpoints(), eventEndpoints(), tokenEndpoints(), assuranceEndpoints(), settingEndpoints(),
		brandEndpoints(), importEndpoints(),
	} {
		all = append(all, noun...)
	}
	return all
}

// handler authenticates, then runs the endpoint: nothing of a request is read before it is
// known who sent it (security row AU26).
func (a *API) handler(e endpoint) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		c, err := a.authenticate(r)
		if err != nil {
			return err
		}
		c.w, c.api, c.cap = w, a, e.body
		if err := c.readQuery(e.query); err != nil {
			return err
		}
		out, err := e.run(c)
		if err != nil {
			return err
		}
		if out == nil {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		if v, ok := out.(versioned); ok {
			w.Header().Set("ETag", etag(v.version()))
		}
		status := http.StatusOK
		if e.status != 0 {
			status = e.status
		}
		return web.WriteJSON(w, status, out)
	}
}

// call is one request whose sender is known.
type call struct {
	api    *API
	w      http.ResponseWriter
	r      *web.Request
	who    caller.Caller
	until  time.Time // when the caller's token ends; zero for the operator
	tenant id.Tenant
	query  map[string]string
	cap    int64 // of the body; 0: the usual one
}

func (c *call) ctx() context.Context { return c.r.Context() }

// errBody is the refusal of a request that carries a body where none belongs.
var errBody = errors.New("this request has no body")
