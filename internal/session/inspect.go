package session

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var errNone = guard.NotFound("There is no such session, or it has ended. `cardea session list` shows those that live.")

// Page lists up to limit living sessions before an id ("" for the newest), newest first, for
// whoever may inspect; who ("" for everybody) narrows it to one account. Refusal: invalid
// (limit, after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who account.ID, before ID, limit int) (out []Session, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 sessions at a time.")
	}
	if before != "" && id.Check("ses", string(before)) != nil {
		return nil, guard.Invalid("after", "Give the id of the last session of the page before.")
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = inspect(r, tenant, who, before, limit)
		return err
	})
	return out, err
}

// RevokeOne ends somebody's session for an administrator. Refusal: not_found (also if it had
// ended before).
func RevokeOne(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, session ID) error {
	if id.Check("ses", string(session)) != nil {
		return errNone
	}
	detail := &EndDetail{Reason: "administrator"}
	return g.Do(ctx, c, Revoke.On(tenant, session, detail), func(tx *store.Tx) error {
		s, err := Get(tx.Read(), tenant, session)
		if err == nil {
			detail.Account = string(s.Account)
			err = End(tx, tenant, session)
		}
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
}

func inspect(r *store.Reader, tenant id.Tenant, who account.ID, before ID, limit int) ([]Session, error) {
	if who == "" {
		return List(r, tenant, before, limit)
	}
	if before == "" {
		before = "~"
	}
	return collect(r, columns+alive+"AND s.account = $3 AND s.id < $4 ORDER BY s.id DESC LIMIT $5", tenant, r.Now(), who, before, limit)
}
