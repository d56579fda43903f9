package signin

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// ways are the factors that a step takes, but one, as links.
func ways(r *web.Request, g visit.Guest, step signin.Step, but factor.Kind) []Way {
	if step.Verdict != signin.Prove {
		return nil
	}
	var out []Way
	for _, f := range append([]signin.Factor{step.Factor}, step.Others...) {
		if f.Kind() != but {
			out = append(out, WayTo(f.Kind(), visit.URL(r, f.Path(), visit.FieldInteraction, string(g.Interaction.ID))))
		}
	}
	return out
}

func (room *Room) step(w http.ResponseWriter, r *web.Request) (g visit.Guest, step signin.Step, f Frame, err error) {
	q, err := web.Query(r)
	if err != nil {
		return g, step, f, err
	}
	if g, err = room.Visits.Guest(r.Context(), w, r, q.Get(visit.FieldInteraction)); err != nil {
		return g, step, f, err
	}
	if step, err = room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), g.Interaction, g.Session, visit.Arrival(r)); err != nil {
		return g, step, f, err
	}
	f, err = room.frame(r, g)
	return g, step, f, err
}

// other shows all ways that the step takes.
func (room *Room) other(w http.ResponseWriter, r *web.Request) error {
	g, step, f, err := room.step(w, r)
	if err != nil {
		return err
	}
	if step.Verdict != signin.Prove {
		return room.lead(w, r, g, visit.PathSignIn)
	}
	return visit.Show(w, http.StatusOK, &Other{Frame: f, Ways: ways(r, g, step, "")})
}

// enrol shows what the person may set up where more is asked than they have.
func (room *Room) enrol(w http.ResponseWriter, r *web.Request) error {
	g, step, f, err := room.step(w, r)
	if err != nil {
		return err
	}
	if step.Verdict != signin.Enrol {
		return room.lead(w, r, g, visit.PathSignIn)
	}
	page := &Enrol{Frame: f}
	for _, e := range step.Enrolments {
		page.Ways = append(page.Ways, WayTo(e.Kind(), visit.URL(r, e.EnrolPath(), visit.FieldInteraction, string(g.Interaction.ID))))
	}
	return visit.Show(w, http.StatusOK, page)
}
