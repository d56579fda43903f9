package signin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/passkey"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of sign-in. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Passwords *password.Room
	Puzzles   *puzzle.Room
	// Registers tells whether a tenant lets people make accounts for themselves; nil says never.
	Registers func(ctx context.Context, tenant id.Tenant) (bool, error)
	Translate web.ErrorFunc
}

// Paths of the room, below the tenant's root.
const (
	PathChoose = "/signin/choose"
	PathSwitch = "/signin/switch"
)

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	const bound = "the interaction is bound to the browser's cookie; the page shows what the dispatcher says"
	return []web.Route{
		{
			Name: "ui.signin", Method: http.MethodGet, Path: visit.PathSignIn, Scope: web.PerTenant,
			Public: "nobody is known yet; the interaction is bound to the browser's cookie", Handler: room.get, Errors: room.Translate,
		},
		{
			Name: "ui.signin.other", Method: http.MethodGet, Path: visit.PathOther, Scope: web.PerTenant,
			Public: bound, Handler: room.other, Errors: room.Translate,
		},
		{
			Name: "ui.signin.enrol", Method: http.MethodGet, Path: visit.PathEnrol, Scope: web.PerTenant,
			Public: bound, Handler: room.enrol, Errors: room.Translate,
		},
		{
			Name: "ui.signin.switch", Method: http.MethodGet, Path: PathSwitch, Scope: web.PerTenant, Rate: web.RateBegin,
			Public: "begins a sign-in in which the person chooses the account", Handler: room.begin, Errors: room.Translate,
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
			Name: "ui.signin.renew", Method: http.MethodGet, Path: room.Passwords.RenewPath(), Scope: web.PerTenant,
			Public: bound, Handler: room.askRenewal, Errors: room.Translate,
		},
		{
			Name: "ui.signin.renew.post", Method: http.MethodPost, Path: room.Passwords.RenewPath(), Scope: web.PerTenant, Rate: web.RateCostly, CSRF: web.Browser,
			Action: signin.Replace.Name(), Event: signin.Replace.Name(), Handler: room.takeRenewal, Errors: room.Translate,
		},
		{
			Name: "ui.signin.cancel", Method: http.MethodPost, Path: visit.PathCancel, Scope: web.PerTenant, CSRF: web.Browser,
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
	g, q, err := room.Visits.Asked(w, r)
	if err != nil {
		return err
	}
	say := telling{}
	if q.Get(puzzle.FieldProof) != "" {
		say.problem = Unproved
	}
	return room.show(w, r, g, q.Get(visit.ParamOther) != "", say)
}

// begin starts a sign-in of whoever the person chooses.
func (room *Room) begin(w http.ResponseWriter, r *web.Request) error {
	return room.Visits.Choose(r.Context(), w, r)
}

// show picks the page: where the person is known, what proves them; else the chooser among the
// accounts of this browser, the identifier, or the password for the identifier that was typed.
func (room *Room) show(w http.ResponseWriter, r *web.Request, g visit.Guest, other bool, say telling) error {
	if to := g.Interaction.About.Redirect; to != "" {
		if err := web.AllowFormAction(w, to); err != nil {
			return err
		}
	}
	step, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), g.Interaction, g.Session, visit.Arrival(r))
	if err != nil {
		return err
	}
	switch {
	case step.Unmet:
		return room.Visits.GiveUp(r.Context(), w, r, g)
	case step.Verdict == signin.Impossible:
		return visit.ErrForbidden
	case step.Verdict == signin.Enrol:
		return room.lead(w, r, g, visit.PathEnrol)
	case step.Page() != "":
		return room.lead(w, r, g, step.Page())
	case len(g.Interaction.Facts) > 0 && step.Verdict == signin.Prove && step.Factor.Kind() != factor.Password:
		return room.lead(w, r, g, step.Factor.Path())
	}
	name := say.username
	if name == "" && !other {
		name = g.Interaction.Identifier
	}
	person, choices, err := room.around(r, g, name, other)
	switch {
	case err != nil:
		return err
	case person != nil:
		return room.known(w, r, g, step, *person, say)
	case len(choices) > 0:
		return room.chooser(w, r, g, choices)
	case name == "" && !other:
		name = g.Interaction.About.Hint
	}
	f, err := room.frame(r, g)
	if err != nil {
		return err
	}
	asked, err := room.puzzle(r, g.Interaction, say.problem)
	if err != nil {
		return err
	}
	if name == "" || other && say.problem == "" {
		page := &Identifier{Frame: f, Username: name}
		if step.Offers(factor.Passkey) {
			offer := passkey.Offer(r, f.Hidden[0])
			page.Passkey = &offer
		}
		if room.Registers != nil && g.Interaction.About.Account == "" {
			open, err := room.Registers(r.Context(), visit.Tenant(r))
			if err != nil {
				return err
			}
			if open {
				page.SignUpURL = visit.URL(r, visit.PathSignUp, visit.FieldInteraction, string(g.Interaction.ID))
			}
		}
		return visit.Show(w, http.StatusOK, page)
	}
	return visit.Show(w, http.StatusOK, &Page{
		Frame: f, Username: name, ForgotURL: forgot(r, g), Problem: say.problem, Wait: say.wait, Puzzle: asked, Ways: ways(r, g, step, factor.Password),
		OtherURL: visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(g.Interaction.ID), visit.ParamOther, "1"),
	})
}

