package data

import (
	"errors"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

func (room *Room) rules(r *web.Request) (rules lifecycle.Deletion, err error) {
	err = room.read(r, func(rd *store.Reader) (err error) {
		rules, err = lifecycle.Deletions.Get(rd, visit.Tenant(r))
		return err
	})
	return rules, err
}

func (room *Room) data(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.Desk.Frame(r, o, own.PathData, nil)
	if err != nil {
		return err
	}
	page := &Data{Frame: f, DownloadAction: visit.URL(r, PathDownload)}
	rules, err := room.rules(r)
	if err != nil {
		return err
	}
	if rules.Allowed {
		page.DeleteURL = visit.URL(r, PathDelete)
	}
	return visit.Show(w, http.StatusOK, page)
}

// download answers a file. Once its first byte has left, a failure can only cut it short: what
// came is no JSON then.
func (room *Room) download(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	write, err := room.Exports.Begin(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="my-data-`+room.now().Format(time.DateOnly)+`.json"`)
	return write(w)
}

func (room *Room) now() time.Time { return room.Visits.Guard.Store().Now() }

func (room *Room) askDelete(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	page, err := room.deletePage(r, o)
	if err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) deletePage(r *web.Request, o visit.Owner) (*Delete, error) {
	f, err := room.Desk.Frame(r, o, PathDelete, nil)
	if err != nil {
		return nil, err
	}
	rules, err := room.rules(r)
	if err != nil {
		return nil, err
	}
	if !rules.Allowed {
		return nil, visit.ErrMissing
	}
	return &Delete{Frame: f, Action: visit.URL(r, PathDelete), Days: rules.GraceDays, Due: room.now().AddDate(0, 0, rules.GraceDays)}, nil
}

func (room *Room) delete(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	page, err := room.deletePage(r, o)
	if err != nil {
		return err
	}
	_, err = room.Lifecycle.AskDeletion(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID)
	if errors.Is(err, membership.ErrLastOwner) {
		page.LastOwner = true
		return visit.Show(w, http.StatusOK, page)
	}
	if err != nil {
		return err
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, visit.PathLeaving))
	return nil
}

// leaving shows when the account of the session will be deleted. To others it says what was just
// done, without a word about anybody.
func (room *Room) leaving(w http.ResponseWriter, r *web.Request) error {
	o, ok, err := room.Visits.Leaver(r.Context(), r)
	if err != nil {
		return err
	}
	if !ok {
		return room.asked(w, r)
	}
	base, err := room.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	base.Path = visit.URL(r, visit.PathLeaving)
	if q, err := web.Query(r); err == nil && q.Get(visit.FieldInteraction) != "" {
		base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: q.Get(visit.FieldInteraction)}}
	}
	return visit.Show(w, http.StatusOK, &Leaving{
		Base: base, Person: visit.Person(o.Account), Due: o.Account.DeletionDueAt, KeepAction: visit.URL(r, PathKeep), SignOutAction: visit.URL(r, pathLeave),
	})
}

func (room *Room) asked(w http.ResponseWriter, r *web.Request) error {
	base, err := room.Visits.Base(r.Context(), r, nil, nil)
	if err != nil {
		return err
	}
	rules, err := room.rules(r)
	if err != nil {
		return err
	}
	base.Path = visit.URL(r, visit.PathLeaving)
	return visit.Show(w, http.StatusOK, &Asked{Base: base, Days: rules.GraceDays, SignInURL: visit.URL(r, own.PathOverview)})
}

// keep calls the deletion off and goes on where the sign-in was meant to lead.
func (room *Room) keep(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	o, ok, err := room.Visits.Leaver(r.Context(), r)
	if err != nil {
		return err
	}
	if !ok {
		web.SeeOther(w, visit.URL(r, own.PathOverview))
		return nil
	}
	if err := room.Lifecycle.CancelDeletion(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID); err != nil {
		return err
	}
	if which := form.Get(visit.FieldInteraction); which != "" {
		if g, err := room.Visits.Guest(r.Context(), w, r, which); err == nil && g.Interaction.Kind != interaction.Account {
			visit.Return(w, g.Interaction)
			return nil
		}
	}
	return own.Done(w, r, own.PathOverview, "kept")
}

// leave signs out and leaves the deletion as it is.
func (room *Room) leave(w http.ResponseWriter, r *web.Request) error {
	o, ok, err := room.Visits.Leaver(r.Context(), r)
	if err != nil {
		return err
	}
	if ok {
		tenant := id.Tenant(r.Tenant.ID)
		if err := room.Visits.Guard.Do(r.Context(), o.Caller, session.Logout.On(tenant, o.Session.ID, &session.EndDetail{Account: string(o.Account.ID), Reason: "logout"}), func(tx *store.Tx) error {
			err := session.End(tx, tenant, o.Session.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		}); err != nil {
			return err
		}
	}
	room.Visits.Browser.ClearSession(w, r)
	web.SeeOther(w, visit.URL(r, pathSignedOut))
	return nil
}
