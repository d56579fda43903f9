package signin

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

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
	ErrDenied     = &Refused{"denied"}           // policies let nobody in so
)

// Place names an interaction together with the browser that it belongs to.
type Place struct {
	Interaction interaction.ID
	Browser     []byte // digest of the binding cookie
}

// Accounts are the digests of the browser's accounts cookie: the present one, nil for none, and the
// one that it will have.
type Accounts struct{ Old, New []byte }

// Begin is what the browser brings to the end of a sign-in.
type Begin struct {
	Place
	Arrival
	Digest   []byte // of the cookie of the new session
	Accounts Accounts
	Old      *session.Session // the browser's living session, nil for none
	Device   []byte           // digest of the device cookie that the browser will have
	Remember bool             // the person asked that this browser be remembered
}

// Finish starts the session of a sign-in in which nothing is missing, and tells the person of one
// that is unusual. The session that the browser had ends if it is of the same person, whose grants
// go on with the new one, or if it was to be proved again; another person's stays for the chooser.
// What was proved in the interaction is used up. Refusals: ErrGone, ErrIncomplete, ErrDenied.
func (room *Room) Finish(ctx context.Context, c caller.Caller, tenant id.Tenant, b Begin) (session.Session, error) {
	now := room.Guard.Store().Now()
	s := session.Session{ID: session.ID(id.New("ses", now)), Address: c.Address, Agent: b.Agent, Device: b.Device}
	detail := &session.StartDetail{}
	least, err := room.least(ctx, tenant)
	if err != nil {
		return s, err
	}
	err = room.Guard.Do(ctx, c, session.Start.On(tenant, s.ID, detail), func(tx *store.Tx) error {
		i, err := get(tx, tenant, b.Place)
		if err != nil {
			return err
		}
		old, err := living(tx, tenant, b.Old)
		if err != nil {
			return err
		}
		p, h, err := room.enough(tx, question{room, tx.Read(), tenant, i, b.Arrival, least}, old)
		if err != nil {
			return err
		}
		if s.Epoch, err = account.Active(tx.Read(), tenant, p.who); errors.Is(err, store.ErrNotFound) {
			return ErrIncomplete // disabled meanwhile
		} else if err != nil {
			return err
		}
		s.Account, s.Facts = p.who, p.facts
		s = room.Lifetimes.Starting(s, now)
		strength := s.Strength()
		*detail = session.StartDetail{Account: string(p.who), ACR: strength.Level.ACR(), AMR: strength.AMR}
		if err := session.Insert(tx, tenant, s, b.Digest, b.Accounts.New); err != nil {
			return err
		}
		if err := session.Regroup(tx, tenant, b.Accounts.Old, b.Accounts.New); err != nil {
			return err
		}
		if err := replace(tx, tenant, i, old, s); err != nil {
			return err
		}
		most, err := session.Settings.Get(tx.Read(), tenant)
		if err != nil {
			return err
		}
		if _, err := session.EndOldest(tx, tenant, p.who, most.Most); err != nil {
			return err
		}
		if err := room.learn(tx, tenant, b, h, s); err != nil {
			return err
		}
		if err := interaction.SetFacts(tx, tenant, i.ID, p.who, nil); err != nil {
			return err
		}
		return interaction.SetSession(tx, tenant, i.ID, s.ID)
	})
	return s, err
}

// enough looks again, in the transaction, whether nothing is missing.
func (room *Room) enough(tx *store.Tx, q question, old *session.Session) (proof, hearing, error) {
	p := proved(q.i, old)
	if !q.i.Kind.SignsIn() || len(q.i.Facts) == 0 || p.who != q.i.Account || !fits(q.i, session.Session{Account: p.who}) {
		return p, hearing{}, ErrIncomplete
	}
	want, h, err := q.wanted(p)
	switch {
	case err != nil:
		return p, h, err
	case want == nil:
		tx.OnRefusal(func(tx *store.Tx) error { // the attempt is kept although, and because, it is refused
			_, err := room.Assurance.Record(tx, q.tenant, assurance.Recorded{Attempt: h.attempt, Agent: q.from.Agent, Proof: h.proof, Verdict: h.verdict})
			return err
		})
		return p, h, ErrDenied
	case !want.MetBy(p.facts):
		return p, h, ErrIncomplete
	}
	step, err := q.renewal(p, h)
	if err == nil && step.Verdict != Enough {
		err = ErrIncomplete
	}
	return p, h, err
}

