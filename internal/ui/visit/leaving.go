package visit

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/web"
)

// PathLeaving is the page that whoever signs in sees while the deletion of the account is due:
// the session opens nothing else.
const PathLeaving = "/account/deletion"

// landing is where a finished sign-in leads: back to what asked for it, but to PathLeaving whoever
// is about to leave.
func (room *Room) landing(ctx context.Context, r *web.Request, i interaction.Interaction, s session.Session) (string, error) {
	a, err := room.Account(ctx, Tenant(r), s.Account)
	if err != nil {
		return "", err
	}
	if a.Leaving() {
		return URL(r, PathLeaving, FieldInteraction, string(i.ID)), nil
	}
	return returnPath(i), nil
}

// Leaver returns who is signed in to an account that is going to be deleted; ok is false where
// that is nobody.
func (room *Room) Leaver(ctx context.Context, r *web.Request) (o Owner, ok bool, err error) {
	s, err := room.Browser.Leaver(ctx, r)
	if errors.Is(err, browser.ErrNone) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	o = Owner{Session: s, Caller: browser.Person(r, s)}
	o.Account, err = room.Account(ctx, Tenant(r), s.Account)
	return o, err == nil, err
}
