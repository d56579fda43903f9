package visit

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Advance goes on with a sign-in after a proof: to the page of the factor that comes next, or,
// when nothing is missing, with a new session back to what asked for it. Every factor's page ends
// with it.
func (room *Room) Advance(ctx context.Context, w http.ResponseWriter, r *web.Request, which interaction.ID) error {
	return room.advance(ctx, w, r, which, false)
}

// AdvanceRemembering is Advance for a person who asked that this browser be remembered.
func (room *Room) AdvanceRemembering(ctx context.Context, w http.ResponseWriter, r *web.Request, which interaction.ID) error {
	return room.advance(ctx, w, r, which, true)
}

func (room *Room) advance(ctx context.Context, w http.ResponseWriter, r *web.Request, which interaction.ID, remember bool) error {
	to, err := room.Onward(ctx, w, r, which, remember)
	if err != nil {
		return err
	}
	web.SeeOther(w, to)
	return nil
}

// Onward is Advance that returns the local path to go to, for a script; cookies are set.
func (room *Room) Onward(ctx context.Context, w http.ResponseWriter, r *web.Request, which interaction.ID, remember bool) (string, error) {
	g, err := room.Guest(ctx, w, r, string(which)) // what was proved stands in the row
	if err != nil {
		return "", err
	}
	step, err := room.SignIn.Next(ctx, Tenant(r), g.Interaction, g.Session, Arrival(r))
	if err != nil {
		return "", err
	}
	if g.Interaction.Kind == interaction.Recover {
		return returnPath(g.Interaction), nil // the room that recovers says what comes next
	}
	switch step.Verdict {
	case signin.Prove:
		return URL(r, step.Factor.Path(), FieldInteraction, string(which)), nil
	case signin.Renew, signin.Answer:
		return URL(r, step.Page(), FieldInteraction, string(which)), nil
	case signin.Enrol:
		return URL(r, PathEnrol, FieldInteraction, string(which)), nil
	case signin.Impossible, signin.Enough: // Finish says why not, and keeps that it was tried
		if step.Unmet {
			return room.giveUp(ctx, r, g)
		}
	}
	return room.finish(ctx, w, r, g, remember)
}

// GiveUp leads a person who cannot prove what an application needs back to it (Step.Unmet).
func (room *Room) GiveUp(ctx context.Context, w http.ResponseWriter, r *web.Request, g Guest) error {
	to, err := room.giveUp(ctx, r, g)
	if err != nil {
		return err
	}
	web.SeeOther(w, to)
	return nil
}

func (room *Room) giveUp(ctx context.Context, r *web.Request, g Guest) (string, error) {
	err := room.SignIn.GiveUp(ctx, g.Caller, Tenant(r), g.Place(), g.Session, Arrival(r))
	if errors.Is(err, signin.ErrGone) || errors.Is(err, signin.ErrIncomplete) {
		return "", ErrExpired
	}
	return returnPath(g.Interaction), err
}

// finish starts the session and gives the browser its cookies.
func (room *Room) finish(ctx context.Context, w http.ResponseWriter, r *web.Request, g Guest, remember bool) (string, error) {
	cookie, digest := room.Browser.NewSession()
	known, fresh, err := room.SignIn.Devices.LastingDevice(ctx, Tenant(r), Device(r))
	if err != nil {
		return "", err
	}
	accounts, group := room.Browser.NewAccounts()
	s, err := room.SignIn.Finish(ctx, g.Caller, Tenant(r), signin.Begin{
		Place: g.Place(), Arrival: Arrival(r), Digest: digest, Accounts: signin.Accounts{Old: g.Accounts, New: group}, Old: g.Session, Device: known, Remember: remember,
	})
	var refused *signin.Refused
	switch {
	case err == nil:
	case errors.Is(err, signin.ErrGone):
		return "", ErrExpired
	case errors.As(err, &refused):
		return "", ErrForbidden
	default:
		return "", err
	}
	if err := room.Browser.SetSession(w, r, cookie); err != nil {
		return "", err
	}
	if err := room.Browser.SetAccounts(w, r, accounts); err != nil {
		return "", err
	}
	if err := setDevice(w, r, fresh); err != nil {
		return "", err
	}
	return room.landing(ctx, r, g.Interaction, s)
}

// Arrival is where a request comes from, for the policies of sign-in.
func Arrival(r *web.Request) signin.Arrival {
	return signin.Arrival{Address: r.Client, Agent: r.UserAgent(), Device: Device(r), Automated: assurance.Automated(r.Header)}
}

// Proving finds what the page of a factor is about. ok is false, and the answer written, where the
// step takes another factor or none: the browser is led there.
func (room *Room) Proving(ctx context.Context, w http.ResponseWriter, r *web.Request, which string, kind factor.Kind) (g Guest, step signin.Step, ok bool, err error) {
	g, err = room.Guest(ctx, w, r, which)
	if err != nil {
		return g, step, false, err
	}
	step, err = room.SignIn.Next(ctx, Tenant(r), g.Interaction, g.Session, Arrival(r))
	if err != nil || step.Offers(kind) {
		return g, step, err == nil, err
	}
	return g, step, false, room.lost(w, r, g, step)
}

// Answering is Proving for the page that asks for something when all is proved.
func (room *Room) Answering(ctx context.Context, w http.ResponseWriter, r *web.Request, which, path string) (g Guest, ok bool, err error) {
	g, err = room.Guest(ctx, w, r, which)
	if err != nil {
		return g, false, err
	}
	step, err := room.SignIn.Next(ctx, Tenant(r), g.Interaction, g.Session, Arrival(r))
	if err != nil || step.Verdict == signin.Answer && step.Page() == path {
		return g, err == nil, err
	}
	return g, false, room.lost(w, r, g, step)
}

