package account

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is a person's own pages. It is safe for concurrent use.
type Room struct {
	Desk      *own.Desk
	Visits    *visit.Room
	Passwords *password.Room
	Resources *resource.Directory
	Assurance *assurance.Room
	Standing  Standings
}

// Paths that take forms, below the tenant's root.
const (
	PathPicture     = "/account/profile/picture"
	PathPreferences = "/account/profile/preferences"
	PathWithdraw    = "/account/apps/withdraw"
	PathEnd         = "/account/sessions/end"
	PathEndOthers   = "/account/sessions/end-others"
	PathEndAll      = "/account/sessions/end-all"
	PathLeave       = "/account/sessions/leave"

	pathSignedOut = "/signedout"
)

// maxApps bounds the grants and apps that the pages look at.
const maxApps = 200

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	d := room.Desk
	return []web.Route{
		d.Get("ui.account", own.PathOverview, room.overview),
		d.Get("ui.account.profile", own.PathProfile, room.profile),
		d.Get("ui.account.password", own.PathPassword, room.password),
		d.Get("ui.account.sessions", own.PathSessions, room.sessions),
		d.Get("ui.account.apps", own.PathApps, room.apps),
		d.Get("ui.account.withdraw", PathWithdraw, room.askWithdraw),
		d.Post("ui.account.profile.post", own.PathProfile, account.EditOwn.Name(), web.RateStandard, room.saveProfile),
		room.avatarRoute(),
		room.pictureRoute(),
		d.Post("ui.account.preferences", PathPreferences, account.Preference.Name(), web.RateStandard, room.savePreferences),
		d.Post("ui.account.password.post", own.PathPassword, password.Change.Name(), web.RateCostly, room.changePassword),
		d.Post("ui.account.sessions.end", PathEnd, session.EndOwn.Name(), web.RateStandard, room.endSession),
		d.Post("ui.account.sessions.others", PathEndOthers, session.EndOthers.Name(), web.RateStandard, room.endOthers),
		d.Post("ui.account.sessions.all", PathEndAll, session.EndEvery.Name(), web.RateStandard, room.endAll),
		d.LeavePost("ui.account.sessions.leave", PathLeave, session.Logout.Name(), room.leave),
		d.Post("ui.account.withdraw.post", PathWithdraw, consent.Withdraw.Name(), web.RateStandard, room.withdraw),
		d.LeavePost("ui.signout", own.PathSignOut, session.Logout.Name(), room.signOut),
	}
}

// dones are the changes that a page reports after the redirect that follows them.
var dones = map[string]Done{"preferences": PreferencesSaved, "picture": PictureSaved, "picture_removed": PictureRemoved, "profile": ProfileSaved, "password": PasswordChanged, "session": SessionEnded, "others": OthersEnded, "withdrawn": AccessWithdrawn, "kept": AccountKept}

func (room *Room) frame(r *web.Request, o visit.Owner, path string) (own.Frame, error) {
	return room.Desk.Frame(r, o, path, dones)
}

func (room *Room) overview(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.frame(r, o, own.PathOverview)
	if err != nil {
		return err
	}
	page := &Overview{Frame: f}
	tenant := visit.Tenant(r)
	if err := room.read(r, func(rd *store.Reader) error {
		list, err := session.OfAccount(rd, tenant, o.Account.ID, maxApps)
		if err != nil {
			return err
		}
		page.Sessions = len(list)
		for _, s := range list { // newest first
			if s.ID < o.Session.ID {
				page.LastSignIn = s.CreatedAt
				break
			}
		}
		standing, err := room.Standing(rd, tenant, o.Account.ID)
		page.Passkeys, page.PasswordChangedAt, page.Advice = standing.Passkeys, standing.PasswordChangedAt, advise(standing, o.Account)
		return err
	}); err != nil {
		return err
	}
	apps, err := room.connected(r, o)
	page.Apps = len(apps)
	if err != nil {
		return err
	}
	if page.Brands, err = room.Visits.Guard.May(r.Context(), o.Caller, brand.Change.On(tenant, brand.Whole, nil)); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) read(r *web.Request, fn func(*store.Reader) error) error {
	return room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), fn)
}

func (room *Room) do(r *web.Request, o visit.Owner, d guard.Deed, fn func(*store.Tx) error) error {
	return room.Visits.Guard.Do(r.Context(), o.Caller, d, fn)
}
