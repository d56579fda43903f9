package passkey

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// errNoKey is the refusal of a key that the caller does not have.
var errNoKey = guard.NotFound("There is no such passkey.")

// RenameOwn gives a key of the caller's a name. Refusals: invalid (name), not_found.
func (room *Room) RenameOwn(ctx context.Context, c caller.Caller, tenant id.Tenant, which credential.ID, name string) error {
	who := account.ID(c.ID)
	name, err := ParseName(name)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, c, Rename.On(tenant, who, &KeyDetail{Key: which}), func(tx *store.Tx) error {
		k, err := room.get(tx.Read(), tenant, who, which)
		if errors.Is(err, store.ErrNotFound) {
			return errNoKey
		}
		if err != nil {
			return err
		}
		k.Name = name
		return room.put(tx, tenant, k)
	})
}

// RemoveOwn removes a key of the caller's, unless nobody could sign in to the account without it.
// Refusals: not_found, *Refused with LastWay.
func (room *Room) RemoveOwn(ctx context.Context, c caller.Caller, tenant id.Tenant, which credential.ID) error {
	who := account.ID(c.ID)
	detail := &KeyDetail{Key: which}
	return room.guard.Do(ctx, c, Remove.On(tenant, who, detail), func(tx *store.Tx) error {
		k, err := room.get(tx.Read(), tenant, who, which)
		if errors.Is(err, store.ErrNotFound) {
			return errNoKey
		}
		if err != nil {
			return err
		}
		detail.AAGUID, detail.Synced = model(k.AAGUID), k.BackupEligible
		if err := credential.Delete(tx, tenant, who, kind, which); err != nil {
			return err
		}
		// What is left is asked for after the change, in its transaction: two keys cannot go at once.
		if k.key().alone {
			if ok, err := room.entrance(tx.Read(), tenant, who); err != nil {
				return err
			} else if !ok {
				return &Refused{Reason: LastWay}
			}
		}
		return room.warn(tx, tenant, who, Removed, k.label())
	})
}

// Opens reports whether the account has a passkey that begins a sign-in by itself: a way in, as the
// rooms of other factors ask before they remove theirs.
func (room *Room) Opens(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	keys, err := room.list(r, tenant, who)
	for _, k := range keys {
		if k.key().alone {
			return true, err
		}
	}
	return false, err
}

// entrance reports whether somebody can still sign in to the account.
func (room *Room) entrance(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	if ok, err := room.Opens(r, tenant, who); ok || err != nil {
		return ok, err
	}
	for _, other := range room.others() {
		if !other.First() {
			continue
		}
		if ok, err := other.Enrolled(r, tenant, who); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}
