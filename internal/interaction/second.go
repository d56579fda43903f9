package interaction

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// AddSecond adds the proof of a second factor. It counts only beside a first one of the same
// person, in the interaction or in the browser's living session s ("" for none): else, and for an
// interaction that is over, another browser's or about another person, it returns
// store.ErrNotFound.
func AddSecond(tx *store.Tx, tenant id.Tenant, which ID, browser []byte, who account.ID, s session.ID, f factor.Fact) error {
	i, err := Get(tx.Read(), tenant, which, browser)
	if err != nil {
		return err
	}
	if i.About.Account != "" && i.About.Account != who || i.Account != "" && i.Account != who {
		return store.ErrNotFound
	}
	first := i.Account == who && len(i.Facts) > 0
	if !first && s != "" {
		living, err := session.Get(tx.Read(), tenant, s)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		first = err == nil && living.Account == who && len(living.Facts) > 0
	}
	if !first {
		return store.ErrNotFound
	}
	return SetFacts(tx, tenant, which, who, factor.Add(i.Facts, f))
}
