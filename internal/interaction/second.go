package interaction

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// AddSecond adds the proof of a second factor. It counts only beside a first one, as AwaitsSecond
// says; else it returns store.ErrNotFound.
func AddSecond(tx *store.Tx, tenant id.Tenant, which ID, browser []byte, who account.ID, s session.ID, f factor.Fact) error {
	i, err := AwaitsSecond(tx.Read(), tenant, which, browser, who, s)
	if err != nil {
		return err
	}
	return SetFacts(tx, tenant, which, who, factor.Add(i.Facts, f))
}

// AwaitsSecond returns an interaction in which a person may prove a second factor: they have proved
// a first one, in the interaction or in the browser's living session s ("" for none). For one where
// nothing was proved, and for one that is over, another browser's or about another person, it
// returns store.ErrNotFound.
func AwaitsSecond(r *store.Reader, tenant id.Tenant, which ID, browser []byte, who account.ID, s session.ID) (Interaction, error) {
	i, err := Get(r, tenant, which, browser)
	if err != nil {
		return i, err
	}
	if i.About.Account != "" && i.About.Account != who || i.Account != "" && i.Account != who {
		return i, store.ErrNotFound
	}
	if i.Account == who && len(i.Facts) > 0 {
		return i, nil
	}
	if s == "" {
		return i, store.ErrNotFound
	}
	living, err := session.Get(r, tenant, s)
	if err == nil && (living.Account != who || len(living.Facts) == 0) {
		err = store.ErrNotFound
	}
	return i, err
}