// known shows what a person who is known proves next: the password page, or the way to another
// factor's.
func (room *Room) known(w http.ResponseWriter, r *web.Request, g visit.Guest, step signin.Step, a account.Account, say telling) error {
	if step.Verdict == signin.Prove && !step.Offers(factor.Password) {
		return room.lead(w, r, g, step.Factor.Path())
	}
	f, err := room.frame(r, g)
	if err != nil {
		return err
	}
	asked, err := room.puzzle(r, g.Interaction, say.problem)
	if err != nil {
		return err
	}
	page := &Again{Frame: f, ForgotURL: forgot(r, g), Person: visit.Person(a), Reason: ForApp, Problem: say.problem, Wait: say.wait, Puzzle: asked, Ways: ways(r, g, step, factor.Password)}
	if f.App.Name == "" {
		page.Reason = ForSafety
	}
	if g.Interaction.About.Account == "" {
		page.OtherURL = visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(g.Interaction.ID), visit.ParamOther, "1")
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) chooser(w http.ResponseWriter, r *web.Request, g visit.Guest, choices []Choice) error {
	f, err := room.frame(r, g)
	if err != nil {
		return err
	}
	f.Action = visit.URL(r, PathChoose)
	return visit.Show(w, http.StatusOK, &Chooser{Frame: f, Choices: choices})
}

// forgot is the way back in for whoever has lost the password.
func forgot(r *web.Request, g visit.Guest) string {
	return visit.URL(r, visit.PathRecover, visit.FieldInteraction, string(g.Interaction.ID))
}

// lead goes to another page of the same sign-in.
func (room *Room) lead(w http.ResponseWriter, r *web.Request, g visit.Guest, path string) error {
	web.SeeOther(w, visit.URL(r, path, visit.FieldInteraction, string(g.Interaction.ID)))
	return nil
}

// frame fills in what the pages of a sign-in share.
func (room *Room) frame(r *web.Request, g visit.Guest) (Frame, error) {
	i := g.Interaction
	base, err := room.Visits.BaseFor(r.Context(), r, i.About.Locales, nil, i.About.Client)
	if err != nil {
		return Frame{}, err
	}
	base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	base.Path = visit.URL(r, r.TenantPath(), visit.FieldInteraction, string(i.ID))
	f := Frame{Base: base, Action: visit.URL(r, visit.PathSignIn)}
	if i.Kind == interaction.Authorize {
		f.CancelAction = visit.URL(r, visit.PathCancel)
	}
	f.App, err = room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client)
	return f, err
}

// post takes the identifier, or the identifier with a password.
func (room *Room) post(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	tries := slices.Contains(form.Names(), FieldPassword)
	stranger := room.stranger(r, form)
	if tries && room.Passwords.DeviceDigest(visit.Device(r)) == nil && stranger() != nil {
		// In a storm this is nearly all there is to answer: nothing is looked up and no page made.
		web.SeeOther(w, visit.URL(r, visit.PathSignIn, visit.FieldInteraction, form.Get(visit.FieldInteraction), puzzle.FieldProof, "1"))
		return nil
	}
	g, err := room.Visits.Guest(r.Context(), w, r, form.Get(visit.FieldInteraction))
	if err != nil {
		return err
	}
	username := form.Get(FieldUsername)
	if !tries {
		return room.identify(w, r, g, username)
	}
	secretText, err := plaintext.Parse(form.Get(FieldPassword))
	if errors.Is(err, plaintext.ErrEmpty) || username == "" {
		return room.show(w, r, g, true, telling{username: username, problem: Wrong})
	}
	if err != nil {
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The password is longer than any may be.", Cause: err}
	}
	_, err = room.Passwords.Verify(r.Context(), g.Caller, visit.Tenant(r), password.Attempt{
		Identifier: username, Password: secretText, Source: r.Client, Device: visit.Device(r), Stranger: stranger,
	}, password.Place{Interaction: g.Interaction.ID, Browser: g.Binding})
	if err != nil {
		return room.refused(w, r, g, username, err)
	}
	return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
}

// identify notes who the person says they are. Nothing is looked up: what comes next is the same
// for everybody (security row AU18).
func (room *Room) identify(w http.ResponseWriter, r *web.Request, g visit.Guest, username string) error {
	if username = strings.TrimSpace(username); username == "" || len(username) > maxIdentifier {
		return room.show(w, r, g, true, telling{})
	}
	if err := room.Visits.SignIn.Identify(r.Context(), g.Caller, visit.Tenant(r), g.Place(), username); errors.Is(err, signin.ErrGone) {
		return visit.ErrExpired
	} else if err != nil {
		return err
	}
	return room.lead(w, r, g, visit.PathSignIn)
}

// maxIdentifier bounds what is kept of an identifier, in bytes: the longest mail address.
const maxIdentifier = 320

// refused shows the form again. What it says of a wrong password it says of an unknown name.
func (room *Room) refused(w http.ResponseWriter, r *web.Request, g visit.Guest, username string, err error) error {
	var refused *password.Refused
	var busy *argon.ErrBusy
	switch {
	case errors.As(err, &busy):
		return &visit.Refusal{Kind: "busy", Status: http.StatusServiceUnavailable, Wait: busy.RetryAfter, Cause: err}
	case errors.As(err, new(*puzzle.Refused)):
		return room.show(w, r, g, false, telling{username: username, problem: Unproved})
	case !errors.As(err, &refused):
		return err
	case refused.Reason == password.Gone:
		return visit.ErrExpired
	case refused.Reason == password.Throttled:
		return room.show(w, r, g, false, telling{username, Throttled, refused.Wait})
	}
	return room.show(w, r, g, false, telling{username: username, problem: Wrong})
}
