package recovery

import (
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of recovery. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Recovery  *recovery.Room
	Passwords *password.Room
	Translate web.ErrorFunc
}

// Paths of the room, below the tenant's root.
const (
	PathStart    = visit.PathRecover
	PathResend   = "/recover/code/again"
	PathSecond   = "/recover/second"
	PathPassword = "/recover/password"
	PathDone     = "/recover/done"
	PathNotMe    = "/not-me"
)

const paramSent = "sent"

// maxIdentifier bounds what is kept of an identifier, in bytes: the longest mail address.
const maxIdentifier = 320

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	const bound = "who recovers is nobody yet; what is under way is bound to the browser's cookie"
	const link = "whoever has the link that came by mail or from an administrator"
	get := func(name, path string, rate web.RateClass, public string, h web.Handler) web.Route {
		return visit.Get(name, path, rate, public, h, room.Translate)
	}
	post := func(name, path, action string, h web.Handler) web.Route {
		return visit.Post(name, path, action, h, room.Translate)
	}
	return []web.Route{
		get("ui.recover", PathStart, web.RateStandard, bound, room.start),
		post("ui.recover.post", PathStart, recovery.Start.Name(), room.begin),
		get("ui.recover.code", recovery.PathCode, web.RateStandard, bound, room.code),
		post("ui.recover.code.post", recovery.PathCode, recovery.Mail.Name(), room.prove),
		post("ui.recover.code.again", PathResend, recovery.Start.Name(), room.again),
		get("ui.recover.second", PathSecond, web.RateStandard, bound, room.second),
		post("ui.recover.second.post", PathSecond, recovery.Second.Name(), room.askSecond),
		get("ui.recover.password", PathPassword, web.RateStandard, bound, room.password),
		post("ui.recover.password.post", PathPassword, recovery.Restore.Name(), room.restore),
		get("ui.recover.done", PathDone, web.RateStandard, "says the same to everybody", room.done),
		get("ui.recover.link", recovery.PathLink, web.RateCostly, link, room.link),
		post("ui.recover.link.post", recovery.PathLink, recovery.Restore.Name(), room.redeem),
		get("ui.notme", PathNotMe, web.RateCostly, link, room.notMe),
		post("ui.notme.post", PathNotMe, recovery.NotMe.Name(), room.sayNotMe),
	}
}

func at(g visit.Guest) recovery.Place {
	return recovery.Place{Interaction: g.Interaction.ID, Browser: g.Binding}
}

func (room *Room) frame(r *web.Request, i interaction.Interaction, path string) (Frame, error) {
	base, err := room.Visits.BaseFor(r.Context(), r, i.About.Locales, nil, i.About.Client)
	if err != nil {
		return Frame{}, err
	}
	f := Frame{Base: base, Action: visit.URL(r, path)}
	if i.ID == "" {
		f.Path = visit.URL(r, path)
		return f, nil
	}
	f.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	f.Path = visit.URL(r, path, visit.FieldInteraction, string(i.ID))
	return f, nil
}

// lead goes to another page of the recovery.
func lead(w http.ResponseWriter, r *web.Request, which interaction.ID, path string) error {
	web.SeeOther(w, visit.URL(r, path, visit.FieldInteraction, string(which)))
	return nil
}

// origin finds the sign-in that a recovery begins in; the zero Interaction for none, or one that is
// over: a person who has lost the password need not begin again.
func (room *Room) origin(w http.ResponseWriter, r *web.Request, which string) (interaction.Interaction, error) {
	if which == "" {
		return interaction.Interaction{}, nil
	}
	g, err := room.Visits.Guest(r.Context(), w, r, which)
	if errors.Is(err, visit.ErrExpired) || err == nil && !g.Interaction.Kind.SignsIn() {
		return interaction.Interaction{}, nil
	}
	return g.Interaction, err
}

func (room *Room) start(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	visit.Remember(w, r)
	i, err := room.origin(w, r, q.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	return room.showStart(w, r, i)
}

func (room *Room) showStart(w http.ResponseWriter, r *web.Request, i interaction.Interaction) error {
	f, err := room.frame(r, i, PathStart)
	if err != nil {
		return err
	}
	f.BackURL = visit.URL(r, "/account")
	if i.ID != "" {
		f.BackURL = visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(i.ID))
	}
	return visit.Show(w, http.StatusOK, &Start{Frame: f, Identifier: i.Identifier})
}

