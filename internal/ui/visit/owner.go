package visit

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Owner is a person at pages of their own.
type Owner struct {
	Session session.Session
	Caller  caller.Caller
	Account account.Account
}

// Owner returns who is signed in, by a proof that is enough for the account pages: a session that
// an application was content with need not be (security row AU10). If nobody is, ok is false and the
// answer is written: the browser is on its way to sign in and will come back to the page.
func (room *Room) Owner(ctx context.Context, w http.ResponseWriter, r *web.Request) (o Owner, ok bool, err error) {
	o, ok, err = room.Present(ctx, w, r)
	if err != nil || !ok {
		return o, ok, err
	}
	from := Arrival(r)
	from.InSession = true
	enough, err := room.SignIn.Suffices(ctx, Tenant(r), interaction.Interaction{Kind: interaction.Account}, o.Session, from)
	if err != nil || enough {
		return o, enough, err
	}
	return o, false, room.welcome(ctx, w, r, o.Caller)
}

// Present is Owner whatever was proved: to sign out nobody has to prove more. It notes that the
// session is in use.
func (room *Room) Present(ctx context.Context, w http.ResponseWriter, r *web.Request) (o Owner, ok bool, err error) {
	Remember(w, r)
	c, s, err := room.caller(ctx, r)
	if err != nil {
		return o, false, err
	}
	if s == nil {
		if _, leaving, err := room.Leaver(ctx, r); err != nil || leaving {
			if err == nil {
				web.SeeOther(w, URL(r, PathLeaving))
			}
			return o, false, err
		}
		return o, false, room.welcome(ctx, w, r, c)
	}
	o = Owner{Session: *s, Caller: c}
	if s.NeedsTouch(room.Guard.Store().Now()) {
		if err := room.Guard.Do(ctx, c, session.Touch.On(Tenant(r), s.ID, nil), func(tx *store.Tx) error {
			return session.Seen(tx, Tenant(r), *s)
		}); err != nil {
			return o, false, err
		}
	}
	o.Account, err = room.Account(ctx, Tenant(r), s.Account)
	return o, err == nil, err
}

// FreshOwner is Owner for what needs a fresh proof: one not older than within, at the highest level
// that the account reaches, but no higher than AAL2. Whoever has none is led to prove it, and then
// back to the page of the request; from a form to the path back.
func (room *Room) FreshOwner(ctx context.Context, w http.ResponseWriter, r *web.Request, within time.Duration, back string) (o Owner, ok bool, err error) {
	o, ok, err = room.Owner(ctx, w, r)
	if err != nil || !ok {
		return o, ok, err
	}
	reach, err := room.SignIn.Reach(ctx, Tenant(r), o.Account.ID)
	if err != nil {
		return o, false, err
	}
	want := factor.Want{Level: min(reach, 2), NotOlder: room.Guard.Store().Now().Add(-within)}
	if want.MetBy(o.Session.Facts) {
		return o, true, nil
	}
	about := interaction.About{Want: want, Account: o.Account.ID}
	if back != "" {
		if about.Resume, err = oauth.ParseLocalPath(browser.Path(r, back)); err != nil {
			return o, false, err
		}
	}
	return o, false, room.lead(ctx, w, r, o.Caller, about)
}
