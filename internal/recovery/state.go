package recovery

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
)

// Step is what a recovery asks for next. It is computed from what was proved and stands nowhere.
type Step string

// The steps.
const (
	StepMail     Step = "mail"     // the code that went to an address
	StepSecond   Step = "second"   // one more way
	StepPassword Step = "password" // a new password
)

// State is where a recovery stands.
type State struct {
	Step        Step
	Interaction interaction.Interaction
	Address     string // masked, with StepSecond: where a second code could go; "" for nowhere
	SecondAsked bool   // a code is on its way there
	// MayForget says that the person may give up the factors that are lost: two recovery ways were
	// proved, and none of those factors.
	MayForget bool

	account account.ID
	ways    []string
}

// State looks where a recovery stands. Refusal: ErrGone.
func (room *Room) State(ctx context.Context, tenant id.Tenant, at Place) (s State, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		s, err = room.state(r, tenant, at)
		return err
	})
	return s, err
}

func (room *Room) state(r *store.Reader, tenant id.Tenant, at Place) (s State, err error) {
	s.Step = StepMail
	if s.Interaction, err = get(r, tenant, at); err != nil {
		return s, err
	}
	first, err := room.Mailbox.Proved(r, tenant, at.key(Primary))
	if errors.Is(err, mailbox.ErrGone) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	// The facts are the interaction's; the row says whose mail it was. Where the two differ somebody
	// proved something about somebody else in between, and the recovery is back at its beginning.
	a, err := active(r, tenant, first.Account)
	if err != nil || a.ID == "" || s.Interaction.Account != a.ID || !has(s.Interaction.Facts, factor.Email) {
		return s, err
	}
	s.account, s.ways = a.ID, []string{"mail"}
	reach, err := room.Reach(r, tenant, a.ID)
	if err != nil {
		return s, err
	}
	// NIST SP 800-63B-4 §4.2.2.2: an account with AAL2 is recovered by two recovery codes that come by
	// different ways, or by one and a proof of one authenticator that is bound to the account.
	if reach < 2 {
		s.Step = StepPassword
		return s, nil
	}
	s.Step = StepSecond
	for _, f := range s.Interaction.Facts {
		if interaction.Recovers(f.Kind()) {
			s.Step, s.ways = StepPassword, append(s.ways, string(f.Kind()))
			s.MayForget = s.MayForget || f.Kind() == factor.RecoveryCode
		}
	}
	return s, room.second(r, tenant, at, a, first, &s)
}

// second looks at the second address: where it is, and whether its code came back.
func (room *Room) second(r *store.Reader, tenant id.Tenant, at Place, a account.Account, first mailbox.Row, s *State) error {
	rules, err := Settings.Get(r, tenant)
	if err != nil || !rules.SecondAddress {
		return err
	}
	to, ok := other(a, first)
	if !ok {
		return nil
	}
	s.Address = outbox.Mask(string(to))
	row, err := room.Mailbox.Asked(r, tenant, at.key(Secondary))
	if errors.Is(err, mailbox.ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	s.SecondAsked = true
	if !row.ProvedAt.IsZero() && row.Account == a.ID && row.Address == string(to) {
		s.Step, s.ways = StepPassword, append(s.ways, "second_address")
		s.MayForget = true
	}
	return nil
}

// other is a verified address of the account beside the one that the first code went to.
func other(a account.Account, first mailbox.Row) (account.EmailAddress, bool) {
	for _, e := range a.Verified() {
		if e.Key() != first.SentTo.Key() {
			return e, true
		}
	}
	return "", false
}

func has(facts []factor.Fact, k factor.Kind) bool {
	return slices.ContainsFunc(facts, func(f factor.Fact) bool { return f.Kind() == k })
}

// AskSecond sends a code to the second address. Refusals: ErrGone, ErrIncomplete (it is not the step,
// or there is no such address).
func (room *Room) AskSecond(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, locale string) error {
	return room.Guard.Do(ctx, c, Second.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		s, err := room.state(tx.Read(), tenant, at)
		if err != nil {
			return err
		}
		if s.Step != StepSecond || s.Address == "" {
			return ErrIncomplete
		}
		a, err := account.Get(tx.Read(), tenant, s.account)
		if err != nil {
			return err
		}
		first, err := room.Mailbox.Proved(tx.Read(), tenant, at.key(Primary))
		if err != nil {
			return err
		}
		to, _ := other(a, first)
		return room.Mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(Secondary), Address: string(to), Account: a.ID, Locale: locale})
	})
}

// toSecond says where the second code goes: to the address that AskSecond chose, if it is still the
// account's.
func (room *Room) toSecond(tx *store.Tx, tenant id.Tenant, row mailbox.Row) (mailbox.Target, error) {
	a, err := active(tx.Read(), tenant, row.Account)
	if err != nil || a.ID == "" {
		return mailbox.Target{}, err
	}
	for _, e := range a.Verified() {
		if string(e) == row.Address {
			return room.letter(tenant, row, a.ID, e), nil
		}
	}
	return mailbox.Target{}, nil
}
