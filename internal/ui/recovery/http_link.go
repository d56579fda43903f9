package recovery

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// link shows the page of an administrator's link. It uses nothing up.
func (room *Room) link(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	visit.Remember(w, r)
	return room.showLink(w, r, q.Get(recovery.Param), "")
}

func (room *Room) showLink(w http.ResponseWriter, r *web.Request, token string, problem Problem) error {
	_, loses, err := room.Recovery.LookLink(r.Context(), visit.Tenant(r), token)
	if err != nil {
		return over(err)
	}
	f, err := room.tokened(r, recovery.PathLink, token)
	if err != nil {
		return err
	}
	f.Problem = problem
	page := &Password{Frame: f, Loses: loses}
	if page.MinLength, err = room.Passwords.Minimum(r.Context(), visit.Tenant(r)); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// tokened is the frame of a page whose form carries the token of a link.
func (room *Room) tokened(r *web.Request, path, token string) (Frame, error) {
	f, err := room.frame(r, interaction.Interaction{}, path)
	f.Hidden = []part.Field{{Name: recovery.Param, Value: token}}
	f.Path = visit.URL(r, path, recovery.Param, token)
	return f, err
}

func (room *Room) redeem(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, _, err := room.Visits.Somebody(r.Context(), w, r)
	if err != nil {
		return err
	}
	token := form.Get(recovery.Param)
	if err := room.Recovery.Redeem(r.Context(), c, visit.Tenant(r), token, form.Get(FieldPassword)); err != nil {
		problem, err := visit.PasswordProblem(err)
		if problem == "" {
			return over(err)
		}
		return room.showLink(w, r, token, problem)
	}
	web.SeeOther(w, visit.URL(r, PathDone))
	return nil
}

// notMe explains what the button does. Scanners of mail that follow the link change nothing.
func (room *Room) notMe(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	visit.Remember(w, r)
	token := q.Get(recovery.Param)
	if _, err := room.Recovery.LookNotMe(r.Context(), visit.Tenant(r), token); err != nil {
		return over(err)
	}
	f, err := room.tokened(r, PathNotMe, token)
	if err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, &NotMe{Frame: f})
}

// sayNotMe ends what is running and goes on with the recovery of the account.
func (room *Room) sayNotMe(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c, binding, err := room.Visits.Somebody(r.Context(), w, r)
	if err != nil {
		return err
	}
	i, err := room.interaction(r, interaction.Interaction{})
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, nil, nil)
	if err != nil {
		return err
	}
	if err := room.Recovery.SayNotMe(r.Context(), c, visit.Tenant(r), form.Get(recovery.Param), i, binding, string(base.Locale)); err != nil {
		return over(err)
	}
	return lead(w, r, i.ID, recovery.PathCode)
}
