package approval

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Pending returns the request that a device may answer now; store.ErrNotFound if there is none.
func (room *Room) Pending(ctx context.Context, tenant id.Tenant, who account.ID, d Device) (q Request, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		if q, err = open(r, tenant, who); err != nil {
			return err
		}
		may, err := approver(r, tenant, who, d, q)
		if err == nil && !may {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return Request{}, err
	}
	return q, nil
}

// Deny stands for "it wasn't me" where Answer takes a number.
const Deny = 0

// Answer is what the person says on a device: the number that they see on the screen which asks, or
// Deny. It returns how the request stands then: Approved, Mistaken or Denied. Refusals: *Refused with
// Over or Barred.
func (room *Room) Answer(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, d Device, request string, number int) (State, error) {
	if id.Check("apr", request) != nil {
		return "", &Refused{Over}
	}
	detail := &Detail{Request: request, Session: string(d.Session)}
	err := room.Guard.Do(ctx, c, Answer.On(tenant, who, detail), func(tx *store.Tx) error {
		q, err := one(tx.Read(), "WHERE tenant = $1 AND id = $2 AND account = $3", tenant, request, who)
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Over}
		}
		if err != nil {
			return err
		}
		may, err := approver(tx.Read(), tenant, who, d, q)
		if err != nil {
			return err
		}
		if !may {
			return &Refused{Barred}
		}
		detail.Interaction = string(q.interaction)
		switch number {
		case q.Number:
			detail.State = Approved
		case Deny:
			detail.State = Denied
		default:
			detail.State = Mistaken
		}
		if err := turn(tx, tenant, request, Open, detail.State); errors.Is(err, store.ErrNotFound) {
			return &Refused{Over}
		} else if err != nil {
			return err
		}
		if detail.State != Denied {
			return nil
		}
		return room.Denied(tx, tenant, who, q)
	})
	return detail.State, err
}
