package security

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Phones is the page of the telephone number. It is safe for concurrent use.
type Phones struct {
	Desk  *own.Desk
	Phone *phone.Room
}

// Paths of the page, below the tenant's root.
const (
	PathPhone        = own.PathSecurity + "/phone"
	PathConfirmPhone = PathPhone + "/confirm"
	PathRemovePhone  = PathPhone + "/remove"
)

var phoneDones = map[string]part.Key{"phone_added": PhoneAdded, "phone_removed": PhoneRemoved}

// Routes are the room's endpoints.
func (room *Phones) Routes() []web.Route {
	d := room.Desk
	return []web.Route{
		d.Get("ui.security.phone", PathPhone, func(w http.ResponseWriter, r *web.Request, o visit.Owner) error { return room.show(w, r, o, Phone{}) }),
		d.FreshPost("ui.security.phone.claim", PathPhone, phone.Claim.Name(), web.RateCostly, PathPhone, room.claim),
		d.FreshPost("ui.security.phone.confirm", PathConfirmPhone, phone.Confirm.Name(), web.RateCostly, PathPhone, room.confirm),
		d.FreshPost("ui.security.phone.remove", PathRemovePhone, phone.Remove.Name(), web.RateStandard, PathPhone, room.remove),
	}
}

// ways are the entries of the overview: the number, where codes can be sent to it.
func (room *Phones) ways(rd *store.Reader, r *web.Request, o visit.Owner) ([]Way, error) {
	if offered, err := room.Phone.Offered(rd, visit.Tenant(r)); err != nil || !offered {
		return nil, err
	}
	a := o.Account
	return []Way{phoneWay(a.Claims.PhoneNumber, a.PhoneVerifiedAt, visit.URL(r, PathPhone))}, nil
}

// show shows the page; say is what it says of a form that was refused.
func (room *Phones) show(w http.ResponseWriter, r *web.Request, o visit.Owner, say Phone) (err error) {
	page := &say
	if page.Frame, err = room.Desk.Frame(r, o, PathPhone, phoneDones); err != nil {
		return err
	}
	if err := room.Desk.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) error {
		state, err := room.Phone.State(rd, visit.Tenant(r), o.Account.ID, o.Session.ID)
		if err != nil {
			return err
		}
		page.Number, page.Since = state.Number, state.Since
		if page.Typed == "" {
			page.Pending = state.Pending
		}
		page.Offered, err = room.Phone.Offered(rd, visit.Tenant(r))
		return err
	}); err != nil {
		return err
	}
	page.ClaimAction, page.ConfirmAction, page.RemoveAction = visit.URL(r, PathPhone), visit.URL(r, PathConfirmPhone), visit.URL(r, PathRemovePhone)
	return visit.Show(w, http.StatusOK, page)
}

func (room *Phones) claim(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	base, err := room.Desk.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	typed := form.Get(FieldNumber)
	err = room.Phone.Claim(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, o.Session.ID, typed, string(base.Locale))
	var refused *phone.Refused
	switch {
	case errors.As(err, &refused) && refused.Reason == phone.Malformed:
		return room.show(w, r, o, Phone{Typed: typed, Problem: PhoneMalformed})
	case errors.As(err, &refused) && refused.Reason == phone.Unreachable:
		return room.show(w, r, o, Phone{Typed: typed, Problem: PhoneUnreachable})
	case err != nil && refused == nil:
		return err
	}
	web.SeeOther(w, visit.URL(r, PathPhone)) // which says so where numbers are of no use
	return nil
}

func (room *Phones) confirm(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = room.Phone.Confirm(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, o.Session.ID, form.Get(FieldCode), r.Client)
	var slow *throttle.Refused
	var refused *phone.Refused
	switch {
	case err == nil:
		return own.Done(w, r, PathPhone, "phone_added")
	case errors.As(err, &slow) && slow.Stopped:
		return room.show(w, r, o, Phone{Problem: PhoneStopped})
	case errors.As(err, &slow):
		return room.show(w, r, o, Phone{Problem: PhoneThrottled, Wait: slow.Wait})
	case errors.As(err, &refused):
		return room.show(w, r, o, Phone{Problem: PhoneWrong})
	}
	return err
}

func (room *Phones) remove(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	if err := room.Phone.Remove(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID); err != nil {
		return err
	}
	return own.Done(w, r, PathPhone, "phone_removed")
}
