package interaction

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Place is where the proof of a second factor goes: an interaction of the browser with this binding,
// which beside its own facts knows those of the browser's session.
type Place struct {
	Interaction ID
	Browser     []byte     // digest of the binding cookie
	Session     session.ID // the browser's session, "" for none
}

// AddSecond adds the proof of a second factor. It counts only beside a first one, as AwaitsSecond
// says; else it returns store.ErrNotFound.
func AddSecond(tx *store.Tx, tenant id.Tenant, at Place, who account.ID, f factor.Fact) error {
	i, err := AwaitsSecond(tx.Read(), tenant, at, who)
	if err != nil {
		return err
	}
	return SetFacts(tx, tenant, at.Interaction, who, factor.Add(i.Facts, f))
}

// AwaitsSecond returns an interaction in which a person may prove a second factor: they have proved
// a first one, in the interaction or in the browser's living session. For one where
// nothing was proved, and for one that is over, another browser's or about another person, it
// returns store.ErrNotFound.
func AwaitsSecond(r *store.Reader, tenant id.Tenant, at Place, who account.ID) (Interaction, error) {
	i, err := Get(r, tenant, at.Interaction, at.Browser)
	if err != nil {
		return i, err
	}
	if i.About.Account != "" && i.About.Account != who || i.Account != "" && i.Account != who {
		return i, store.ErrNotFound
	}
	if i.Account == who && len(i.Facts) > 0 {
		return i, nil
	}
	if at.Session == "" {
		return i, store.ErrNotFound
	}
	living, err := session.Get(r, tenant, at.Session)
	if err == nil && (living.Account != who || len(living.Facts) == 0) {
		err = store.ErrNotFound
	}
	return i, err
}
