package registration

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// invitation shows the page of a link. It uses nothing up: scanners of mail follow links too.
func (room *Room) invitation(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	token := q.Get(registration.Param)
	v, err := room.Registration.Look(r.Context(), visit.Tenant(r), token)
	if err != nil {
		return over(err)
	}
	if q.Get(visit.FieldInteraction) == "" {
		g, err := room.Visits.Starting(r.Context(), w, r)
		if err != nil {
			return err
		}
		web.SeeOther(w, visit.URL(r, registration.PathInvitation, registration.Param, token, visit.FieldInteraction, string(g.Interaction.ID)))
		return nil
	}
	g, err := room.Visits.Guest(r.Context(), w, r, q.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	return room.showInvitation(w, r, g, v, token, &Person{Values: map[string]string{"name": v.Name}})
}

func (room *Room) showInvitation(w http.ResponseWriter, r *web.Request, g visit.Guest, v registration.Invitation, token string, page *Person) error {
	rules, err := room.Registration.Rules(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	page.Invited = true
	page.Terms = Terms{rules.TermsVersion, rules.TermsURL, rules.PrivacyURL, page.Terms.Accepted}
	t, err := room.Visits.Tenants.ByID(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	page.Inviter = t.Called()
	page.More = []part.Field{{Name: registration.Param, Value: token}}
	return room.showLast(w, r, g, page, registration.PathInvitation, string(v.Email))
}

func (room *Room) accept(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	token := form.Get(registration.Param)
	v, err := room.Registration.Look(r.Context(), visit.Tenant(r), token)
	if err != nil {
		return over(err)
	}
	wish, values, err := room.written(r, form)
	if err != nil {
		return err
	}
	_, err = room.Registration.Accept(r.Context(), g.Caller, visit.Tenant(r), at(g), token, registration.Answer{Wish: wish, Terms: form.Get(FieldTerms)})
	if err == nil {
		return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
	}
	page := &Person{Values: values, Terms: Terms{Accepted: form.Get(FieldTerms) != ""}}
	if errors.Is(err, registration.ErrTaken) {
		page.Problem = Taken
	} else if err := refused(page, err); err != nil {
		return err
	}
	return room.showInvitation(w, r, g, v, token, page)
}
