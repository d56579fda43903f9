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

// With ends, in the same transaction, what hangs on a session in rooms above.
type With func(tx *store.Tx, tenant id.Tenant, s Session) error

// RevokeOne ends somebody's session for an administrator. Refusal: not_found (also if it had
// ended before).
func RevokeOne(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, session ID, with With) error {
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
		if err == nil {
			err = with(tx, tenant, s)
		}
		if errors.Is(err, store.ErrNotFound) {
			return errNone
		}
		return err
	})
}

// RevokeEvery ends all sessions of an account for an administrator; with none it does nothing.
// Refusal: not_found, for no account.
func RevokeEvery(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who account.ID, with func(*store.Tx, id.Tenant, account.ID) error) error {
	if err := who.Check(); err != nil {
		return err
	}
	return g.Do(ctx, c, RevokeAll.On(tenant, who, &EndDetail{Account: string(who), Reason: "administrator"}), func(tx *store.Tx) error {
		if _, err := account.Get(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
			return account.ErrNone
		} else if err != nil {
			return err
		}
		if _, err := EndAll(tx, tenant, who, ""); err != nil {
			return err
		}
		return with(tx, tenant, who)
	})
}

func inspect(r *store.Reader, tenant id.Tenant, who account.ID, before ID, limit int) ([]Session, error) {
	if who == "" {
		return List(r, tenant, before, limit)
	}
	if before == "" {
		before = "~"
	}
	return collect(r, columns+alive+pageOfAccount, tenant, r.Now(), who, before, limit)
}
