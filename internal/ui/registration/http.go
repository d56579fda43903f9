package registration

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of registration. It is safe for concurrent use.
type Room struct {
	Visits       *visit.Room
	Registration *registration.Room
	Passwords    *password.Room
	Translate    web.ErrorFunc
}

// Paths of the room, below the tenant's root.
const (
	PathStart  = visit.PathSignUp
	PathCode   = "/signup/code"
	PathResend = "/signup/code/again"
	PathPerson = "/signup/account"
)

const paramSent = "sent"

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	const open = "who registers is nobody yet; what is under way is bound to the browser's cookie"
	get := func(name, path string, rate web.RateClass, public string, h web.Handler) web.Route {
		return visit.Get(name, path, rate, public, h, room.Translate)
	}
	post := func(name, path, action string, h web.Handler) web.Route {
		return visit.Post(name, path, action, h, room.Translate)
	}
	return []web.Route{
		get("ui.signup", PathStart, web.RateStandard, open, room.start),
		post("ui.signup.post", PathStart, registration.Start.Name(), room.begin),
		get("ui.signup.code", PathCode, web.RateStandard, open, room.code),
		post("ui.signup.code.post", PathCode, registration.Confirm.Name(), room.confirm),
		post("ui.signup.code.again", PathResend, registration.Start.Name(), room.again),
		get("ui.signup.account", PathPerson, web.RateStandard, open, room.person),
		post("ui.signup.account.post", PathPerson, registration.Join.Name(), room.finish),
		get("ui.signup.later", registration.PathLater, web.RateStandard, open, room.later),
		post("ui.signup.later.post", registration.PathLater, registration.Tell.Name(), room.takeLater),
		get("ui.invitation", registration.PathInvitation, web.RateCostly, "whoever has the link that an administrator sent", room.invitation),
		post("ui.invitation.post", registration.PathInvitation, registration.Accept.Name(), room.accept),
	}
}

func at(g visit.Guest) registration.Place {
	return registration.Place{Interaction: g.Interaction.ID, Browser: g.Binding}
}

// frame fills in what the pages share.
func (room *Room) frame(r *web.Request, g visit.Guest, path string) (Frame, error) {
	i := g.Interaction
	base, err := room.Visits.BaseFor(r.Context(), r, i.About.Locales, nil, i.About.Client)
	if err != nil {
		return Frame{}, err
	}
	base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	base.Path = visit.URL(r, path, visit.FieldInteraction, string(i.ID))
	f := Frame{Base: base, Action: visit.URL(r, path)}
	f.App, err = room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client)
	return f, err
}

