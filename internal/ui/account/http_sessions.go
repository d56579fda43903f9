package account

import (
	"errors"
	"net/http"
	"slices"

	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

func (room *Room) sessions(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.frame(r, o, own.PathSessions)
	if err != nil {
		return err
	}
	page := &Sessions{Frame: f, EndAction: visit.URL(r, PathEnd), EndOthersAction: visit.URL(r, PathEndOthers)}
	var list []session.Session
	if err := room.read(r, func(rd *store.Reader) (err error) {
		list, err = session.OfAccount(rd, visit.Tenant(r), o.Account.ID, maxApps)
		return err
	}); err != nil {
		return err
	}
	for _, s := range list {
		row := Session{ID: string(s.ID), UserAgent: s.Agent, Address: s.Address, FirstUsed: s.CreatedAt, LastUsed: s.SeenAt, Current: s.ID == o.Session.ID}
		if row.Current {
			page.Sessions = slices.Insert(page.Sessions, 0, row)
		} else {
			page.Sessions = append(page.Sessions, row)
		}
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) endSession(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	which := session.ID(form.Get(FieldSession))
	err = room.do(r, o, session.EndOwn.On(visit.Tenant(r), which, &session.EndDetail{Account: string(o.Account.ID), Reason: "person"}), func(tx *store.Tx) error {
		return gone(session.End(tx, visit.Tenant(r), which))
	})
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathSessions, "session")
}

func (room *Room) endOthers(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.do(r, o, session.EndOthers.On(visit.Tenant(r), o.Session.ID, &session.EndDetail{Account: string(o.Account.ID), Reason: "person"}), func(tx *store.Tx) error {
		_, err := session.EndAll(tx, visit.Tenant(r), o.Account.ID, o.Session.ID)
		return err
	})
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathSessions, "others")
}

// gone makes nothing of what had ended before: it is what was wished for.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
