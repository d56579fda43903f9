package key

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// topic is what caches of keys listen to.
const topic = "key"

// Set is the keys of one tenant, ready for use. It is immutable.
type Set struct {
	JWKS   jose.JWKS // what others verify with
	JSON   []byte    // the JWKS document
	signer map[jose.Algorithm]jose.PrivateKey
}

// Ring gives the keys of every tenant from memory, making those that are missing.
type Ring struct {
	guard   *guard.Guard
	root    *secret.Root
	periods Periods
	sets    *store.Cache[id.Tenant, *Set]
	making  sync.Mutex
}

// NewRing returns the ring of a store.
func NewRing(g *guard.Guard, root *secret.Root, p Periods) *Ring {
	k := &Ring{guard: g, root: root, periods: p}
	k.sets = store.NewCache(g.Store(), topic, 10_000, k.load)
	return k
}

// Set returns the tenant's keys.
func (k *Ring) Set(ctx context.Context, tenant id.Tenant) (*Set, error) {
	return k.sets.Get(ctx, tenant)
}

// Key implements jose.KeySource's look-up by kid.
func (s *Set) Key(kid string) (jose.PublicKey, bool) { return s.JWKS.Key(kid) }

// Signer returns the key that new tokens of the tenant are signed with, making the first.
func (k *Ring) Signer(ctx context.Context, tenant id.Tenant, alg jose.Algorithm) (jose.PrivateKey, error) {
	set, err := k.Set(ctx, tenant)
	if err != nil {
		return jose.PrivateKey{}, err
	}
	if s, ok := set.signer[alg]; ok {
		return s, nil
	}
	if err := k.first(ctx, tenant, alg); err != nil {
		return jose.PrivateKey{}, fmt.Errorf("make the first %s key: %w", alg, err)
	}
	if set, err = k.Set(ctx, tenant); err != nil {
		return jose.PrivateKey{}, err
	}
	s, ok := set.signer[alg]
	if !ok {
		return s, fmt.Errorf("no %s key of tenant %s is in use", alg, tenant)
	}
	return s, nil
}

// Prepare makes the keys that a tenant's first requests would wait for.
func (k *Ring) Prepare(ctx context.Context, tenant id.Tenant, algs ...jose.Algorithm) error {
	for _, alg := range algs {
		if _, err := k.Signer(ctx, tenant, alg); err != nil {
			return err
		}
	}
	return nil
}

// first makes a key that is used at once, unless another caller or node was first.
func (k *Ring) first(ctx context.Context, tenant id.Tenant, alg jose.Algorithm) error {
	k.making.Lock() // RSA keys are dear: one at a time
	defer k.making.Unlock()
	if set, err := k.Set(ctx, tenant); err != nil || set.signer[alg].ID() != "" && !set.signer[alg].IsZero() {
		return err
	}
	fresh, err := k.fresh(tenant, alg, Used)
	if err != nil {
		return err
	}
	return k.guard.Do(ctx, caller.Job("key"), Make.On(tenant, fresh.ID, &Detail{string(alg), Used}), func(tx *store.Tx) error {
		used, err := inState(tx.Read(), tenant, alg, Used)
		if err != nil {
			return err
		}
		if len(used) == 0 {
			err = insert(tx, tenant, fresh)
		}
		if err != nil {
			return err
		}
		return tx.Touch(topic)
	})
}

// fresh makes a key; it takes long for RSA and belongs before a transaction.
func (k *Ring) fresh(tenant id.Tenant, alg jose.Algorithm, s State) (Key, error) {
	private, err := jose.GenerateKey(alg)
	if err != nil {
		return Key{}, err
	}
	jwk, err := private.MarshalJWK()
	if err != nil {
		return Key{}, err
	}
	public, err := json.Marshal(private.Public())
	if err != nil {
		return Key{}, err
	}
	now := k.guard.Store().Now()
	return Key{
		ID: ID(private.ID()), Algorithm: alg, State: s, CreatedAt: now, ChangedAt: now, public: public,
		sealed: k.root.Seal(place(tenant, ID(private.ID())), jwk),
	}, nil
}

func place(tenant id.Tenant, key ID) secret.Place {
	return secret.Place{Table: "signing_key", Column: "sealed", Tenant: string(tenant), Row: string(key)}
}

func (k *Ring) load(ctx context.Context, tenant id.Tenant) (*Set, error) {
	var keys []Key
	if err := k.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		keys, err = live(r, tenant)
		return err
	}); err != nil {
		return nil, err
	}
	set := &Set{signer: map[jose.Algorithm]jose.PrivateKey{}}
	var public []jose.PublicKey
	for _, row := range keys {
		p, err := jose.ParsePublicKey(row.public)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", row.ID, err)
		}
		public = append(public, p)
		if row.State != Used {
			continue
		}
		jwk, err := k.root.Open(place(tenant, row.ID), row.sealed)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w: is this the root key it was sealed under?", row.ID, err)
		}
		if set.signer[row.Algorithm], err = jose.ParsePrivateKey(jwk); err != nil {
			return nil, fmt.Errorf("signing key %s: %w", row.ID, err)
		}
	}
	var err error
	if set.JWKS, err = jose.NewJWKS(public...); err != nil {
		return nil, err
	}
	set.JSON, err = json.Marshal(set.JWKS)
	return set, err
}

