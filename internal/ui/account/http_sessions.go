package account

import (
	"errors"
	"net/http"
	"slices"

	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// reached are the clients that a session led to: their grants end with it, but for those that were
// allowed to go on without the person.
func reached(grants []issued.Grant, s session.ID) (out []client.ID) {
	for _, g := range grants {
		if (g.Session == string(s) || g.Session == "" && g.Terms.SID == string(s)) && !slices.Contains(out, g.Client) {
			out = append(out, g.Client)
		}
	}
	return out
}

func (room *Room) sessions(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.frame(r, o, own.PathSessions)
	if err != nil {
		return err
	}
	page := &Sessions{Frame: f, EndAction: visit.URL(r, PathEnd), EndOthersAction: visit.URL(r, PathEndOthers),
		EndAllAction: visit.URL(r, PathEndAll), LeaveAction: visit.URL(r, PathLeave)}
	var list []session.Session
	var grants []issued.Grant
	var remembered map[string]bool
	if err := room.read(r, func(rd *store.Reader) (err error) {
		if list, err = session.OfAccount(rd, visit.Tenant(r), o.Account.ID, maxApps); err != nil {
			return err
		}
		if grants, err = issued.OfAccount(rd, visit.Tenant(r), o.Account.ID, maxApps); err != nil {
			return err
		}
		remembered, err = assurance.Devices(rd, visit.Tenant(r), o.Account.ID)
		return err
	}); err != nil {
		return err
	}
	for _, s := range list {
		row := Session{ID: string(s.ID), UserAgent: s.Agent, Address: s.Address, FirstUsed: s.CreatedAt, LastUsed: s.SeenAt, Current: s.ID == o.Session.ID,
			Place: own.PlaceName(f.Locale, room.Assurance.Place(s.Address)), Proved: factor.KindsOf(s.Proved), Remembered: remembered[string(s.Device)]}
		for _, c := range reached(grants, s.ID) {
			app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), c)
			if err != nil {
				return err
			}
			if app.Name != "" {
				row.Apps = append(row.Apps, app.Name)
			}
		}
		if row.Current {
			page.Sessions = slices.Insert(page.Sessions, 0, row)
		} else {
			page.Sessions = append(page.Sessions, row)
		}
	}
	here, err := room.here(r)
	if err != nil {
		return err
	}
	for _, s := range here {
		if s.Account == o.Account.ID {
			continue
		}
		a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.Account)
		if err != nil {
			return err
		}
		page.Accounts = append(page.Accounts, visit.Portrait(r, a))
	}
	return visit.Show(w, http.StatusOK, page)
}

// here lists the sessions of this browser, one for each account.
func (room *Room) here(r *web.Request) (list []session.Session, err error) {
	err = room.read(r, func(rd *store.Reader) error {
		list, err = session.OfBrowser(rd, visit.Tenant(r), room.Visits.Browser.Accounts(r))
		return err
	})
	return list, err
}

func (room *Room) endSession(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	which := session.ID(form.Get(FieldSession))
	err = room.do(r, o, session.EndOwn.On(visit.Tenant(r), which, &session.EndDetail{Account: string(o.Account.ID), Reason: "person"}), func(tx *store.Tx) error {
		s, err := session.Get(tx.Read(), visit.Tenant(r), which)
		if err == nil {
			err = session.End(tx, visit.Tenant(r), which)
		}
		if err == nil {
			err = assurance.ForgetSession(tx, visit.Tenant(r), s)
		}
		return gone(err)
	})
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathSessions, "session")
}

func (room *Room) endOthers(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.do(r, o, session.EndOthers.On(visit.Tenant(r), o.Session.ID, &session.EndDetail{Account: string(o.Account.ID), Reason: "person"}), func(tx *store.Tx) error {
		if _, err := session.EndAll(tx, visit.Tenant(r), o.Account.ID, o.Session.ID); err != nil {
			return err
		}
		return assurance.Forget(tx, visit.Tenant(r), o.Account.ID, o.Session.Device)
	})
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathSessions, "others")
}

func (room *Room) endAll(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.do(r, o, session.EndEvery.On(visit.Tenant(r), o.Session.ID, &session.EndDetail{Account: string(o.Account.ID), Reason: "person"}), func(tx *store.Tx) error {
		if _, err := session.EndAll(tx, visit.Tenant(r), o.Account.ID, ""); err != nil {
			return err
		}
		return assurance.Forget(tx, visit.Tenant(r), o.Account.ID, nil)
	})
	if err != nil {
		return err
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, pathSignedOut))
	return nil
}

// signOut ends the session that the browser speaks for. Other accounts of the browser stay.
func (room *Room) signOut(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	if err := room.logout(r, o.Session); err != nil {
		return err
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, pathSignedOut))
	return nil
}

// leave signs every account out of this browser. Each sign-out is its own person's deed, in the log
// of that account.
func (room *Room) leave(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	list, err := room.here(r)
	if err != nil {
		return err
	}
	for _, s := range append(list, o.Session) {
		if err := room.logout(r, s); err != nil {
			return err
		}
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, pathSignedOut))
	return nil
}

func (room *Room) logout(r *web.Request, s session.Session) error {
	deed := session.Logout.On(visit.Tenant(r), s.ID, &session.EndDetail{Account: string(s.Account), Reason: "logout"})
	return room.Visits.Guard.Do(r.Context(), browser.Person(r, s), deed, func(tx *store.Tx) error {
		return gone(session.End(tx, visit.Tenant(r), s.ID))
	})
}

// gone makes nothing of what had ended before: it is what was wished for.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
