package totp

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// SetupTime is how long a person may take to set up their app.
const SetupTime = 30 * time.Minute

// Begin returns the seed that the person is setting up at a place, a session or an interaction;
// whoever comes back within SetupTime finds the same one. It stays on the server and counts for
// nothing until it is confirmed. Refusal: *Refused with Unasked.
func (room *Room) Begin(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, place string) (Setup, error) {
	d, err := room.draft(ctx, tenant, who, place)
	if !errors.Is(err, store.ErrNotFound) {
		return Setup{d.Data}, err
	}
	d = credential.Draft{Account: who, Kind: kind, Place: place, Data: newSeed()}
	sealed := credential.SealDraft(room.root, tenant, d)
	return Setup{d.Data}, room.guard.Do(ctx, c, Prepare.On(tenant, who, nil), func(tx *store.Tx) error {
		if err := offered(tx.Read(), tenant); err != nil {
			return err
		}
		return credential.PutDraft(tx, tenant, d, sealed, tx.Now().Add(SetupTime))
	})
}

func (room *Room) draft(ctx context.Context, tenant id.Tenant, who account.ID, place string) (d credential.Draft, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		d, err = credential.GetDraft(r, room.root, tenant, who, kind, place)
		return err
	})
	return d, err
}

// Add makes the app that is being set up in the session the account's own, in place of one before,
// once it shows the right code. Refusals: *Refused with Wrong, Expired or Unasked.
func (room *Room) Add(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, place, text string) error {
	fresh, sealed, err := room.confirm(ctx, tenant, who, place, text)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, Add.On(tenant, who, nil), func(tx *store.Tx) error {
		if err := credential.Replace(tx, tenant, fresh, sealed); err != nil {
			return err
		}
		return room.bound(tx, tenant, who, place)
	})
}

// Enrol is Add in a sign-in that asks for it; the code proves the factor at once. It never replaces
// an app: whoever has one proves that. Refusals: *Refused with Wrong, Expired, Present, Gone or Unasked.
func (room *Room) Enrol(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, at interaction.Place) error {
	place := string(at.Interaction)
	fresh, sealed, err := room.confirm(ctx, tenant, who, place, text)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, Enrol.On(tenant, who, &VerifyDetail{Interaction: place}), func(tx *store.Tx) error {
		enrolled, err := room.Enrolled(tx.Read(), tenant, who)
		if err != nil {
			return err
		}
		if enrolled {
			return &Refused{Present}
		}
		if err := credential.Put(tx, tenant, fresh, sealed); err != nil {
			return err
		}
		if err := room.bound(tx, tenant, who, place); err != nil {
			return err
		}
		err = interaction.AddSecond(tx, tenant, at, who, factor.Proved(factor.TOTP, tx.Now()))
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Gone}
		}
		return err
	})
}

// confirm checks the first code of an app. Tries are not counted: whoever makes them has the seed
// before their eyes.
func (room *Room) confirm(ctx context.Context, tenant id.Tenant, who account.ID, place, text string) (c credential.Credential, sealed []byte, err error) {
	d, err := room.draft(ctx, tenant, who, place)
	if errors.Is(err, store.ErrNotFound) {
		return c, nil, &Refused{Expired}
	}
	if err != nil {
		return c, nil, err
	}
	code, ok := ParseCode(text)
	if !ok {
		return c, nil, &Refused{Wrong}
	}
	step, ok := match(d.Data, code, room.guard.Store().Now())
	if !ok {
		return c, nil, &Refused{Wrong}
	}
	c = credential.Credential{Account: who, Kind: kind, ID: credential.Only}
	if c.Data, err = (data{d.Data, step}).bytes(); err != nil {
		return c, nil, err
	}
	return c, credential.Seal(room.root, tenant, c), nil
}

// bound settles what a new app changes: the draft is used up, failures at the app before are
// forgotten, the person is told.
func (room *Room) bound(tx *store.Tx, tenant id.Tenant, who account.ID, place string) error {
	if err := offered(tx.Read(), tenant); err != nil {
		return err
	}
	if err := credential.DropDraft(tx, tenant, who, kind, place); errors.Is(err, store.ErrNotFound) {
		return &Refused{Expired} // confirmed by another request
	} else if err != nil {
		return err
	}
	if err := room.throttle.Reset(tx, tenant, who, factor.TOTP, ""); err != nil {
		return err
	}
	return room.hooks.Added(tx, tenant, who)
}

// Remove takes the app away from the caller's account. It is never the last way in: it needs a
// first factor beside it. Refusal: *Refused with None.
func (room *Room) Remove(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	return room.guard.Do(ctx, c, Remove.On(tenant, who, nil), func(tx *store.Tx) error {
		if err := credential.Delete(tx, tenant, who, kind, credential.Only); errors.Is(err, store.ErrNotFound) {
			return &Refused{None}
		} else if err != nil {
			return err
		}
		if err := room.throttle.Reset(tx, tenant, who, factor.TOTP, ""); err != nil {
			return err
		}
		return room.hooks.Removed(tx, tenant, who)
	})
}