// begin starts a recovery. Nothing is looked up: what comes next is the same for everybody (security
// rows AU18, AU19).
func (room *Room) begin(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	origin, err := room.origin(w, r, form.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	identifier := strings.TrimSpace(form.Get(FieldIdentifier))
	if identifier == "" || len(identifier) > maxIdentifier {
		return room.showStart(w, r, origin)
	}
	c, binding, err := room.Visits.Somebody(r.Context(), w, r)
	if err != nil {
		return err
	}
	i, err := room.interaction(r, origin)
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, origin.About.Locales, nil)
	if err != nil {
		return err
	}
	if err := room.Recovery.Begin(r.Context(), c, visit.Tenant(r), i, binding, identifier, string(base.Locale)); err != nil {
		return err
	}
	return lead(w, r, i.ID, recovery.PathCode)
}

// interaction is a recovery that begins in a sign-in, or in none.
func (room *Room) interaction(r *web.Request, origin interaction.Interaction) (interaction.Interaction, error) {
	resume, err := oauth.ParseLocalPath(browser.Path(r, PathPassword))
	if err != nil {
		return interaction.Interaction{}, err
	}
	about := interaction.About{Resume: resume, Client: origin.About.Client, Locales: origin.About.Locales}
	return recovery.NewInteraction(about, origin.ID, room.Visits.Guard.Store().Now())
}

// recovering finds the recovery that an id names, and where it stands. Whoever is at another page than
// that of the step is led there: a step is never taken out of its turn (security row AU02).
func (room *Room) recovering(w http.ResponseWriter, r *web.Request, which string) (visit.Guest, recovery.State, error) {
	g, err := room.Visits.Guest(r.Context(), w, r, which)
	if err != nil {
		return g, recovery.State{}, err
	}
	s, err := room.Recovery.State(r.Context(), visit.Tenant(r), at(g))
	return g, s, over(err)
}

// over turns the refusals that end a recovery into their pages.
func over(err error) error {
	var refused *recovery.Refused
	switch {
	case errors.Is(err, recovery.ErrLink):
		return visit.ErrLink
	case errors.Is(err, mailbox.ErrGone), errors.As(err, &refused):
		return visit.ErrExpired
	}
	return err
}

// pages are where the steps are.
var pages = map[recovery.Step]string{recovery.StepMail: recovery.PathCode, recovery.StepSecond: PathSecond, recovery.StepPassword: PathPassword}

func (room *Room) asked(w http.ResponseWriter, r *web.Request) (visit.Guest, recovery.State, web.Params, error) {
	q, err := web.Query(r)
	if err != nil {
		return visit.Guest{}, recovery.State{}, q, err
	}
	g, s, err := room.recovering(w, r, q.Get(visit.FieldInteraction))
	return g, s, q, err
}

func (room *Room) posted(w http.ResponseWriter, r *web.Request) (visit.Guest, recovery.State, web.Params, error) {
	form, err := web.Form(r)
	if err != nil {
		return visit.Guest{}, recovery.State{}, form, err
	}
	g, s, err := room.recovering(w, r, form.Get(visit.FieldInteraction))
	return g, s, form, err
}

func (room *Room) code(w http.ResponseWriter, r *web.Request) error {
	g, s, q, err := room.asked(w, r)
	if err != nil {
		return err
	}
	return room.showCode(w, r, g, s, &Code{Typed: q.Get(FieldCode), Sent: q.Get(paramSent) != ""})
}

