package registration

import (
	"errors"
	"net/http"
	"slices"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// later shows what a sign-in asks for when all is proved.
func (room *Room) later(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	g, ok, err := room.Visits.Answering(r.Context(), w, r, q.Get(visit.FieldInteraction), registration.PathLater)
	if err != nil || !ok {
		return err
	}
	return room.showLater(w, r, g, &Later{})
}

func (room *Room) showLater(w http.ResponseWriter, r *web.Request, g visit.Guest, page *Later) error {
	if to := g.Interaction.About.Redirect; to != "" { // where the form leads in the end
		if err := web.AllowFormAction(w, to); err != nil {
			return err
		}
	}
	var rules registration.Rules
	var l registration.Later
	if err := room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) (err error) {
		if rules, err = registration.Settings.Get(rd, visit.Tenant(r)); err == nil {
			l, err = room.Registration.Later(rd, visit.Tenant(r), g.Interaction.Account, g.Interaction)
		}
		return err
	}); err != nil {
		return err
	}
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), g.Interaction.Account)
	if err != nil {
		return err
	}
	problem := page.Problem
	if page.Frame, err = room.frame(r, g, registration.PathLater); err != nil {
		return err
	}
	page.Problem, page.Person, page.Asked = problem, visit.Person(a), l.Claims
	if l.Terms != "" {
		page.Terms = Terms{l.Terms, rules.TermsURL, rules.PrivacyURL, page.Terms.Accepted}
	}
	if g.Interaction.Kind == interaction.Authorize {
		page.CancelAction = visit.URL(r, visit.PathCancel)
	}
	return visit.Show(w, http.StatusOK, page)
}

// takeLater keeps the answer and goes on with the sign-in.
func (room *Room) takeLater(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	g, ok, err := room.Visits.Answering(r.Context(), w, r, form.Get(visit.FieldInteraction), registration.PathLater)
	if err != nil || !ok {
		return err
	}
	who, detail := g.Interaction.Account, &registration.AnswerDetail{}
	err = room.Visits.SignIn.Answering(r.Context(), g.Caller, visit.Tenant(r), registration.Tell.On(visit.Tenant(r), who, detail), g.Place(), who, g.Session, visit.Arrival(r), func(tx *store.Tx) error {
		return room.Registration.Answer(tx, visit.Tenant(r), who, g.Interaction, form.Get(FieldTerms), form.Get, detail)
	})
	page := &Later{Values: map[string]string{}, Terms: Terms{Accepted: form.Get(FieldTerms) != ""}}
	for _, name := range registration.Asked {
		page.Values[name] = form.Get(name)
	}
	var problem *guard.Problem
	var refused *signin.Refused
	switch {
	case err == nil:
		return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
	case errors.Is(err, registration.ErrTerms):
		page.Problem, page.Terms.Accepted = TermsMissing, false
	case errors.As(err, &problem) && problem.Code == "invalid" && slices.Contains(registration.Asked, problem.Field):
		page.Problem, page.BadClaim = BadClaim, problem.Field
	case errors.As(err, &refused):
		return visit.ErrExpired
	default:
		return err
	}
	return room.showLater(w, r, g, page)
}
