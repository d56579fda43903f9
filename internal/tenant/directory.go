package tenant

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// ErrNone is the Directory's answer for what is no enabled tenant; it matches store.ErrNotFound.
var ErrNone error = notFound{}

type notFound struct{}

func (notFound) Error() string        { return "no such tenant" }
func (notFound) Is(target error) bool { return target == store.ErrNotFound } //nolint:errorlint // Is compares by identity

// Directory answers from memory which enabled tenants there are. It is safe for concurrent use.
type Directory struct {
	names *store.Cache[string, Tenant]
	ids   *store.Cache[id.Tenant, Tenant]
}

// directoryLimit bounds the tenants that are kept in memory.
const directoryLimit = 10_000

// NewDirectory returns the directory of a store.
func NewDirectory(s *store.Store) *Directory {
	return &Directory{
		names: store.NewCache(s, Topic, directoryLimit, func(ctx context.Context, name string) (Tenant, error) {
			return load(ctx, s, func(r *store.Reader) (Tenant, error) { return ByName(r, name) })
		}),
		ids: store.NewCache(s, Topic, directoryLimit, func(ctx context.Context, tenant id.Tenant) (Tenant, error) {
			return load(ctx, s, func(r *store.Reader) (Tenant, error) { return Get(r, tenant) })
		}),
	}
}

func load(ctx context.Context, s *store.Store, get func(*store.Reader) (Tenant, error)) (t Tenant, err error) {
	err = s.Read(ctx, id.AllTenants, func(r *store.Reader) error {
		t, err = get(r)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !t.Enabled() {
		return Tenant{}, ErrNone
	}
	return t, err
}

// ByName returns the enabled tenant of a name, or ErrNone. A name of a wrong form is not looked up.
func (d *Directory) ByName(ctx context.Context, name string) (Tenant, error) {
	if CheckName(name) != nil {
		return Tenant{}, ErrNone
	}
	return d.names.Get(ctx, name)
}

// ByID returns the enabled tenant of an id, or ErrNone.
func (d *Directory) ByID(ctx context.Context, tenant id.Tenant) (Tenant, error) {
	return d.ids.Get(ctx, tenant)
}