func (room *Room) showCode(w http.ResponseWriter, r *web.Request, g visit.Guest, s recovery.State, page *Code) (err error) {
	if s.Step == recovery.StepPassword || s.Step == recovery.StepSecond && !s.SecondAsked {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	problem := page.Problem
	if page.Frame, err = room.frame(r, g.Interaction, recovery.PathCode); err != nil {
		return err
	}
	page.Problem, page.ResendAction = problem, visit.URL(r, PathResend)
	page.BackURL = visit.URL(r, PathStart, visit.FieldInteraction, string(recovery.Back(g.Interaction)))
	if s.Step == recovery.StepSecond {
		page.Second, page.ResendAction = s.Address, visit.URL(r, PathSecond)
		page.BackURL = visit.URL(r, PathSecond, visit.FieldInteraction, string(g.Interaction.ID))
	}
	if !mailbox.IsCode(page.Typed) {
		page.Typed = ""
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) prove(w http.ResponseWriter, r *web.Request) error {
	g, s, form, err := room.posted(w, r)
	if err != nil {
		return err
	}
	if s.Step == recovery.StepPassword || s.Step == recovery.StepSecond && !s.SecondAsked {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	err = room.Recovery.Prove(r.Context(), g.Caller, visit.Tenant(r), at(g), form.Get(FieldCode))
	if errors.Is(err, mailbox.ErrWrong) {
		return room.showCode(w, r, g, s, &Code{Frame: Frame{Problem: CodeWrong}})
	}
	if err != nil {
		return over(err)
	}
	return lead(w, r, g.Interaction.ID, PathPassword)
}

func (room *Room) again(w http.ResponseWriter, r *web.Request) error {
	g, s, _, err := room.posted(w, r)
	if err != nil {
		return err
	}
	if s.Step != recovery.StepMail {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	base, err := room.Visits.Base(r.Context(), r, g.Interaction.About.Locales, nil)
	if err != nil {
		return err
	}
	if err := room.Recovery.Again(r.Context(), g.Caller, visit.Tenant(r), at(g), string(base.Locale)); err != nil {
		return over(err)
	}
	web.SeeOther(w, visit.URL(r, recovery.PathCode, visit.FieldInteraction, string(g.Interaction.ID), paramSent, "1"))
	return nil
}

func (room *Room) second(w http.ResponseWriter, r *web.Request) error {
	g, s, _, err := room.asked(w, r)
	if err != nil {
		return err
	}
	if s.Step != recovery.StepSecond {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	f, err := room.frame(r, g.Interaction, PathSecond)
	if err != nil {
		return err
	}
	page := &Second{Frame: f, Address: s.Address}
	step, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), s.Interaction, nil, visit.Arrival(r))
	if err != nil {
		return err
	}
	if step.Verdict == signin.Prove {
		page.WaysURL = visit.URL(r, visit.PathOther, visit.FieldInteraction, string(g.Interaction.ID))
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) askSecond(w http.ResponseWriter, r *web.Request) error {
	g, s, _, err := room.posted(w, r)
	if err != nil {
		return err
	}
	if s.Step != recovery.StepSecond {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	base, err := room.Visits.Base(r.Context(), r, g.Interaction.About.Locales, nil)
	if err != nil {
		return err
	}
	err = room.Recovery.AskSecond(r.Context(), g.Caller, visit.Tenant(r), at(g), string(base.Locale))
	if errors.Is(err, recovery.ErrIncomplete) {
		return lead(w, r, g.Interaction.ID, PathSecond)
	}
	if err != nil {
		return over(err)
	}
	web.SeeOther(w, visit.URL(r, recovery.PathCode, visit.FieldInteraction, string(g.Interaction.ID), paramSent, "1"))
	return nil
}

func (room *Room) password(w http.ResponseWriter, r *web.Request) error {
	g, s, _, err := room.asked(w, r)
	if err != nil {
		return err
	}
	return room.showPassword(w, r, g, s, "")
}

func (room *Room) showPassword(w http.ResponseWriter, r *web.Request, g visit.Guest, s recovery.State, problem Problem) error {
	if s.Step != recovery.StepPassword {
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	}
	f, err := room.frame(r, g.Interaction, PathPassword)
	if err != nil {
		return err
	}
	f.Problem = problem
	page := &Password{Frame: f, Username: g.Interaction.Identifier, MayForget: s.MayForget}
	if page.MinLength, err = room.Passwords.Minimum(r.Context(), visit.Tenant(r)); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// restore ends the recovery and goes on with the sign-in in which it began: there the person signs in
// like anybody else.
func (room *Room) restore(w http.ResponseWriter, r *web.Request) error {
	g, s, form, err := room.posted(w, r)
	if err != nil {
		return err
	}
	back, err := room.Recovery.Restore(r.Context(), g.Caller, visit.Tenant(r), at(g), form.Get(FieldPassword), form.Get(FieldForget) == ForgetOn)
	switch {
	case errors.Is(err, recovery.ErrIncomplete):
		return lead(w, r, g.Interaction.ID, pages[s.Step])
	case err != nil:
		problem, err := visit.PasswordProblem(err)
		if problem == "" {
			return over(err)
		}
		return room.showPassword(w, r, g, s, problem)
	case back == "":
		web.SeeOther(w, visit.URL(r, PathDone))
		return nil
	}
	return lead(w, r, back, visit.PathSignIn)
}

// done says that it worked, where there is no sign-in to go on with.
func (room *Room) done(w http.ResponseWriter, r *web.Request) error {
	visit.Remember(w, r)
	f, err := room.frame(r, interaction.Interaction{}, PathDone)
	if err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, &Done{Frame: f, SignInURL: visit.URL(r, "/account")})
}
