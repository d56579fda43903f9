package client

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// topic is what caches of clients listen to.
const topic = "client"

var errNone = guard.NotFound("There is no such application. `cardea client list` shows those that there are.")

// Create registers a client and returns its secret, which is shown this once and stored
// nowhere; a public client's is empty. Refusal: invalid.
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, root *secret.Root, tenant id.Tenant, n Client) (Client, secret.Secret, error) {
	var text secret.Secret
	if err := n.normalize(); err != nil {
		return n, text, err
	}
	n.CreatedAt = g.Store().Now()
	n.ID, n.Version = ID(id.New("cli", n.CreatedAt)), 1
	if !n.Public() {
		text = secret.ClientSecret.Mint()
		n.digest = root.Digest(secret.ClientSecret, text)
	}
	err := g.Do(ctx, c, Add.On(tenant, n.ID, nil), func(tx *store.Tx) error {
		return settle(tx, insert(tx, tenant, n))
	})
	return n, text, err
}

// Update replaces what n.ID names, if it still has n.Version. A client that becomes
// confidential needs RotateSecret next; one that becomes public loses its secret. Refusals:
// invalid, not_found, conflict.
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, n Client) (Client, error) {
	if err := n.normalize(); err != nil {
		return n, err
	}
	err := g.Do(ctx, c, Change.On(tenant, n.ID, nil), func(tx *store.Tx) error {
		old, err := Get(tx.Read(), tenant, n.ID)
		if err != nil {
			return settle(tx, err)
		}
		if n.digest = old.digest; n.Public() {
			n.digest = nil
		}
		if old.Version != n.Version {
			return guard.Conflict("Somebody changed this application meanwhile. Look at it again and repeat your change.")
		}
		return settle(tx, update(tx, tenant, n))
	})
	n.Version++
	return n, err
}

// RotateSecret gives a confidential client a new secret; the old one is accepted for grace
// longer. Refusals: not_found, conflict (the client is public).
func RotateSecret(ctx context.Context, g *guard.Guard, c caller.Caller, root *secret.Root, tenant id.Tenant, client ID, grace time.Duration) (secret.Secret, error) {
	text := secret.ClientSecret.Mint()
	digest := root.Digest(secret.ClientSecret, text)
	err := g.Do(ctx, c, Rotate.On(tenant, client, nil), func(tx *store.Tx) error {
		old, err := Get(tx.Read(), tenant, client)
		if err != nil {
			return settle(tx, err)
		}
		if old.Public() {
			return guard.Conflict("This application is public: it has no secret.")
		}
		return settle(tx, setSecret(tx, tenant, client, digest, tx.Now().Add(grace)))
	})
	return text, err
}

// SetDisabled stops a client, or lets it work again. Refusal: not_found.
func SetDisabled(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, client ID, disabled bool) error {
	deed := Enable.On(tenant, client, nil)
	if disabled {
		deed = Disable.On(tenant, client, nil)
	}
	return g.Do(ctx, c, deed, func(tx *store.Tx) error {
		at := time.Time{}
		if disabled {
			at = tx.Now()
		}
		return settle(tx, setDisabled(tx, tenant, client, at))
	})
}

// Delete removes a client; its id is never used again. Refusal: not_found.
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, client ID) error {
	return g.Do(ctx, c, Remove.On(tenant, client, nil), func(tx *store.Tx) error {
		return settle(tx, remove(tx, tenant, client))
	})
}

// Look returns a client to whoever may inspect. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, client ID) (out Client, err error) {
	err = g.See(ctx, c, Show.On(tenant, client, nil), func(r *store.Reader) error {
		out, err = Get(r, tenant, client)
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
	return out, err
}

// Page lists clients for whoever may inspect.
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, after ID, limit int) (out []Client, err error) {
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant, after, limit)
		return err
	})
	return out, err
}

func settle(tx *store.Tx, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errNone
	}
	if err != nil {
		return err
	}
	return tx.Touch(topic)
}

// Directory answers look-ups of active clients from memory.
type Directory struct {
	cache *store.Cache[key, Client]
}

type key struct {
	tenant id.Tenant
	client ID
}

// NewDirectory returns the directory of a store.
func NewDirectory(s *store.Store) *Directory {
	return &Directory{store.NewCache(s, topic, 20_000, func(ctx context.Context, k key) (c Client, err error) {
		err = s.Read(ctx, k.tenant, func(r *store.Reader) error {
			c, err = Get(r, k.tenant, k.client)
			return err
		})
		if err == nil && !c.DisabledAt.IsZero() {
			return Client{}, store.ErrNotFound
		}
		return c, err
	})}
}

// Active returns a client that is not disabled, or store.ErrNotFound; also for ids that no
// client can have, without asking the database.
func (d *Directory) Active(ctx context.Context, tenant id.Tenant, client ID) (Client, error) {
	if id.Check("cli", string(client)) != nil {
		return Client{}, store.ErrNotFound
	}
	return d.cache.Get(ctx, key{tenant, client})
}