// Page lists a tenant's keys for whoever may inspect.
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant) (out []Key, err error) {
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant)
		return err
	})
	return out, err
}

// RotateNow publishes a successor for the algorithm. With atOnce it signs from now on, without
// the wait in which relying parties learn of it: for a key that leaked. The key before it is
// retired and keeps verifying, unless drop says that nothing it signed may count any more.
func (k *Ring) RotateNow(ctx context.Context, c caller.Caller, tenant id.Tenant, alg jose.Algorithm, atOnce, drop bool) (Key, error) {
	state := Published
	if atOnce || drop {
		state = Used
	}
	fresh, err := k.fresh(tenant, alg, state)
	if err != nil {
		return fresh, err
	}
	err = k.guard.Do(ctx, c, Rotate.On(tenant, fresh.ID, &Detail{string(alg), state}), func(tx *store.Tx) error {
		waiting, err := inState(tx.Read(), tenant, alg, Published)
		if err != nil {
			return err
		}
		if len(waiting) > 0 && state == Published {
			return guard.Conflict("A successor is published already and will be used in time. Rotate with --now to use a new key at once.")
		}
		used, err := inState(tx.Read(), tenant, alg, Used)
		if err != nil {
			return err
		}
		for _, old := range slices.Concat(used, waiting) {
			switch {
			case state == Published:
				continue
			case drop || old.State == Published:
				err = move(tx, tenant, old.ID, old.State, Dropped)
			default:
				err = move(tx, tenant, old.ID, old.State, Retired)
			}
			if err != nil {
				return err
			}
		}
		if err := insert(tx, tenant, fresh); err != nil {
			return err
		}
		return tx.Touch(topic)
	})
	return fresh, err
}

// TurnAll moves every key of every tenant that is due and publishes successors of keys that
// near their end. The job that calls it holds a lease; running it twice at once does no harm.
func (k *Ring) TurnAll(ctx context.Context) error {
	var all []id.Tenant
	if err := k.guard.Store().Read(ctx, id.AllTenants, func(r *store.Reader) (err error) {
		all, err = tenants(r)
		return err
	}); err != nil {
		return err
	}
	for _, tenant := range all {
		if err := k.turn(ctx, tenant); err != nil {
			return fmt.Errorf("turn the keys of tenant %s: %w", tenant, err)
		}
	}
	return nil
}

func (k *Ring) turn(ctx context.Context, tenant id.Tenant) error {
	var keys []Key
	if err := k.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		keys, err = live(r, tenant)
		return err
	}); err != nil {
		return err
	}
	now := k.guard.Store().Now()
	byAlg := map[jose.Algorithm]map[State]Key{}
	for _, key := range keys {
		if byAlg[key.Algorithm] == nil {
			byAlg[key.Algorithm] = map[State]Key{}
		}
		byAlg[key.Algorithm][key.State] = key
		if key.State == Retired && due(key, k.periods, false, now) == Dropped {
			if err := k.step(ctx, tenant, key, Dropped, nil); err != nil {
				return err
			}
		}
	}
	for alg, states := range byAlg {
		used, hasUsed := states[Used]
		next, hasNext := states[Published]
		switch {
		case hasNext && due(next, k.periods, false, now) == Used:
			var old *Key
			if hasUsed {
				old = &used
			}
			if err := k.step(ctx, tenant, next, Used, old); err != nil {
				return err
			}
		case hasUsed && !hasNext && now.Sub(used.ChangedAt) >= k.periods.Use-k.periods.Publish:
			if err := k.publish(ctx, tenant, alg); err != nil {
				return err
			}
		}
	}
	return nil
}

// step moves a key, and its predecessor out of its way, in one transaction.
func (k *Ring) step(ctx context.Context, tenant id.Tenant, key Key, to State, old *Key) error {
	return k.guard.Do(ctx, caller.Job("key"), Turn.On(tenant, key.ID, &Detail{string(key.Algorithm), to}), func(tx *store.Tx) error {
		if old != nil {
			if err := move(tx, tenant, old.ID, old.State, due(*old, k.periods, true, tx.Now())); err != nil {
				return err
			}
		}
		if err := move(tx, tenant, key.ID, key.State, to); err != nil {
			return err
		}
		return tx.Touch(topic)
	})
}

func (k *Ring) publish(ctx context.Context, tenant id.Tenant, alg jose.Algorithm) error {
	fresh, err := k.fresh(tenant, alg, Published)
	if err != nil {
		return err
	}
	return k.guard.Do(ctx, caller.Job("key"), Turn.On(tenant, fresh.ID, &Detail{string(alg), Published}), func(tx *store.Tx) error {
		if waiting, err := inState(tx.Read(), tenant, alg, Published); err != nil || len(waiting) > 0 {
			return err
		}
		if err := insert(tx, tenant, fresh); err != nil {
			return err
		}
		return tx.Touch(topic)
	})
}

// TurnEvery is how often the job looks.
const TurnEvery = time.Hour
