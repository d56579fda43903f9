package signin

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// askRenewal shows the page of a new password, where the sign-in asks for nothing else.
func (room *Room) askRenewal(w http.ResponseWriter, r *web.Request) error {
	g, step, _, err := room.step(w, r)
	if err != nil {
		return err
	}
	return room.showRenewal(w, r, g, step, "")
}

func (room *Room) showRenewal(w http.ResponseWriter, r *web.Request, g visit.Guest, step signin.Step, problem Problem) error {
	if step.Verdict != signin.Renew {
		return room.lead(w, r, g, visit.PathSignIn)
	}
	if to := g.Interaction.About.Redirect; to != "" {
		if err := web.AllowFormAction(w, to); err != nil {
			return err
		}
	}
	f, err := room.frame(r, g)
	if err != nil {
		return err
	}
	f.Action = visit.URL(r, room.Passwords.RenewPath())
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), g.Interaction.Account)
	if err != nil {
		return err
	}
	page := &Renewal{Frame: f, Person: visit.Person(a), Problem: problem}
	if page.MinLength, err = room.Passwords.Minimum(r.Context(), visit.Tenant(r)); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// takeRenewal stores the new password and goes on with the sign-in. What the sign-in asks for is
// looked at before anything is hashed, and again in the transaction.
func (room *Room) takeRenewal(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	step, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), g.Interaction, g.Session, visit.Arrival(r))
	if err != nil {
		return err
	}
	if step.Verdict != signin.Renew {
		return room.lead(w, r, g, visit.PathSignIn)
	}
	who := g.Interaction.Account
	next, err := room.Passwords.Another(r.Context(), visit.Tenant(r), who, form.Get(FieldNewPassword))
	if err != nil {
		problem, err := visit.PasswordProblem(err)
		if problem == "" {
			return err
		}
		return room.showRenewal(w, r, g, step, problem)
	}
	err = room.Visits.SignIn.Replacing(r.Context(), g.Caller, visit.Tenant(r), g.Place(), who, g.Session, visit.Arrival(r), func(tx *store.Tx) error {
		return next.Renew(tx, visit.Tenant(r), who, password.Place{Interaction: g.Interaction.ID, Browser: g.Binding})
	})
	var refused *signin.Refused
	switch {
	case errors.Is(err, signin.ErrIncomplete):
		return room.lead(w, r, g, visit.PathSignIn)
	case errors.As(err, &refused):
		return visit.ErrExpired
	case err != nil:
		return err
	}
	return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
}
