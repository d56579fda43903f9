package account

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is a person's own pages. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Passwords *password.Room
	Resources *resource.Directory
	Translate web.ErrorFunc
}

// Paths that take forms, below the tenant's root.
const (
	PathWithdraw  = "/account/apps/withdraw"
	PathEnd       = "/account/sessions/end"
	PathEndOthers = "/account/sessions/end-others"
	PathSignOut   = "/signout"

	pathSignedOut = "/signedout"
)

// maxApps bounds the grants and apps that the pages look at.
const maxApps = 200

// owned is a handler of a person who is signed in.
type owned func(w http.ResponseWriter, r *web.Request, o visit.Owner) error

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	var routes []web.Route
	for _, p := range []struct {
		name, path string
		show       owned
	}{
		{"ui.account", PathOverview, room.overview},
		{"ui.account.profile", PathProfile, room.profile},
		{"ui.account.password", PathPassword, room.password},
		{"ui.account.sessions", PathSessions, room.sessions},
		{"ui.account.apps", PathApps, room.apps},
		{"ui.account.withdraw", PathWithdraw, room.askWithdraw},
	} {
		routes = append(routes, web.Route{
			Name: p.name, Method: http.MethodGet, Path: p.path, Scope: web.PerTenant,
			Public: "shows the session's own person, or leads to sign-in", Handler: room.ownersOnly(p.show), Errors: room.Translate,
		})
	}
	for _, p := range []struct {
		name, path, action string
		rate               web.RateClass
		take               owned
	}{
		{"ui.account.profile.post", PathProfile, account.EditOwn.Name(), web.RateStandard, room.saveProfile},
		{"ui.account.password.post", PathPassword, password.Change.Name(), web.RateCostly, room.changePassword},
		{"ui.account.sessions.end", PathEnd, session.EndOwn.Name(), web.RateStandard, room.endSession},
		{"ui.account.sessions.others", PathEndOthers, session.EndOthers.Name(), web.RateStandard, room.endOthers},
		{"ui.account.withdraw.post", PathWithdraw, consent.Withdraw.Name(), web.RateStandard, room.withdraw},
		{"ui.signout", PathSignOut, session.Logout.Name(), web.RateStandard, room.signOut},
	} {
		routes = append(routes, web.Route{
			Name: p.name, Method: http.MethodPost, Path: p.path, Scope: web.PerTenant, Rate: p.rate, CSRF: web.Browser,
			Action: p.action, Event: p.action, Handler: room.ownersOnly(p.take), Errors: room.Translate,
		})
	}
	return routes
}

// ownersOnly leads whoever is not signed in to sign-in.
func (room *Room) ownersOnly(h owned) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		o, ok, err := room.Visits.Owner(r.Context(), w, r)
		if err != nil || !ok {
			return err
		}
		return h(w, r, o)
	}
}

// dones are the changes that a page reports after the redirect that follows them.
var dones = map[string]Done{"profile": ProfileSaved, "password": PasswordChanged, "session": SessionEnded, "others": OthersEnded, "withdrawn": AccessWithdrawn}

const paramDone = "done"

func (room *Room) frame(r *web.Request, o visit.Owner, path string) (Frame, error) {
	base, err := room.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return Frame{}, err
	}
	base.Path = visit.URL(r, path)
	f := Frame{Base: base, Person: visit.Person(o.Account), SignOutAction: visit.URL(r, PathSignOut)}
	if q, err := web.Query(r); err == nil {
		f.Done = dones[q.Get(paramDone)]
	}
	return f, nil
}

// done goes to a page after a change; the browser repeats nothing.
func done(w http.ResponseWriter, r *web.Request, path, what string) error {
	web.SeeOther(w, visit.URL(r, path, paramDone, what))
	return nil
}

func (room *Room) overview(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.frame(r, o, PathOverview)
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
		page.PasswordChangedAt, err = password.ChangedAt(rd, tenant, o.Account.ID)
		return err
	}); err != nil {
		return err
	}
	apps, err := room.connected(r, o)
	page.Apps = len(apps)
	if err != nil {
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

func (room *Room) signOut(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.do(r, o, session.Logout.On(visit.Tenant(r), o.Session.ID, &session.EndDetail{Account: string(o.Account.ID), Reason: "logout"}), func(tx *store.Tx) error {
		return gone(session.End(tx, visit.Tenant(r), o.Session.ID))
	})
	if err != nil {
		return err
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, pathSignedOut))
	return nil
}
