package resource

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

// topic is what caches of resources listen to.
const topic = "resource"

var errNone = guard.NotFound("There is no such API. `cardea resource list` shows those that there are.")

// Create registers a resource. Refusals: invalid, conflict (the audience is taken).
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, r Resource) (Resource, error) {
	if err := r.normalize(); err != nil {
		return r, err
	}
	r.CreatedAt = g.Store().Now()
	r.ID, r.Version = ID(id.New("res", r.CreatedAt)), 1
	err := g.Do(ctx, c, Add.On(tenant, r.ID, detail(r)), func(tx *store.Tx) error {
		return settle(tx, insert(tx, tenant, r))
	})
	return r, err
}

// Update replaces what r.ID names, if it still has r.Version. Refusals: invalid, not_found,
// conflict (the audience is taken, or somebody else changed it meanwhile).
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, r Resource) (Resource, error) {
	if err := r.normalize(); err != nil {
		return r, err
	}
	err := g.Do(ctx, c, Change.On(tenant, r.ID, detail(r)), func(tx *store.Tx) error {
		if _, err := Get(tx.Read(), tenant, r.ID); errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		err := update(tx, tenant, r)
		if errors.Is(err, store.ErrNotFound) {
			return guard.Conflict("Somebody changed this API meanwhile. Look at it again and repeat your change.")
		}
		return settle(tx, err)
	})
	r.Version++
	return r, err
}

// Delete removes a resource. Its tokens are inactive from now on. Refusal: not_found.
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, res ID) error {
	return g.Do(ctx, c, Remove.On(tenant, res, nil), func(tx *store.Tx) error {
		err := remove(tx, tenant, res)
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return settle(tx, err)
	})
}

// Look returns a resource to whoever may inspect. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, res ID) (out Resource, err error) {
	err = g.See(ctx, c, Show.On(tenant, res, nil), func(r *store.Reader) error {
		out, err = Get(r, tenant, res)
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
	return out, err
}

// Page lists resources for whoever may inspect.
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, after ID, limit int) (out []Resource, err error) {
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant, after, limit)
		return err
	})
	return out, err
}

func settle(tx *store.Tx, err error) error {
	if store.IsDuplicate(err) {
		return guard.Conflict("Another API has this audience already.")
	}
	if err != nil {
		return err
	}
	return tx.Touch(topic)
}

func detail(r Resource) *Detail {
	d := &Detail{Audience: string(r.Audience)}
	for _, s := range r.Scopes {
		d.Scopes = append(d.Scopes, string(s.Name))
	}
	return d
}

// Directory answers look-ups of active resources from memory.
type Directory struct {
	catalogues *store.Cache[id.Tenant, Catalogue]
}

// Catalogue is a tenant's active resources at one moment. It is immutable.
type Catalogue struct {
	list       []Resource
	byAudience map[oauth.Resource]int
}

// Find returns the active resource of an audience URI.
func (c Catalogue) Find(audience oauth.Resource) (Resource, bool) {
	i, ok := c.byAudience[audience]
	if !ok {
		return Resource{}, false
	}
	return c.list[i], true
}

// directoryLimit bounds the resources of one tenant.
const directoryLimit = 10_000

// NewDirectory returns the directory of a store.
func NewDirectory(s *store.Store) *Directory {
	return &Directory{store.NewCache(s, topic, 1000, func(ctx context.Context, tenant id.Tenant) (Catalogue, error) {
		var all []Resource
		err := s.Read(ctx, tenant, func(r *store.Reader) (err error) {
			all, err = List(r, tenant, "", directoryLimit)
			return err
		})
		c := Catalogue{list: all[:0], byAudience: make(map[oauth.Resource]int, len(all))}
		for _, r := range all {
			if r.DisabledAt.IsZero() {
				c.byAudience[r.Audience] = len(c.list)
				c.list = append(c.list, r)
			}
		}
		return c, err
	})}
}

// Catalogue returns a tenant's active resources.
func (d *Directory) Catalogue(ctx context.Context, tenant id.Tenant) (Catalogue, error) {
	return d.catalogues.Get(ctx, tenant)
}

// All returns a tenant's active resources. The slice is shared: do not change it.
func (d *Directory) All(ctx context.Context, tenant id.Tenant) ([]Resource, error) {
	c, err := d.catalogues.Get(ctx, tenant)
	return c.list, err
}
