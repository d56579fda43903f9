package notify

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var errNone = guard.NotFound("There is no such effect: it got out, or was dropped. `cardea outbox list` shows those that there are.")

// State says how an effect stands.
type State string

// The states. What got out is no longer there.
const (
	Waiting State = "waiting"  // not tried yet, or no carrier is configured
	Failed  State = "failed"   // tried, and will be again
	GivenUp State = "given_up" // needs somebody's decision
)

// Entry is an effect that has not got out yet.
type Entry struct {
	ID        outbox.ID
	Carrier   outbox.Kind
	Kind      Kind // "" for what is no message
	Account   account.ID
	To        string // masked: a…@example.com
	State     State
	Attempts  int
	LastError string // without addresses
	DueAt     time.Time
	CreatedAt time.Time
	GivenUpAt time.Time
}

func entry(e outbox.Entry) Entry {
	out := Entry{ID: e.ID, Carrier: e.Kind, Account: account.ID(e.Subject), State: Waiting, Attempts: e.Attempts,
		LastError: e.LastError, DueAt: e.DueAt, CreatedAt: e.CreatedAt, GivenUpAt: e.GivenUpAt}
	switch {
	case !e.GivenUpAt.IsZero():
		out.State = GivenUp
	case e.LastError != "":
		out.State = Failed
	}
	var v envelope
	if json.Unmarshal(e.Payload, &v) == nil {
		out.Kind, out.To = v.Kind, v.To
	}
	return out
}

// Page lists up to limit effects before an id ("" for the newest), newest first, for whoever may
// inspect. Refusal: invalid (limit, after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, before outbox.ID, limit int) (out []Entry, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 effects at a time.")
	}
	if before != "" && before.Check() != nil {
		return nil, guard.Invalid("after", "Give the id of the last effect of the page before.")
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		found, err := outbox.List(r, tenant, before, limit)
		out = make([]Entry, len(found))
		for i, e := range found {
			out[i] = entry(e)
		}
		return err
	})
	return out, err
}

// Retry makes an effect due now, whether it waits or was given up. Refusal: not_found.
func Retry(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, effect outbox.ID) error {
	return act(ctx, g, c, tenant, Again, effect, outbox.Retry)
}

// Delete drops an effect. One that its carrier has in hand may still get out. Refusal: not_found.
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, effect outbox.ID) error {
	return act(ctx, g, c, tenant, Remove, effect, outbox.Delete)
}

func act(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, a guard.Action[outbox.ID, EffectDetail], effect outbox.ID,
	do func(*store.Tx, id.Tenant, outbox.ID) error,
) error {
	if effect.Check() != nil {
		return errNone
	}
	detail := &EffectDetail{}
	return g.Do(ctx, c, a.On(tenant, effect, detail), func(tx *store.Tx) error {
		found, err := outbox.Get(tx.Read(), tenant, effect)
		if err == nil {
			e := entry(found)
			*detail = EffectDetail{string(e.Carrier), e.Kind, string(e.Account)}
			err = do(tx, tenant, effect)
		}
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
}
