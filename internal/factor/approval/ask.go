package approval

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// Ask begins a request for an interaction in which the person has proved a first factor, in place of
// one that the interaction had. agent is the User-Agent of its browser. Refusals: *Refused with Gone,
// Busy, Many or Nowhere.
func (room *Room) Ask(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, at Place, agent string) error {
	right, choices := numbers()
	now := room.Guard.Store().Now()
	q := Request{ID: id.New("apr", now), Account: who, Number: right, Choices: choices, State: Open, Address: c.Address, Agent: agent,
		interaction: at.Interaction, browser: at.Browser}
	return room.Guard.Do(ctx, c, Ask.On(tenant, who, &Detail{Request: q.ID, Interaction: string(at.Interaction)}), func(tx *store.Tx) error {
		i, err := interaction.AwaitsSecond(tx.Read(), tenant, at.Place, who)
		if err != nil {
			return gone(err)
		}
		if err := drop(tx, tenant, i.ID, who); err != nil {
			return err
		}
		if err := room.free(tx.Read(), tenant, who, at); err != nil {
			return err
		}
		q := q
		q.Client, q.CreatedAt, q.ExpiresAt = i.About.Client, tx.Now(), tx.Now().Add(Life)
		return insert(tx, tenant, q)
	})
}

// free refuses what would be one request too many, or would reach nobody.
func (room *Room) free(r *store.Reader, tenant id.Tenant, who account.ID, at Place) error {
	if _, err := open(r, tenant, who); err == nil {
		return &Refused{Busy}
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n, err := recent(r, tenant, who)
	if err != nil {
		return err
	}
	if n >= Most {
		return &Refused{Many}
	}
	beside, err := room.Beside(r, tenant, who)
	if err != nil {
		return err
	}
	there, err := reachable(r, tenant, who, at.Accounts)
	if err != nil {
		return err
	}
	if !beside || !there {
		return &Refused{Nowhere}
	}
	return nil
}

// Asked returns the newest request of an interaction, for the page that waits; store.ErrNotFound if
// there is none. One that is too old is told as Dropped.
func (room *Room) Asked(ctx context.Context, tenant id.Tenant, who account.ID, at Place) (q Request, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		if q, err = last(r, tenant, who, at); err == nil && !q.ExpiresAt.After(r.Now()) && (q.State == Open || q.State == Approved) {
			q.State = Dropped
		}
		return err
	})
	return q, err
}

// Verify uses the approval of an interaction up and adds the fact. Refusals: *Refused with Waiting or
// Gone.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, at Place) error {
	detail := &Detail{Interaction: string(at.Interaction)}
	return room.Guard.Do(ctx, c, Prove.On(tenant, who, detail), func(tx *store.Tx) error {
		q, err := last(tx.Read(), tenant, who, at)
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Waiting}
		}
		if err != nil {
			return err
		}
		detail.Request = q.ID
		if err := turn(tx, tenant, q.ID, Approved, Used); errors.Is(err, store.ErrNotFound) {
			return &Refused{Waiting}
		} else if err != nil {
			return err
		}
		if _, err := account.Active(tx.Read(), tenant, who); err != nil {
			return gone(err)
		}
		return gone(interaction.AddSecond(tx, tenant, at.Place, who, factor.Proved(factor.Approval, tx.Now())))
	})
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{Gone}
	}
	return err
}
