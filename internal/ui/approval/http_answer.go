package approval

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

var dones = map[string]part.Key{
	string(approval.Approved): DoneApproved, string(approval.Mistaken): DoneMistaken, string(approval.Denied): DoneDenied, "over": DoneOver,
}

func (room *Room) device(r *web.Request, o visit.Owner) approval.Device {
	return approval.Device{Session: o.Session.ID, Browser: room.Visits.Browser.Bound(r)}
}

// pending is the request that this browser may answer, the zero Request for none.
func (room *Room) pending(r *web.Request, o visit.Owner) (approval.Request, error) {
	q, err := room.Approvals.Pending(r.Context(), visit.Tenant(r), o.Account.ID, room.device(r, o))
	if errors.Is(err, store.ErrNotFound) {
		return approval.Request{}, nil
	}
	return q, err
}

// Asks tells whether a sign-in waits for an answer in this browser: the account pages then say so.
func (room *Room) Asks(r *web.Request, o visit.Owner) (bool, error) {
	q, err := room.pending(r, o)
	return q.ID != "", err
}

func (room *Room) answering(w http.ResponseWriter, r *web.Request, o visit.Owner) (err error) {
	page := &Answer{Action: visit.URL(r, own.PathApprove), StateURL: visit.URL(r, pathWaiting)}
	if page.Frame, err = room.Desk.Frame(r, o, own.PathApprove, dones); err != nil {
		return err
	}
	q, err := room.pending(r, o)
	if err != nil {
		return err
	}
	if q.ID != "" {
		d := own.ParseUserAgent(q.Agent)
		page.Asked = &Asked{ID: q.ID, Choices: q.Choices, Browser: strings.Trim(d.Browser+", "+d.System, ", "), Place: q.Address, At: q.CreatedAt}
		if room.Place != nil {
			page.Asked.Place = strings.Trim(own.PlaceName(page.Locale, room.Place(q.Address))+" · "+q.Address, " ·")
		}
		app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), q.Client)
		if err != nil {
			return err
		}
		page.Asked.App = app.Name
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) waiting(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	q, err := room.pending(r, o)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, standing{q.ID})
}

func (room *Room) answer(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	number := approval.Deny
	if text := form.Get(FieldNumber); text != AnswerDeny {
		if number, err = strconv.Atoi(text); err != nil || number == approval.Deny {
			return visit.ErrMissing // no button of the page sends that: it answers nothing
		}
	}
	state, err := room.Approvals.Answer(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, room.device(r, o), form.Get(FieldRequest), number)
	var no *approval.Refused
	switch {
	case errors.As(err, &no):
		return own.Done(w, r, own.PathApprove, "over")
	case err != nil:
		return err
	}
	return own.Done(w, r, own.PathApprove, string(state))
}
