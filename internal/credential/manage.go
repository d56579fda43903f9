package credential

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// RemoveDetail is what the log keeps of a credential that was taken away.
type RemoveDetail struct {
	Kind Kind `json:"kind"`
	ID   ID   `json:"id"`
}

// The verbs of administrators. Both are done to an account, so that policy knows its rank (security
// row AU17).
var (
	ListAll   = guard.Declare[account.ID, guard.None]("account.list_credentials", guard.Inspect, "See which credentials an account has")
	RemoveOne = guard.Declare[account.ID, RemoveDetail]("account.remove_credential", guard.Administer, "Take a credential from an account")
)

// Info is a credential without its data.
type Info struct {
	// Kind is the factor that it belongs to: password, totp, passkey.
	Kind Kind `json:"kind"`
	// ID tells those of one kind apart.
	ID ID `json:"id"`
	// CreatedAt is when it was set.
	CreatedAt time.Time `json:"created_at"`
	// UsedAt is when it last proved who its owner is.
	UsedAt time.Time `json:"used_at,omitzero"`
}

// Cursor names the credential among those of its account: "passkey/…".
func (i Info) Cursor() string { return string(i.Kind) + "/" + string(i.ID) }

// maxInfo bounds what an account can have.
const maxInfo = 1000

// Page lists an account's credentials in order of kind and id, behind a cursor. Refusal: not_found.
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who account.ID, after string, limit int) (out []Info, err error) {
	if err := who.Check(); err != nil {
		return nil, account.ErrNone
	}
	err = g.See(ctx, c, ListAll.On(tenant, who, nil), func(r *store.Reader) error {
		if _, err := account.Get(r, tenant, who); errors.Is(err, store.ErrNotFound) {
			return account.ErrNone
		} else if err != nil {
			return err
		}
		all, err := store.Collect(r, func(row store.Row) (i Info, err error) {
			return i, row.Scan(&i.Kind, &i.ID, &i.CreatedAt, &i.UsedAt)
		}, "SELECT kind, id, created_at, used_at FROM credential WHERE tenant = $1 AND account = $2 LIMIT $3", tenant, who, maxInfo)
		slices.SortFunc(all, func(a, b Info) int { return cmp.Compare(a.Cursor(), b.Cursor()) }) // whatever the database's collation
		for _, i := range all {
			if i.Cursor() > after && len(out) < limit {
				out = append(out, i)
			}
		}
		return err
	})
	return out, err
}

// Take removes a credential of somebody else's on an administrator's word; then runs behind it in the
// same transaction. Sessions go on: ending them is a verb of its own. Refusal: not_found.
func Take(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who account.ID, kind Kind, which ID, then func(*store.Tx) error) error {
	if err := who.Check(); err != nil {
		return account.ErrNone
	}
	return g.Do(ctx, c, RemoveOne.On(tenant, who, &RemoveDetail{kind, which}), func(tx *store.Tx) error {
		err := Delete(tx, tenant, who, kind, which)
		if errors.Is(err, store.ErrNotFound) {
			return guard.NotFound("The account has no such credential.")
		}
		if err != nil {
			return err
		}
		return then(tx)
	})
}
