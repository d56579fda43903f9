package password

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Devices are the browsers in which people have signed in, whatever they proved: their owners keep
// attempts of their own, so that strangers cannot lock them out. It is the password room.

// DeviceDigest is how rows know the text of a device cookie; nil for text that is none.
func (room *Room) DeviceDigest(text string) []byte {
	token, err := secret.DeviceCookie.Parse(text)
	if err != nil {
		return nil
	}
	return room.root.Digest(secret.DeviceCookie, token)
}

// KnowsDevice tells whether an account was signed in to with the device.
func (room *Room) KnowsDevice(r *store.Reader, tenant id.Tenant, who account.ID, digest []byte) (bool, error) {
	if digest == nil {
		return false, nil
	}
	_, err := deviceFailures(r, tenant, who, digest)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// KeepDevice notes that an account was signed in to with the device just now.
func (room *Room) KeepDevice(tx *store.Tx, tenant id.Tenant, who account.ID, digest []byte) error {
	if digest == nil {
		return nil
	}
	return keepDevice(tx, tenant, who, digest)
}

// Familiar reports whether some account of the tenant was signed in to with the device of a cookie.
func (room *Room) Familiar(ctx context.Context, tenant id.Tenant, text string) (known bool, err error) {
	digest := room.DeviceDigest(text)
	if digest == nil {
		return false, nil
	}
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		known, err = deviceKnown(r, tenant, digest)
		return err
	})
	return known, err
}

// LastingDevice is the device cookie for a browser that has just signed in: the one that it has, if any
// account was signed in to with it, else a fresh one, to be kept for DeviceLife. Several people may
// share a browser.
func (room *Room) LastingDevice(ctx context.Context, tenant id.Tenant, text string) (digest []byte, fresh secret.Secret, err error) {
	known, err := room.Familiar(ctx, tenant, text)
	if err != nil {
		return nil, fresh, err
	}
	if known {
		return room.DeviceDigest(text), fresh, nil
	}
	fresh = secret.DeviceCookie.Mint()
	return room.root.Digest(secret.DeviceCookie, fresh), fresh, nil
}
