package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of sign-in. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Passwords *password.Room
	Puzzles   *puzzle.Room
	Translate web.ErrorFunc
}

// Paths that take forms, below the tenant's root.
const (
	PathChoose = "/signin/choose"
	PathCancel = "/signin/cancel"
)

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		{
			Name: "ui.signin", Method: http.MethodGet, Path: visit.PathSignIn, Scope: web.PerTenant,
			Public: "nobody is known yet; the interaction is bound to the browser's cookie", Handler: room.get, Errors: room.Translate,
		},
		{
			Name: "ui.signin.post", Method: http.MethodPost, Path: visit.PathSignIn, Scope: web.PerTenant, Rate: web.RateCostly, CSRF: web.Browser,
			Action: password.Prove.Name(), Event: password.Prove.Name(), Handler: room.post, Errors: room.Translate,
		},
		{
			Name: "ui.signin.choose", Method: http.MethodPost, Path: PathChoose, Scope: web.PerTenant, CSRF: web.Browser,
			Action: signin.Continue.Name(), Event: signin.Continue.Name(), Handler: room.choose, Errors: room.Translate,
		},
		{
			Name: "ui.signin.cancel", Method: http.MethodPost, Path: PathCancel, Scope: web.PerTenant, CSRF: web.Browser,
			Action: signin.Cancel.Name(), Event: signin.Cancel.Name(), Handler: room.cancel, Errors: room.Translate,
		},
	}
}

// telling is what a form says when it is shown again.
type telling struct {
	username string
	problem  Problem
	wait     time.Duration
}

func (room *Room) get(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	g, err := room.Visits.Guest(r.Context(), w, r, q.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	step, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), g.Interaction, g.Session)
	if err != nil {
		return err
	}
	if step.Verdict == signin.Prove && step.Factor.Path() != visit.PathSignIn {
		web.SeeOther(w, visit.URL(r, step.Factor.Path(), visit.FieldInteraction, string(g.Interaction.ID)))
		return nil
	}
	if step.Verdict == signin.Impossible {
		return visit.ErrForbidden
	}
	return room.show(w, r, g, q.Get(visit.ParamOther) != "", telling{username: g.Interaction.About.Hint})
}

// show picks the page: the chooser where the browser's session may be enough, the short form where
// its person must prove to be still there, else the whole form.
func (room *Room) show(w http.ResponseWriter, r *web.Request, g visit.Guest, other bool, say telling) error {
	i := g.Interaction
	app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client)
	if err != nil {
		return err
	}
	if i.About.Redirect != "" {
		if err := web.AllowFormAction(w, i.About.Redirect); err != nil {
			return err
		}
	}
	cancel := ""
	if i.Kind == interaction.Authorize {
		cancel = visit.URL(r, PathCancel)
	}
	asked, err := room.puzzle(r, i, say.problem)
	if err != nil {
		return err
	}
	s := g.Session
	if s == nil || other || i.About.Account != "" && i.About.Account != s.Account || i.Account != "" && i.Account != s.Account {
		base, err := room.base(r.Context(), r, i)
		if err != nil {
			return err
		}
		return visit.Show(w, http.StatusOK, &Page{Base: base, App: app, Action: visit.URL(r, visit.PathSignIn), Username: say.username, Puzzle: asked, Problem: say.problem, Wait: say.wait, CancelAction: cancel})
	}
	return room.known(w, r, g, app, cancel, asked, say)
}

// known shows the pages of a person who is signed in.
func (room *Room) known(w http.ResponseWriter, r *web.Request, g visit.Guest, app part.App, cancel string, asked part.Puzzle, say telling) error {
	i, s := g.Interaction, g.Session
	base, err := room.base(r.Context(), r, i)
	if err != nil {
		return err
	}
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.Account)
	if err != nil {
		return err
	}
	enough, err := room.Visits.SignIn.Suffices(r.Context(), visit.Tenant(r), i, *s)
	if err != nil {
		return err
	}
	if enough || i.About.Choose && i.Account != s.Account {
		return visit.Show(w, http.StatusOK, &Chooser{Base: base, App: app, Action: visit.URL(r, PathChoose), CancelAction: cancel,
			Choices: []Choice{{Person: visit.Person(a), Value: string(s.ID)}}})
	}
	page := &Again{Base: base, App: app, Person: visit.Person(a), Reason: ForApp, Action: visit.URL(r, visit.PathSignIn), Puzzle: asked, Problem: say.problem, Wait: say.wait, CancelAction: cancel}
	if app.Name == "" {
		page.Reason = ForSafety
	}
	if i.About.Account == "" {
		page.OtherURL = visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(i.ID), visit.ParamOther, "1")
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) base(ctx context.Context, r *web.Request, i interaction.Interaction) (part.Base, error) {
	base, err := room.Visits.Base(ctx, r, i.About.Locales, nil)
	base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	base.Path = visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(i.ID))
	return base, err
}

