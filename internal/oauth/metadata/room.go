package metadata

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/web"
)

// Options are what the metadata says of other rooms.
type Options struct {
	Locales []string        // languages of the pages, BCP 47
	Reach   factor.Strength // the best that the factors of this server prove together
}

// Room serves the documents of every tenant. It is safe for concurrent use.
type Room struct {
	ring      *key.Ring
	options   Options
	discovery shelf[string]
	keys      shelf[*key.Set]
}

// New returns the room.
func New(ring *key.Ring, o Options) *Room { return &Room{ring: ring, options: o} }

// cacheFor is the max-age of the metadata, which changes with the configuration only.
const cacheFor = time.Hour

// Routes are the room's endpoints.
func (m *Room) Routes() []web.Route {
	document := func(name, path string, scope web.Scope, cache time.Duration, h web.Handler) web.Route {
		return web.Route{
			Name: name, Method: http.MethodGet, Path: path, Scope: scope,
			Public: "the document is the same for everybody",
			Rate:   web.RateCheap, Cache: web.Public(cache), CORS: web.AnyOrigin, Quiet: true,
			Handler: h, Errors: web.PlainErrors,
		}
	}
	return []web.Route{
		// OpenID Connect Discovery 1.0 §4: the document lies below the issuer, at /.well-known/openid-configuration
		document("oauth.discovery", "/.well-known/openid-configuration", web.WellKnown, cacheFor, m.serveMetadata),
		// RFC 8414 §3: the document lies at /.well-known/oauth-authorization-server, before the issuer's path
		document("oauth.metadata", "/.well-known/oauth-authorization-server", web.WellKnown, cacheFor, m.serveMetadata),
		document("oauth.jwks", "/oauth/jwks", web.PerTenant, key.CacheFor, m.serveKeys),
	}
}

func (m *Room) serveMetadata(w http.ResponseWriter, r *web.Request) error {
	issuer := r.Tenant.Issuer
	d, ok := m.discovery.get(r.Tenant.ID, issuer)
	if !ok {
		body, err := newDocument(issuer, m.options).render()
		if err != nil {
			return fmt.Errorf("render the metadata: %w", err)
		}
		// RFC 8414 §3.2: the answer is 200 with application/json
		d = web.NewDocument("application/json", body)
		m.discovery.put(r.Tenant.ID, issuer, d)
	}
	return d.Serve(w, r)
}

func (m *Room) serveKeys(w http.ResponseWriter, r *web.Request) error {
	tenant := id.Tenant(r.Tenant.ID)
	set, err := m.ring.Set(r.Context(), tenant)
	if err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	d, ok := m.keys.get(r.Tenant.ID, set)
	if !ok {
		// Whoever keeps a set without them would refuse the tenant's first tokens.
		if err := m.ring.Prepare(r.Context(), tenant, jose.ES256, jose.RS256); err != nil {
			return err
		}
		if set, err = m.ring.Set(r.Context(), tenant); err != nil {
			return fmt.Errorf("read the keys: %w", err)
		}
		// RFC 7517 §5: the set is a JSON object with the member keys
		d = web.NewDocument("application/json", set.JSON)
		m.keys.put(r.Tenant.ID, set, d)
	}
	return d.Serve(w, r)
}

// shelf keeps one rendered document per tenant with what it was made of.
type shelf[V comparable] struct {
	mu   sync.RWMutex
	kept map[string]entry[V]
}

type entry[V comparable] struct {
	of       V
	document *web.Document
}

// shelfLimit bounds the documents that are kept, at about 3 KiB each.
const shelfLimit = 10_000

func (s *shelf[V]) get(tenant string, of V) (*web.Document, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, ok := s.kept[tenant]
	return e.document, ok && e.of == of
}

func (s *shelf[V]) put(tenant string, of V, d *web.Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= shelfLimit {
		s.kept = map[string]entry[V]{}
	}
	s.kept[tenant] = entry[V]{of, d}
}
