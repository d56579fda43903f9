package signin

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxSessions is how many living sessions an account has; a further one ends the oldest
// (security row AU28).
const MaxSessions = 100

// ContinueDetail says which session an interaction goes on with.
type ContinueDetail struct {
	Session string `json:"session"`
	Account string `json:"account"`
}

// Continue is the verb of going on with the session that the browser has.
var Continue = guard.Declare[interaction.ID, ContinueDetail]("interaction.continue", guard.Public, "Go on as the person who is signed in")

// Refused is the refusal of a step.
type Refused struct{ Code string }

// Error implements error.
func (r *Refused) Error() string { return "sign-in: " + r.Code }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return r.Code }

// The refusals.
var (
	ErrGone       = &Refused{"interaction_gone"} // over, expired, or another browser's
	ErrIncomplete = &Refused{"incomplete"}       // something is still missing
)

// Place names an interaction together with the browser that it belongs to.
type Place struct {
	Interaction interaction.ID
	Browser     []byte // digest of the binding cookie
}

// Begin is what the browser brings to the end of a sign-in.
type Begin struct {
	Place
	Digest  []byte           // of the cookie of the new session
	Old     *session.Session // the browser's living session, nil for none
	Address string
	Agent   string // User-Agent
}

// Finish starts the session of a sign-in in which nothing is missing. The session that the browser
// had ends: of the same person its grants go on with the new one, of another person they end with
// it. What was proved in the interaction is used up. Refusals: ErrGone, ErrIncomplete.
func (room *Room) Finish(ctx context.Context, c caller.Caller, tenant id.Tenant, b Begin) (session.Session, error) {
	now := room.guard.Store().Now()
	s := session.Session{ID: session.ID(id.New("ses", now)), Address: b.Address, Agent: b.Agent}
	detail := &session.StartDetail{}
	least, err := room.least(ctx, tenant)
	if err != nil {
		return s, err
	}
	err = room.guard.Do(ctx, c, session.Start.On(tenant, s.ID, detail), func(tx *store.Tx) error {
		i, err := get(tx, tenant, b.Place)
		if err != nil {
			return err
		}
		old, err := living(tx, tenant, b.Old)
		if err != nil {
			return err
		}
		who, facts := proved(i, old)
		if len(i.Facts) == 0 || who != i.Account || !fits(i, session.Session{Account: who}) || !atLeast(i.About.Want, least).MetBy(facts) {
			return ErrIncomplete
		}
		if s.Epoch, err = account.Active(tx.Read(), tenant, who); errors.Is(err, store.ErrNotFound) {
			return ErrIncomplete // disabled meanwhile
		} else if err != nil {
			return err
		}
		s.Account, s.Facts = who, facts
		s = room.life.Starting(s, now)
		strength := s.Strength()
		*detail = session.StartDetail{Account: string(who), ACR: strength.Level.ACR(), AMR: strength.AMR}
		if err := session.Insert(tx, tenant, s, b.Digest, b.Browser); err != nil {
			return err
		}
		if err := replace(tx, tenant, old, s); err != nil {
			return err
		}
		if _, err := session.EndOldest(tx, tenant, who, MaxSessions); err != nil {
			return err
		}
		if err := interaction.SetFacts(tx, tenant, i.ID, who, nil); err != nil {
			return err
		}
		return interaction.SetSession(tx, tenant, i.ID, s.ID)
	})
	return s, err
}

// Resume goes on with the session that the browser has, if that is enough. If it is not, the
// interaction remembers whom the person chose. Refusals: ErrGone.
func (room *Room) Resume(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, s session.Session) (enough bool, err error) {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return false, err
	}
	err = room.guard.Do(ctx, c, Continue.On(tenant, at.Interaction, &ContinueDetail{string(s.ID), string(s.Account)}), func(tx *store.Tx) error {
		i, err := get(tx, tenant, at)
		if err != nil {
			return err
		}
		present, err := living(tx, tenant, &s)
		if err != nil {
			return err
		}
		if present == nil || !fits(i, s) {
			return ErrGone
		}
		if enough = atLeast(i.About.Want, least).MetBy(present.Facts); !enough {
			return interaction.SetFacts(tx, tenant, i.ID, s.Account, nil)
		}
		return interaction.SetSession(tx, tenant, i.ID, s.ID)
	})
	return enough, err
}

func get(tx *store.Tx, tenant id.Tenant, at Place) (interaction.Interaction, error) {
	i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) {
		return i, ErrGone
	}
	return i, err
}

// living looks again whether the browser's session is alive.
func living(tx *store.Tx, tenant id.Tenant, s *session.Session) (*session.Session, error) {
	if s == nil {
		return nil, nil
	}
	again, err := session.Get(tx.Read(), tenant, s.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &again, err
}

// replace ends the session that the browser had before.
func replace(tx *store.Tx, tenant id.Tenant, old *session.Session, s session.Session) error {
	if old == nil {
		return nil
	}
	if old.Account == s.Account {
		if err := issued.MoveSession(tx, tenant, s.Account, string(old.ID), string(s.ID)); err != nil {
			return err
		}
	}
	return session.End(tx, tenant, old.ID)
}

// Cancel is the verb of going back without having signed in.
var Cancel = guard.Declare[interaction.ID, guard.None]("interaction.cancel", guard.Public, "Go back to the application without signing in")

// Stop notes that the person does not want to go on: the interaction is denied, which whoever began
// it tells the client. Refusal: ErrGone, also where there was an answer before.
func (room *Room) Stop(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place) error {
	return room.guard.Do(ctx, c, Cancel.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		i, err := get(tx, tenant, at)
		if err != nil {
			return err
		}
		err = interaction.Decide(tx, tenant, i.ID, i.Session, interaction.Denied)
		if errors.Is(err, store.ErrNotFound) {
			return ErrGone
		}
		return err
	})
}