// learn keeps the attempt, the browser, and what the person wished for it; and tells the person.
func (room *Room) learn(tx *store.Tx, tenant id.Tenant, b Begin, h hearing, s session.Session) error {
	if _, err := room.Assurance.Record(tx, tenant, assurance.Recorded{Attempt: h.attempt, Agent: b.Agent, Proof: h.proof, Verdict: h.verdict, Session: s.ID}); err != nil {
		return err
	}
	if err := room.Devices.KeepDevice(tx, tenant, s.Account, b.Device); err != nil {
		return err
	}
	if b.Remember && s.Strength().Level >= 2 {
		if _, err := assurance.Remember(tx, tenant, s.Account, b.Device); err != nil {
			return err
		}
	}
	if !h.verdict.Notify {
		return nil
	}
	return room.Unusual(tx, tenant, s.Account, h.attempt, b.Agent)
}

// Switch is what makes another session the one that a browser speaks for: the digests of its accounts
// cookie and of a new session cookie. The zero value changes nothing.
type Switch struct{ Accounts, Digest []byte }

// Resume goes on with a session of this browser, if that is enough. With to, the session becomes the
// one that the browser speaks for. If it is not enough the
// interaction remembers whom the person chose. Refusals: ErrGone.
func (room *Room) Resume(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, s session.Session, from Arrival, to Switch) (enough bool, err error) {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return false, err
	}
	err = room.Guard.Do(ctx, c, Continue.On(tenant, at.Interaction, &ContinueDetail{string(s.ID), string(s.Account)}), func(tx *store.Tx) error {
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
		if to.Digest != nil {
			if err := session.Bring(tx, tenant, s.ID, to.Accounts, to.Digest); errors.Is(err, store.ErrNotFound) {
				return ErrGone
			} else if err != nil {
				return err
			}
		}
		q := question{room, tx.Read(), tenant, i, from, least}
		if enough, err = q.suffices(*present); err != nil {
			return err
		}
		if !enough {
			return interaction.SetFacts(tx, tenant, i.ID, s.Account, nil)
		}
		return interaction.SetSession(tx, tenant, i.ID, s.ID)
	})
	return enough, err
}

// Fail is the verb of telling an application that the person cannot prove what it needs.
var Fail = guard.Declare[interaction.ID, guard.None]("interaction.fail", guard.Public, "Go back to the application without having proved what it needs")

// GiveUp notes that the person cannot prove what the application needs (Step.Unmet); whoever began
// the interaction tells the client. s is the browser's living session, nil for none. Refusals:
// ErrGone; ErrIncomplete where something can be proved after all.
func (room *Room) GiveUp(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, s *session.Session, from Arrival) error {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return err
	}
	return room.Guard.Do(ctx, c, Fail.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		i, err := get(tx, tenant, at)
		if err != nil {
			return err
		}
		present, err := living(tx, tenant, s)
		if err != nil {
			return err
		}
		step, err := question{room, tx.Read(), tenant, i, from, least}.next(present)
		if err != nil {
			return err
		}
		if !step.Unmet {
			return ErrIncomplete
		}
		err = interaction.Decide(tx, tenant, i.ID, i.Session, interaction.Unmet)
		if errors.Is(err, store.ErrNotFound) {
			return ErrGone
		}
		return err
	})
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

// replace ends the session that the browser had before, unless it is another person's and nobody
// asked for a new proof: that one waits for the chooser.
func replace(tx *store.Tx, tenant id.Tenant, i interaction.Interaction, old *session.Session, s session.Session) error {
	if old == nil || old.Account != s.Account && i.About.Want.NotOlder.IsZero() {
		return nil
	}
	if old.Account == s.Account {
		if err := issued.MoveSession(tx, tenant, s.Account, string(old.ID), string(s.ID)); err != nil {
			return err
		}
	}
	return session.End(tx, tenant, old.ID)
}

// Name is the verb of saying who one is.
var Name = guard.Declare[interaction.ID, guard.None]("interaction.identify", guard.Public, "Say who one is, before anything is proved")

// Identify notes who the person says they are, a username or an address. Nothing is looked up.
// Refusal: ErrGone.
func (room *Room) Identify(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, identifier string) error {
	return room.Guard.Do(ctx, c, Name.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		i, err := get(tx, tenant, at)
		if err != nil {
			return err
		}
		return interaction.SetIdentifier(tx, tenant, i.ID, identifier)
	})
}

// Cancel is the verb of going back without having signed in.
var Cancel = guard.Declare[interaction.ID, guard.None]("interaction.cancel", guard.Public, "Go back to the application without signing in")

// Stop notes that the person does not want to go on: the interaction is denied, which whoever began
// it tells the client. Refusal: ErrGone, also where there was an answer before.
func (room *Room) Stop(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place) error {
	return room.Guard.Do(ctx, c, Cancel.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
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
