package registration

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// PathLater is the page that asks, at a later sign-in, for what was not asked at first. It takes ?i=ID.
const PathLater = "/signin/details"

// Later is what a person is asked at a sign-in.
type Later struct {
	Terms  string   // the version of the terms to accept; "" for none
	Claims []string // what they may tell, or leave out; each is asked for once
}

// Empty tells whether there is nothing to ask.
func (l Later) Empty() bool { return l.Terms == "" && len(l.Claims) == 0 }

// AskPath is PathLater; see signin.Asking.
func (room *Room) AskPath() string { return PathLater }

// Asks tells whether there is something to ask; see signin.Asking.
func (room *Room) Asks(r *store.Reader, tenant id.Tenant, who account.ID, i interaction.Interaction) (bool, error) {
	l, err := room.Later(r, tenant, who, i)
	return !l.Empty(), err
}

// Later is what an account is asked in a sign-in: terms in a version that it has not accepted, and
// claims that it lacks and was never asked for. An account that was made in this very sign-in has
// told enough.
func (room *Room) Later(r *store.Reader, tenant id.Tenant, who account.ID, i interaction.Interaction) (l Later, err error) {
	rules, err := Settings.Get(r, tenant)
	if err != nil || rules.TermsVersion == "" && len(rules.AskLater) == 0 {
		return l, err
	}
	if rules.TermsVersion != "" {
		if yes, err := accepted(r, tenant, who, rules.TermsVersion); err != nil {
			return l, err
		} else if !yes {
			l.Terms = rules.TermsVersion
		}
	}
	if len(rules.AskLater) == 0 {
		return l, nil
	}
	a, err := account.Get(r, tenant, who)
	if err != nil || !a.CreatedAt.Before(i.CreatedAt) {
		return l, err
	}
	asked, err := claimsAsked(r, tenant, who)
	if err != nil {
		return l, err
	}
	for _, name := range Asked {
		if slices.Contains(rules.AskLater, name) && *claim(&a.Claims, name) == "" && !slices.Contains(asked, name) {
			l.Claims = append(l.Claims, name)
		}
	}
	return l, nil
}

// Answer keeps what a person answered, inside of a guarded operation. terms is the version that they
// accepted. Of the claims that they were asked for, told has what they wrote; the others are not asked
// for again. Refusals: ErrTerms, invalid (a claim).
func (room *Room) Answer(tx *store.Tx, tenant id.Tenant, who account.ID, i interaction.Interaction, terms string, told func(name string) string, detail *AnswerDetail) error {
	l, err := room.Later(tx.Read(), tenant, who, i)
	if err != nil {
		return err
	}
	if terms != l.Terms {
		return ErrTerms
	}
	if l.Terms != "" {
		if err := accept(tx, tenant, who, l.Terms); err != nil {
			return err
		}
	}
	*detail = AnswerDetail{Interaction: string(i.ID), Terms: l.Terms}
	for _, name := range l.Claims {
		if told(name) != "" {
			detail.Claims = append(detail.Claims, name)
		}
		if err := noteAsked(tx, tenant, who, name); err != nil {
			return err
		}
	}
	if len(detail.Claims) == 0 {
		return nil
	}
	return account.Fill(tx, tenant, who, func(c *account.Claims) { Fill(c, l.Claims, told) })
}
