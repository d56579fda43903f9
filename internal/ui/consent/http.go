package consent

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/authorize"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Asker is who asks for consent and takes the answer: the authorization endpoint.
type Asker interface {
	// Pending is the question of an interaction; authorize.ErrOver if there is none.
	Pending(ctx context.Context, r *web.Request, i interaction.Interaction) (authorize.Question, error)
	// Answer stores the answer; authorize.ErrOver if there was one before.
	Answer(ctx context.Context, r *web.Request, c caller.Caller, i interaction.Interaction, approve bool) error
}

// Room is the page of consent. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Asker     Asker
	Translate web.ErrorFunc
}

// PathConsent is the page, below the tenant's root.
const PathConsent = "/consent"

// fieldShown names the question that the page showed.
const fieldShown = "shown"

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		{
			Name: "ui.consent", Method: http.MethodGet, Path: PathConsent, Scope: web.PerTenant,
			Public: "shows the session's own person what an application asks of them", Handler: room.get, Errors: room.Translate,
		},
		{
			Name: "ui.consent.post", Method: http.MethodPost, Path: PathConsent, Scope: web.PerTenant, CSRF: web.Browser,
			Action: consent.Give.Name(), Event: consent.Give.Name(), Handler: room.post, Errors: room.Translate,
		},
	}
}

func (room *Room) get(w http.ResponseWriter, r *web.Request) error {
	g, _, err := room.Visits.Asked(w, r)
	if err != nil {
		return err
	}
	question, err := room.Asker.Pending(r.Context(), r, g.Interaction)
	if err != nil {
		return elsewhere(w, g, err)
	}
	person, err := room.Visits.Account(r.Context(), visit.Tenant(r), question.Person)
	if err != nil {
		return err
	}
	base, err := room.Visits.BaseFor(r.Context(), r, g.Interaction.About.Locales, &person, question.Client.ID)
	if err != nil {
		return err
	}
	app, err := room.Visits.AppWithLogo(r.Context(), visit.Tenant(r), question.Client)
	if err != nil {
		return err
	}
	app.Host = question.Host
	which := string(g.Interaction.ID)
	base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: which}, {Name: fieldShown, Value: question.Shown()}}
	base.Path = visit.URL(r, PathConsent, visit.FieldInteraction, which)
	// The answer leads on to the client, and browsers apply form-action to that redirect too.
	if err := web.AllowFormAction(w, question.Target.String()); err != nil {
		return err
	}
	page := &Page{
		Base: base, App: app, Person: visit.Portrait(r, person), Action: visit.URL(r, PathConsent),
		SwitchURL: visit.URL(r, visit.PathSignIn, visit.FieldInteraction, which, visit.ParamOther, "1"),
		APIs:      apis(question.APIs), Withheld: apis(question.Withheld),
	}
	for _, s := range question.Identity {
		page.Identity = append(page.Identity, string(s))
	}
	return visit.Show(w, http.StatusOK, page)
}

// apis says scopes in plain words.
func apis(list []authorize.QuestionAPI) []part.API {
	var out []part.API
	for _, a := range list {
		api := part.API{Name: a.Resource.Name}
		for _, s := range a.Scopes {
			api.Scopes = append(api.Scopes, part.Scope{Name: string(s.Name), Text: s.Description, Granted: s.Granted})
		}
		out = append(out, api)
	}
	return out
}

func (room *Room) post(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	decision := form.Get(FieldDecision)
	if decision != Approve && decision != Deny {
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The decision is approve or deny."}
	}
	g, err := room.Visits.Guest(r.Context(), w, r, form.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	if decision == Approve {
		question, err := room.Asker.Pending(r.Context(), r, g.Interaction)
		if err != nil {
			return elsewhere(w, g, err)
		}
		// What is approved is what was shown: a right or a scope that came since is shown first.
		if form.Get(fieldShown) != question.Shown() {
			web.SeeOther(w, visit.URL(r, PathConsent, visit.FieldInteraction, string(g.Interaction.ID)))
			return nil
		}
	}
	if err := room.Asker.Answer(r.Context(), r, g.Caller, g.Interaction, decision == Approve); err != nil {
		return elsewhere(w, g, err)
	}
	visit.Return(w, g.Interaction)
	return nil
}

// elsewhere deals with a question that cannot be asked. One whose request is not valid any more
// goes back to the authorization endpoint, which tells the client why.
func elsewhere(w http.ResponseWriter, g visit.Guest, err error) error {
	var refusal *oauth.Error
	switch {
	case errors.Is(err, authorize.ErrOver):
		return visit.ErrExpired
	case errors.As(err, &refusal):
		visit.Return(w, g.Interaction)
		return nil
	}
	return err
}
