package code

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

func (room *Room) askEnrol(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	s, ok, err := room.enrolling(w, r, q.Get(visit.FieldInteraction))
	if err != nil || !ok {
		return err
	}
	return room.showEnrol(w, r, s, "")
}

func (room *Room) showEnrol(w http.ResponseWriter, r *web.Request, s step, problem Problem) error {
	base, app, person, err := room.frame(w, r, s, room.TOTP.EnrolPath())
	if err != nil {
		return err
	}
	setup, err := room.TOTP.Begin(r.Context(), s.Caller, visit.Tenant(r), s.who, string(s.Interaction.ID))
	if err != nil {
		return err
	}
	page := &Enrol{Base: base, App: app, Person: person, Action: visit.URL(r, room.TOTP.EnrolPath()), Problem: problem, CancelAction: cancelAction(r, s)}
	next, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), s.Interaction, s.Session, visit.Arrival(r))
	if err != nil {
		return err
	}
	if len(next.Enrolments) > 1 {
		page.OtherURL = visit.URL(r, visit.PathEnrol, visit.FieldInteraction, string(s.Interaction.ID))
	}
	if page.Setup, err = part.NewAppSetup(setup.URI(base.Tenant(), person.Username), setup.Groups()); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) takeEnrol(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	s, ok, err := room.enrolling(w, r, form.Get(visit.FieldInteraction))
	if err != nil || !ok {
		return err
	}
	err = room.TOTP.Enrol(r.Context(), s.Caller, visit.Tenant(r), s.who, form.Get(FieldCode), s.Beside())
	var refused *totp.Refused
	switch {
	case err == nil:
		return room.Visits.Advance(r.Context(), w, r, s.Interaction.ID)
	case errors.As(err, &refused) && refused.Reason == totp.Wrong:
		return room.showEnrol(w, r, s, SetupWrong)
	case errors.As(err, &refused) && refused.Reason == totp.Expired:
		return room.showEnrol(w, r, s, SetupExpired)
	}
	return over(err)
}