// start shows the first page. Without a sign-in under way it begins one.
func (room *Room) start(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	if rules, err := room.Registration.Rules(r.Context(), visit.Tenant(r)); err != nil {
		return err
	} else if !rules.Open {
		return visit.ErrMissing
	}
	if q.Get(visit.FieldInteraction) == "" {
		g, err := room.Visits.Starting(r.Context(), w, r)
		if err != nil {
			return err
		}
		return lead(w, r, g, PathStart)
	}
	g, err := room.Visits.Guest(r.Context(), w, r, q.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	return room.showStart(w, r, g, &Start{})
}

func lead(w http.ResponseWriter, r *web.Request, g visit.Guest, path string) error {
	web.SeeOther(w, visit.URL(r, path, visit.FieldInteraction, string(g.Interaction.ID)))
	return nil
}

func (room *Room) showStart(w http.ResponseWriter, r *web.Request, g visit.Guest, page *Start) error {
	rules, err := room.Registration.Rules(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	problem := page.Problem
	if page.Frame, err = room.frame(r, g, PathStart); err != nil {
		return err
	}
	page.Problem, page.Domains = problem, rules.Domains
	page.Terms = Terms{rules.TermsVersion, rules.TermsURL, rules.PrivacyURL, page.Terms.Accepted}
	page.SignInURL = visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(g.Interaction.ID))
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) begin(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(form.Get(FieldEmail))
	page := &Start{Email: text, Terms: Terms{Accepted: form.Get(FieldTerms) != ""}}
	e, err := account.ParseEmail(text)
	if err != nil {
		page.Problem = EmailInvalid
		return room.showStart(w, r, g, page)
	}
	base, err := room.Visits.BaseFor(r.Context(), r, g.Interaction.About.Locales, nil, g.Interaction.About.Client)
	if err != nil {
		return err
	}
	err = room.Registration.Begin(r.Context(), g.Caller, visit.Tenant(r), at(g), registration.Ask{Address: e, Terms: form.Get(FieldTerms), Locale: string(base.Locale)})
	switch {
	case errors.Is(err, registration.ErrDomain):
		page.Problem = Domain
	case errors.Is(err, registration.ErrTerms):
		page.Problem, page.Terms.Accepted = TermsMissing, false
	case err != nil:
		return over(err)
	default:
		return lead(w, r, g, PathCode)
	}
	return room.showStart(w, r, g, page)
}

// over turns the refusals that end a registration into their pages.
func over(err error) error {
	var refused *registration.Refused
	switch {
	case errors.Is(err, registration.ErrClosed):
		return visit.ErrMissing
	case errors.Is(err, registration.ErrLink):
		return visit.ErrLink
	case errors.Is(err, mailbox.ErrGone), errors.As(err, &refused):
		return visit.ErrExpired
	}
	return err
}

func (room *Room) code(w http.ResponseWriter, r *web.Request) error {
	g, q, err := room.Visits.Asked(w, r)
	if err != nil {
		return err
	}
	return room.showCode(w, r, g, "", q.Get(paramSent) != "")
}

func (room *Room) showCode(w http.ResponseWriter, r *web.Request, g visit.Guest, problem Problem, sent bool) error {
	e, proved, err := room.Registration.Asked(r.Context(), visit.Tenant(r), at(g))
	if errors.Is(err, registration.ErrGone) {
		return lead(w, r, g, PathStart)
	}
	if err != nil {
		return err
	}
	if proved {
		return lead(w, r, g, PathPerson)
	}
	f, err := room.frame(r, g, PathCode)
	if err != nil {
		return err
	}
	f.Problem = problem
	return visit.Show(w, http.StatusOK, &Code{Frame: f, Email: string(e), ResendAction: visit.URL(r, PathResend), Sent: sent,
		BackURL: visit.URL(r, PathStart, visit.FieldInteraction, string(g.Interaction.ID))})
}

func (room *Room) confirm(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	err = room.Registration.Confirm(r.Context(), g.Caller, visit.Tenant(r), at(g), form.Get(FieldCode))
	switch {
	case errors.Is(err, mailbox.ErrWrong):
		return room.showCode(w, r, g, CodeWrong, false)
	case errors.Is(err, mailbox.ErrGone):
		return lead(w, r, g, PathStart)
	case err != nil:
		return over(err)
	}
	return lead(w, r, g, PathPerson)
}

// again asks for one more code. The page says so to everybody, also where the address has had enough.
func (room *Room) again(w http.ResponseWriter, r *web.Request) error {
	g, _, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	base, err := room.Visits.BaseFor(r.Context(), r, g.Interaction.About.Locales, nil, g.Interaction.About.Client)
	if err != nil {
		return err
	}
	err = room.Registration.Again(r.Context(), g.Caller, visit.Tenant(r), at(g), string(base.Locale))
	if errors.Is(err, registration.ErrGone) {
		return lead(w, r, g, PathStart)
	}
	if err != nil {
		return over(err)
	}
	web.SeeOther(w, visit.URL(r, PathCode, visit.FieldInteraction, string(g.Interaction.ID), paramSent, "1"))
	return nil
}

func (room *Room) person(w http.ResponseWriter, r *web.Request) error {
	g, _, err := room.Visits.Asked(w, r)
	if err != nil {
		return err
	}
	return room.showPerson(w, r, g, &Person{})
}

func (room *Room) showPerson(w http.ResponseWriter, r *web.Request, g visit.Guest, page *Person) error {
	e, proved, err := room.Registration.Asked(r.Context(), visit.Tenant(r), at(g))
	switch {
	case errors.Is(err, registration.ErrGone):
		return lead(w, r, g, PathStart)
	case err != nil:
		return err
	case !proved:
		return lead(w, r, g, PathCode)
	}
	return room.showLast(w, r, g, page, PathPerson, string(e))
}

// showLast fills in what the last page of a registration and that of an invitation share.
func (room *Room) showLast(w http.ResponseWriter, r *web.Request, g visit.Guest, page *Person, path, email string) error {
	if to := g.Interaction.About.Redirect; to != "" { // where the form leads in the end
		if err := web.AllowFormAction(w, to); err != nil {
			return err
		}
	}
	rules, err := room.Registration.Rules(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	problem := page.Problem
	if page.Frame, err = room.frame(r, g, path); err != nil {
		return err
	}
	page.Problem, page.Email, page.Asked = problem, email, rules.Ask
	page.Hidden = append(page.Hidden, page.More...)
	if page.Invited {
		page.Path = visit.URL(r, path, visit.FieldInteraction, string(g.Interaction.ID), page.More[0].Name, page.More[0].Value)
	}
	page.MinLength, err = room.Passwords.Minimum(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// written is what the person wrote, with the claims that the tenant asks for and no others.
func (room *Room) written(r *web.Request, form web.Params) (w registration.Wish, values map[string]string, err error) {
	rules, err := room.Registration.Rules(r.Context(), visit.Tenant(r))
	if err != nil {
		return w, nil, err
	}
	values = map[string]string{}
	for _, name := range rules.Ask {
		values[name] = form.Get(name)
	}
	w.Password = form.Get(FieldPassword)
	registration.Fill(&w.Claims, rules.Ask, form.Get)
	return w, values, nil
}

func (room *Room) finish(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	wish, values, err := room.written(r, form)
	if err != nil {
		return err
	}
	_, err = room.Registration.Finish(r.Context(), g.Caller, visit.Tenant(r), at(g), wish)
	if err == nil {
		return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
	}
	if errors.Is(err, registration.ErrGone) || errors.Is(err, registration.ErrTaken) {
		return lead(w, r, g, PathStart)
	}
	page := &Person{Values: values}
	if err := refused(page, err); err != nil {
		return err
	}
	return room.showPerson(w, r, g, page)
}

// refused says on the page what is wrong with the form, or returns what ends it.
func refused(page *Person, err error) error {
	var problem *guard.Problem
	if errors.As(err, &problem) && problem.Code == "invalid" && slices.Contains(registration.Asked, problem.Field) {
		page.BadClaim, page.Problem = problem.Field, BadClaim
		return nil
	}
	if errors.Is(err, registration.ErrTerms) {
		page.Problem = TermsMissing
		return nil
	}
	key, err := visit.PasswordProblem(err)
	page.Problem = key
	if key != "" {
		return nil
	}
	return over(err)
}
