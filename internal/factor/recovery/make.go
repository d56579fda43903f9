package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// ShowTime is how long the session that made codes can look at them, unless it hides them before.
const ShowTime = 15 * time.Minute

// Make gives the caller's account ten new codes, in place of all before, and shows them to the
// session for ShowTime. Whoever calls it has proved the account's highest level just now.
// Refusal: *Refused with Alone.
func (room *Room) Make(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, in session.ID) error {
	codes := make([]string, Codes)
	var s set
	for i := range codes {
		codes[i] = newCode()
		s.Digests = append(s.Digests, room.digest(tenant, who, codes[i]))
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	kept := credential.Credential{Account: who, Kind: kind, ID: credential.Only, Data: b}
	sealed := credential.Seal(room.root, tenant, kept)
	shown := credential.Draft{Account: who, Kind: kind, Place: string(in), Data: []byte(strings.Join(codes, " "))}
	sealedShown := credential.SealDraft(room.root, tenant, shown)
	return room.guard.Do(ctx, c, Make.On(tenant, who, nil), func(tx *store.Tx) error {
		if of, err := room.OfUse(tx.Read(), tenant, who); err != nil {
			return err
		} else if !of {
			return &Refused{Alone}
		}
		if err := credential.Replace(tx, tenant, kept, sealed); err != nil {
			return err
		}
		if err := credential.PutDraft(tx, tenant, shown, sealedShown, tx.Now().Add(ShowTime)); err != nil {
			return err
		}
		if err := room.throttle.Reset(tx, tenant, who, factor.RecoveryCode, ""); err != nil {
			return err
		}
		return room.hooks.Made(tx, tenant, who)
	})
}

// Shown returns the codes that the session made less than ShowTime ago and has not hidden, as they
// are shown; none otherwise.
func (room *Room) Shown(ctx context.Context, tenant id.Tenant, who account.ID, in session.ID) (codes []string, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		d, err := credential.GetDraft(r, room.root, tenant, who, kind, string(in))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		codes = nil
		for code := range strings.FieldsSeq(string(d.Data)) {
			codes = append(codes, Format(code))
		}
		return err
	})
	return codes, err
}

// Hide ends the showing: the codes cannot be read any more.
func (room *Room) Hide(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, in session.ID) error {
	return room.guard.Do(ctx, c, Hide.On(tenant, who, nil), func(tx *store.Tx) error {
		err := credential.DropDraft(tx, tenant, who, kind, string(in))
		if errors.Is(err, store.ErrNotFound) {
			return nil // hidden or over already
		}
		return err
	})
}