// guest reads a form and finds what it is about.
func (room *Room) guest(w http.ResponseWriter, r *web.Request) (visit.Guest, web.Params, error) {
	form, err := web.Form(r)
	if err != nil {
		return visit.Guest{}, form, err
	}
	g, err := room.Visits.Guest(r.Context(), w, r, form.Get(visit.FieldInteraction))
	return g, form, err
}

func (room *Room) post(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.guest(w, r)
	if err != nil {
		return err
	}
	username := form.Get(FieldUsername)
	secretText, err := plaintext.Parse(form.Get(FieldPassword))
	if errors.Is(err, plaintext.ErrEmpty) || username == "" {
		return room.show(w, r, g, true, telling{username: username, problem: Wrong})
	}
	if err != nil {
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The password is longer than any may be.", Cause: err}
	}
	out, err := room.Passwords.Verify(r.Context(), g.Caller, visit.Tenant(r), password.Attempt{
		Identifier: username, Password: secretText, Source: r.Client, Device: visit.Device(r), Stranger: room.stranger(r, g.Interaction, form),
	}, password.Place{Interaction: g.Interaction.ID, Browser: g.Binding})
	if err != nil {
		return room.refused(w, r, g, username, err)
	}
	if err := visit.SetDevice(w, r, out.Device); err != nil {
		return err
	}
	return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
}

// refused shows the form again. What it says of a wrong password it says of an unknown name.
func (room *Room) refused(w http.ResponseWriter, r *web.Request, g visit.Guest, username string, err error) error {
	var refused *password.Refused
	var busy *argon.ErrBusy
	switch {
	case errors.As(err, &busy):
		return &visit.Refusal{Kind: "busy", Status: http.StatusServiceUnavailable, Wait: busy.RetryAfter, Cause: err}
	case errors.As(err, new(*puzzle.Refused)):
		return room.show(w, r, g, !room.sameName(r.Context(), r, g.Session, username), telling{username: username, problem: Unproved})
	case !errors.As(err, &refused):
		return err
	case refused.Reason == password.Gone:
		return visit.ErrExpired
	case refused.Reason == password.Throttled:
		return room.show(w, r, g, !room.sameName(r.Context(), r, g.Session, username), telling{username, Throttled, refused.Wait})
	}
	return room.show(w, r, g, !room.sameName(r.Context(), r, g.Session, username), telling{username: username, problem: Wrong})
}

// sameName reports whether the name that was typed is that of the person who is signed in: then
// the short form is shown again.
func (room *Room) sameName(ctx context.Context, r *web.Request, s *session.Session, username string) bool {
	if s == nil {
		return false
	}
	a, err := room.Visits.Account(ctx, visit.Tenant(r), s.Account)
	return err == nil && string(a.Username) == username
}

func (room *Room) choose(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.guest(w, r)
	if err != nil {
		return err
	}
	which := form.Get(FieldAccount)
	again := []string{visit.FieldInteraction, string(g.Interaction.ID)}
	if g.Session == nil || which != string(g.Session.ID) {
		web.SeeOther(w, visit.URL(r, visit.PathSignIn, append(again, visit.ParamOther, "1")...))
		return nil
	}
	enough, err := room.Visits.SignIn.Resume(r.Context(), g.Caller, visit.Tenant(r), g.Place(), *g.Session)
	if errors.Is(err, signin.ErrGone) {
		return visit.ErrExpired
	}
	if err != nil {
		return err
	}
	if !enough {
		web.SeeOther(w, visit.URL(r, visit.PathSignIn, again...))
		return nil
	}
	visit.Return(w, g.Interaction)
	return nil
}

// cancel goes back to the client without a sign-in.
func (room *Room) cancel(w http.ResponseWriter, r *web.Request) error {
	g, _, err := room.guest(w, r)
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
