package recovery

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

var (
	errNoMail = guard.Conflict("The account has no verified address to send the link to. Hand the link over yourself: leave out the mail.")
	errTold   = guard.Conflict("This address has had many letters just now. Try again in an hour.")
)

// LookNotMe checks the link "this wasn't me" of a notice and uses nothing up. Refusal: ErrLink.
func (room *Room) LookNotMe(ctx context.Context, tenant id.Tenant, text string) (who account.ID, err error) {
	token, err := secret.NotMe.Parse(text)
	if err != nil {
		return "", ErrLink
	}
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		payload, _, err := issued.Unspent(r, tenant, secret.NotMe, room.Root.Digest(secret.NotMe, token))
		if errors.Is(err, store.ErrNotFound) {
			return ErrLink
		}
		if err != nil {
			return err
		}
		who = account.ID(payload)
		if _, err := account.Get(r, tenant, who); errors.Is(err, store.ErrNotFound) {
			return ErrLink
		}
		return err
	})
	return who, err
}

// SayNotMe spends the link: all sessions, grants and API tokens of the account end, and the browsers
// in which its person signed in are strangers again. Nothing else changes; the password stays what it
// is. In the same transaction begins the recovery of the account, in the browser that holds the link.
// Refusal: ErrLink.
func (room *Room) SayNotMe(ctx context.Context, c caller.Caller, tenant id.Tenant, text string, i interaction.Interaction, browser []byte, locale string) error {
	who, err := room.LookNotMe(ctx, tenant, text)
	if err != nil {
		return err
	}
	digest := room.Root.Digest(secret.NotMe, secret.Of(text))
	detail := &NotMeDetail{}
	return room.Guard.Do(ctx, c, NotMe.On(tenant, who, detail), func(tx *store.Tx) error {
		if _, _, err := issued.Spend(tx, tenant, secret.NotMe, digest, string(i.ID)); errors.Is(err, store.ErrNotFound) || errors.Is(err, issued.ErrSpent) {
			return ErrLink
		} else if err != nil {
			return err
		}
		ended, err := room.end(tx, tenant, who)
		if err != nil {
			return err
		}
		detail.Ended = ended
		a, err := account.Get(tx.Read(), tenant, who)
		if err != nil {
			return err
		}
		identifier := string(a.Username)
		if verified := a.Verified(); len(verified) > 0 {
			identifier = string(verified[0])
		}
		return room.begin(tx, tenant, i, browser, identifier, locale)
	})
}
