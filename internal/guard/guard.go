package guard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// Guard joins policy, transaction and log. It is safe for concurrent use.
type Guard struct {
	store  *store.Store
	policy *policy.Engine
	log    *audit.Log
}

// New returns the guard of a store. Its log keeps nothing personal; see Keeping.
func New(s *store.Store, p *policy.Engine) *Guard { return &Guard{s, p, audit.NewLog(nil)} }

// Keeping returns the guard with another log, such as one that has the keys of its people.
func (g *Guard) Keeping(l *audit.Log) *Guard { return &Guard{g.store, g.policy, l} }

// Log is where the guard writes what was done, for those who read it.
func (g *Guard) Log() *audit.Log { return g.log }

// Store is the guarded store, for reading what belongs to no person: keys, clients, a caller's
// own rows.
func (g *Guard) Store() *store.Store { return g.store }

// Do decides, runs fn in a transaction and logs; the package comment says how it ends.
func (g *Guard) Do(ctx context.Context, c caller.Caller, d Deed, fn func(*store.Tx) error) error {
	var verdict error
	err := g.store.Write(ctx, d.tenant, d.info.Mode, func(tx *store.Tx) error {
		verdict = nil // fn may run again after a conflict
		denied, err := g.decide(tx.Read(), c, d)
		if err != nil {
			return err
		}
		if denied != nil {
			verdict = denied
			return g.write(tx, d, c, audit.Denied, refusalDetail{Code: denied.RefusalCode()})
		}
		err = fn(tx)
		if err == nil {
			return g.write(tx, d, c, audit.Done, d.detail)
		}
		var refusal Refusal
		if !errors.As(err, &refusal) {
			return err
		}
		verdict = err
		if err := tx.Refuse(); err != nil {
			return err
		}
		return g.write(tx, d, c, audit.Refused, refusalDetail{Code: refusal.RefusalCode(), Detail: d.detail})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", d.info.Name, err)
	}
	return verdict
}

// See decides and runs fn with a reader. Nothing is written.
func (g *Guard) See(ctx context.Context, c caller.Caller, d Deed, fn func(*store.Reader) error) error {
	return g.store.Read(ctx, d.tenant, func(r *store.Reader) error {
		denied, err := g.decide(r, c, d)
		if err != nil {
			return err
		}
		if denied != nil {
			return denied
		}
		return fn(r)
	})
}

// May answers whether policy allows the deed, for pages that leave out what would be denied.
// Doing it decides again.
func (g *Guard) May(ctx context.Context, c caller.Caller, d Deed) (allowed bool, err error) {
	err = g.store.Read(ctx, d.tenant, func(r *store.Reader) error {
		denied, err := g.decide(r, c, d)
		allowed = err == nil && denied == nil
		return err
	})
	return allowed, err
}

func (g *Guard) decide(r *store.Reader, c caller.Caller, d Deed) (*Denied, error) {
	if d.info == nil || d.tenant == "" || d.tenant == id.AllTenants && d.info.Class != System {
		return nil, errors.New("guard: a deed needs a declared action and a tenant")
	}
	q := policy.Request{Caller: c, Action: d.info.Name, Class: d.info.Class, Kind: d.kind(), Resource: d.resource}
	facts, err := g.policy.Facts(r, q)
	if err != nil {
		return nil, err
	}
	if decision := g.policy.Decide(q, facts); !decision.Allowed {
		return &Denied{Action: d.info.Name, Policies: decision.Policies}, nil
	}
	return nil, nil
}

// refusalDetail is what the log keeps of an operation that did not happen.
type refusalDetail struct {
	Code   string `json:"code"`
	Detail any    `json:"detail,omitempty"`
}

func (g *Guard) write(tx *store.Tx, d Deed, c caller.Caller, outcome audit.Outcome, detail any) error {
	body := []byte("{}")
	if detail != nil {
		var err error
		if body, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("the detail of %s: %w", d.info.Name, err)
		}
	}
	return g.log.Append(tx, 0, audit.Event{
		Tenant: d.tenant, Action: d.info.Name, Outcome: outcome, Caller: c, Resource: d.resource, Person: d.person(c), Detail: body,
		Claimed: d.info.claimed || outcome != audit.Done,
	})
}
