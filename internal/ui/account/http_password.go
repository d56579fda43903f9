package account

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

func (room *Room) password(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.showPassword(w, r, o, &Password{})
}

func (room *Room) showPassword(w http.ResponseWriter, r *web.Request, o visit.Owner, page *Password) (err error) {
	if page.Frame, err = room.frame(r, o, own.PathPassword); err != nil {
		return err
	}
	if page.MinLength, err = room.Passwords.Minimum(r.Context(), visit.Tenant(r)); err != nil {
		return err
	}
	page.Action = visit.URL(r, own.PathPassword)
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) changePassword(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	next := form.Get(FieldNewPassword)
	if next != form.Get(FieldRepeatPassword) {
		return room.showPassword(w, r, o, &Password{RepeatProblem: RepeatDiffers})
	}
	present, err := plaintext.Parse(form.Get(FieldCurrentPassword))
	if err != nil {
		return room.showPassword(w, r, o, &Password{CurrentProblem: CurrentWrong})
	}
	err = room.Passwords.ChangeOwn(r.Context(), o.Caller, visit.Tenant(r), password.Wish{
		Attempt: password.Attempt{Password: present, Source: r.Client, Device: visit.Device(r)},
		New:     next, KeepSession: o.Session.ID, EndOthers: form.Get(FieldEndOthers) == EndOthersOn,
	})
	page := &Password{}
	var refused *password.Refused
	var weak *policy.Refusal
	var busy *argon.ErrBusy
	switch {
	case err == nil:
		return own.Done(w, r, own.PathPassword, "password")
	case errors.As(err, &busy):
		return &visit.Refusal{Kind: "busy", Status: http.StatusServiceUnavailable, Wait: busy.RetryAfter, Cause: err}
	case errors.As(err, &refused) && refused.Reason == password.Throttled:
		page.CurrentProblem = ThrottledChange
	case errors.As(err, &refused) && refused.Reason == password.Same:
		page.NewProblem = PasswordSame
	case errors.As(err, &refused):
		page.CurrentProblem = CurrentWrong
	case errors.As(err, &weak):
		page.NewProblem = visit.WeakPassword(weak.Reason)
	case errors.Is(err, plaintext.ErrTooLong):
		page.NewProblem = PasswordLong
	case errors.Is(err, plaintext.ErrEmpty):
		page.NewProblem = PasswordShort
	default:
		return err
	}
	return room.showPassword(w, r, o, page)
}
