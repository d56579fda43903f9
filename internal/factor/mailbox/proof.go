package mailbox

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// Witness adds to an interaction of the row's browser that who reads the mail of the row's address.
// It is for a row that Prove or Proved has just returned. Refusal: ErrGone.
func Witness(tx *store.Tx, tenant id.Tenant, row Row, which interaction.ID, who account.ID) error {
	if row.ProvedAt.IsZero() {
		return ErrGone
	}
	i, err := interaction.Get(tx.Read(), tenant, which, row.Browser)
	if errors.Is(err, store.ErrNotFound) {
		return ErrGone
	}
	if err != nil {
		return err
	}
	if i.About.Account != "" && i.About.Account != who {
		return ErrGone
	}
	facts := i.Facts
	if i.Account != who {
		facts = nil
	}
	return interaction.SetFacts(tx, tenant, which, who, factor.Add(facts, factor.Proved(factor.Email, row.ProvedAt)))
}