// lost leads a browser that is at a page which the sign-in does not need to the one that it does.
func (room *Room) lost(w http.ResponseWriter, r *web.Request, g Guest, step signin.Step) error {
	to := PathSignIn
	switch {
	case step.Unmet:
		return room.GiveUp(r.Context(), w, r, g)
	case g.Interaction.Kind == interaction.Recover:
		Return(w, g.Interaction)
		return nil
	case step.Page() != "":
		to = step.Page()
	case step.Verdict == signin.Impossible && len(g.Interaction.Facts) > 0:
		return ErrForbidden
	case step.Verdict == signin.Enrol:
		to = PathEnrol
	case step.Verdict == signin.Prove && len(g.Interaction.Facts) > 0:
		to = step.Factor.Path()
	}
	web.SeeOther(w, URL(r, to, FieldInteraction, string(g.Interaction.ID)))
	return nil
}

// Enrolling is Proving for the page that sets a factor up in the middle of a sign-in.
func (room *Room) Enrolling(ctx context.Context, w http.ResponseWriter, r *web.Request, which string, kind factor.Kind) (g Guest, ok bool, err error) {
	g, err = room.Guest(ctx, w, r, which)
	if err != nil {
		return g, false, err
	}
	step, err := room.SignIn.Next(ctx, Tenant(r), g.Interaction, g.Session, Arrival(r))
	if err != nil {
		return g, false, err
	}
	for _, f := range step.Enrolments {
		if f.Kind() == kind {
			return g, true, nil
		}
	}
	return g, false, room.lost(w, r, g, step)
}

// Return sends the browser back to what asked for the sign-in.
func Return(w http.ResponseWriter, i interaction.Interaction) { web.SeeOther(w, returnPath(i)) }

// returnPath is where what asked for the sign-in goes on.
func returnPath(i interaction.Interaction) string {
	to := i.About.Resume.String()
	if i.Kind != interaction.Account {
		to += "?" + FieldInteraction + "=" + string(i.ID)
	}
	return to
}

// Choose begins a sign-in in which the person chooses the account, and leads to it.
func (room *Room) Choose(ctx context.Context, w http.ResponseWriter, r *web.Request) error {
	c, _, err := room.caller(ctx, r)
	if err != nil {
		return err
	}
	resume, err := oauth.ParseLocalPath(browser.Path(r, "/account"))
	if err != nil {
		return err
	}
	return room.lead(ctx, w, r, c, interaction.About{Choose: true, Resume: resume})
}

// Starting is a sign-in of nobody yet that leads to the person's own pages, begun in this browser for a
// page that makes an account. It leaves a row behind: one address begins only so many.
func (room *Room) Starting(ctx context.Context, w http.ResponseWriter, r *web.Request) (Guest, error) {
	Remember(w, r)
	c, s, err := room.caller(ctx, r)
	if err != nil {
		return Guest{}, err
	}
	resume, err := oauth.ParseLocalPath(browser.Path(r, "/account"))
	if err != nil {
		return Guest{}, err
	}
	i, err := interaction.New(interaction.Account, interaction.About{Resume: resume}, struct{}{}, room.Guard.Store().Now())
	if err != nil {
		return Guest{}, err
	}
	binding, err := room.Browser.Begin(w, r)
	if err != nil {
		return Guest{}, err
	}
	return Guest{Interaction: i, Binding: binding, Session: s, Caller: c}, room.Guard.Do(ctx, c, interaction.Begin.On(Tenant(r), i.ID, &interaction.BeginDetail{Kind: i.Kind}), func(tx *store.Tx) error {
		return interaction.Insert(tx, Tenant(r), i, binding)
	})
}

// Somebody is who a browser speaks for, for pages that need nobody, with the digest of its binding
// cookie, which it gets if it has none.
func (room *Room) Somebody(ctx context.Context, w http.ResponseWriter, r *web.Request) (c caller.Caller, binding []byte, err error) {
	Remember(w, r)
	if c, _, err = room.caller(ctx, r); err != nil {
		return c, nil, err
	}
	binding, err = room.Browser.Begin(w, r)
	return c, binding, err
}

// welcome begins the sign-in that leads to the page of the request; a form is not sent again.
func (room *Room) welcome(ctx context.Context, w http.ResponseWriter, r *web.Request, c caller.Caller) error {
	return room.lead(ctx, w, r, c, interaction.About{})
}

// lead begins what about says and leads to it. Where about does not say where to go on, it is the
// page of the request; the overview if that is a form.
func (room *Room) lead(ctx context.Context, w http.ResponseWriter, r *web.Request, c caller.Caller, about interaction.About) error {
	if about.Resume == (oauth.LocalPath{}) {
		var err error
		if about.Resume, err = oauth.ParseLocalPath(browser.Path(r, "/account")); err != nil {
			return err
		}
		if r.Method == http.MethodGet {
			if here, err := oauth.ParseLocalPath(r.URL.RequestURI()); err == nil {
				about.Resume = here
			}
		}
	}
	i, err := interaction.New(interaction.Account, about, struct{}{}, room.Guard.Store().Now())
	if err != nil {
		return err
	}
	binding, err := room.Browser.Begin(w, r)
	if err != nil {
		return err
	}
	if err := room.Guard.Do(ctx, c, interaction.Begin.On(Tenant(r), i.ID, &interaction.BeginDetail{Kind: i.Kind}), func(tx *store.Tx) error {
		return interaction.Insert(tx, Tenant(r), i, binding)
	}); err != nil {
		return err
	}
	web.SeeOther(w, URL(r, PathSignIn, FieldInteraction, string(i.ID)))
	return nil
}

var _ guard.Refusal = (*Refusal)(nil)
