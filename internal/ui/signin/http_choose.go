package signin

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// around looks at who is signed in in this browser: person is who must prove themselves, choices are
// the accounts to choose among. Both are empty where the person says who they are by name.
func (room *Room) around(r *web.Request, g visit.Guest, name string, other bool) (person *account.Account, choices []Choice, err error) {
	i := g.Interaction
	if s := g.Session; s != nil && (i.Account == "" || i.Account == s.Account) && (i.About.Account == "" || i.About.Account == s.Account) && !other {
		a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.Account)
		if err != nil {
			return nil, nil, err
		}
		if i.Account == s.Account || i.About.Account == s.Account || name != "" && a.Answers(name) {
			return &a, nil, nil // chosen, or named
		}
	}
	if name != "" || other || i.Account != "" {
		return nil, nil, nil
	}
	list, err := room.inBrowser(r, g)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	if len(list) == 1 && g.Session != nil && list[0].ID == g.Session.ID && !i.About.Choose {
		enough, err := room.Visits.SignIn.Suffices(r.Context(), visit.Tenant(r), i, list[0], visit.Arrival(r))
		if err != nil {
			return nil, nil, err
		}
		if !enough {
			a, err := room.Visits.Account(r.Context(), visit.Tenant(r), list[0].Account)
			return &a, nil, err
		}
	}
	for _, s := range list {
		a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.Account)
		if err != nil {
			return nil, nil, err
		}
		choices = append(choices, Choice{Person: visit.Portrait(r, a), Value: string(s.ID)})
	}
	return nil, choices, nil
}

// inBrowser lists the sessions of this browser that the interaction could go on with, the one that
// it speaks for first.
func (room *Room) inBrowser(r *web.Request, g visit.Guest) (out []session.Session, err error) {
	err = room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) error {
		list, err := session.OfBrowser(rd, visit.Tenant(r), g.Accounts)
		if g.Session != nil {
			out = append(out, *g.Session)
		}
		for _, s := range list {
			if g.Session == nil || s.Account != g.Session.Account {
				out = append(out, s)
			}
		}
		return err
	})
	if only := g.Interaction.About.Account; only != "" {
		for _, s := range out {
			if s.Account == only {
				return []session.Session{s}, err
			}
		}
		return nil, err
	}
	return out, err
}

func (room *Room) choose(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	list, err := room.inBrowser(r, g)
	if err != nil {
		return err
	}
	for _, s := range list {
		if string(s.ID) == form.Get(FieldAccount) {
			return room.resume(w, r, g, s)
		}
	}
	web.SeeOther(w, visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(g.Interaction.ID), visit.ParamOther, "1"))
	return nil
}

// resume goes on with a session of this browser. If the browser spoke for another one it gets a new
// cookie for this.
func (room *Room) resume(w http.ResponseWriter, r *web.Request, g visit.Guest, s session.Session) error {
	var to signin.Switch
	bring := g.Session == nil || g.Session.ID != s.ID
	cookie, fresh := room.Visits.Browser.NewSession()
	if bring {
		to = signin.Switch{Accounts: g.Accounts, Digest: fresh}
	}
	enough, err := room.Visits.SignIn.Resume(r.Context(), g.Caller, visit.Tenant(r), g.Place(), s, visit.Arrival(r), to)
	if errors.Is(err, signin.ErrGone) {
		return visit.ErrExpired
	}
	if err != nil {
		return err
	}
	if bring {
		if err := room.Visits.Browser.SetSession(w, r, cookie); err != nil {
			return err
		}
	}
	if !enough {
		return room.lead(w, r, g, visit.PathSignIn)
	}
	visit.Return(w, g.Interaction)
	return nil
}

// cancel goes back to the client without a sign-in.
func (room *Room) cancel(w http.ResponseWriter, r *web.Request) error {
	g, _, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	if g.Interaction.Kind != interaction.Authorize {
		return visit.ErrMissing // nobody waits for an answer
	}
	err = room.Visits.SignIn.Stop(r.Context(), g.Caller, visit.Tenant(r), g.Place())
	if errors.Is(err, signin.ErrGone) {
		return visit.ErrExpired
	}
	if err != nil {
		return err
	}
	visit.Return(w, g.Interaction)
	return nil
}
