// Package event lets administrators read the log of their tenant: newest first through a
// filter, or following it by position. It writes nothing; package audit does.
package event

import (
	"context"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// ListAll is the room's verb.
var ListAll = guard.Declare[string, guard.None]("event.list", guard.Inspect, "Read the log of what was done, refused and denied")

// MaxPage is the most that a page holds.
const MaxPage = 500

var errLimit = guard.Invalid("limit", "Ask for 1 to 500 events at a time.")

// Page lists up to limit events that pass the filter before a position (0 for the newest),
// newest first, for whoever may inspect. Refusal: invalid (limit).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, f audit.Filter, before int64, limit int) (out []audit.Event, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = g.Log().List(r, tenant, f, before, limit)
		return err
	})
	return out, err
}

// Follow returns up to limit events behind a position, oldest first, for whoever may inspect.
// Positions are dense: a follower that asks again behind the last one misses none. Refusal:
// invalid (limit).
func Follow(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, after int64, limit int) (out []audit.Event, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = g.Log().Follow(r, tenant, after, limit)
		return err
	})
	return out, err
}
