package code

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/throttle"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages that ask for codes. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	TOTP      *totp.Room
	Recovery  *recovery.Room
	Email     *email.Room // nil for none
	Phone     *phone.Room // nil for none
	Translate web.ErrorFunc
}

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	app, paper := room.app(), room.paper()
	return append(room.sentRoutes(),
		room.get("ui.signin.totp", room.TOTP.Path(), room.ask(app)),
		room.post("ui.signin.totp.post", room.TOTP.Path(), totp.Prove.Name(), room.take(app)),
		room.get("ui.signin.recovery", room.Recovery.Path(), room.ask(paper)),
		room.post("ui.signin.recovery.post", room.Recovery.Path(), recovery.Prove.Name(), room.take(paper)),
		room.get("ui.signin.enrol.totp", room.TOTP.EnrolPath(), room.askEnrol),
		room.post("ui.signin.enrol.totp.post", room.TOTP.EnrolPath(), totp.Enrol.Name(), room.takeEnrol),
	)
}

func (room *Room) get(name, path string, h web.Handler) web.Route {
	return visit.Get(name, path, web.RateStandard, "nobody is signed in yet; the interaction is bound to the browser's cookie", h, room.Translate)
}

func (room *Room) post(name, path, action string, h web.Handler) web.Route {
	return visit.Post(name, path, action, h, room.Translate)
}

// door is one factor whose proof is a code, as the page needs it.
type door struct {
	factor signin.Factor
	way    Way
	verify func(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, g visit.Guest) error
	// problem says what a refusal of the factor's own means; "" for one that ends the sign-in.
	problem func(err error) Problem
	// send sends a code; nil where the person has it already. to is where it goes, as far as it may
	// be shown.
	send func(r *web.Request, s step, app string) error
	to   func(r *web.Request, s step) (string, error)
	// lasting says that a browser in which it was proved may be remembered.
	lasting bool
}

func (room *Room) app() door {
	return door{factor: room.TOTP, way: App, lasting: true, verify: func(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, g visit.Guest) error {
		return room.TOTP.Verify(ctx, c, tenant, who, text, source, g.Beside())
	}, problem: func(err error) Problem {
		var refused *totp.Refused
		switch {
		case !errors.As(err, &refused):
		case refused.Reason == totp.Wrong:
			return Wrong
		case refused.Reason == totp.Used:
			return Used
		}
		return ""
	}}
}

func (room *Room) paper() door {
	return door{factor: room.Recovery, way: Paper, verify: func(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, g visit.Guest) error {
		return room.Recovery.Verify(ctx, c, tenant, who, text, source, g.Beside())
	}, problem: func(err error) Problem {
		var refused *recovery.Refused
		if errors.As(err, &refused) && refused.Reason == recovery.Wrong {
			return Wrong
		}
		return ""
	}}
}

func (room *Room) ask(d door) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		q, err := web.Query(r)
		if err != nil {
			return err
		}
		s, ok, err := room.proving(w, r, q.Get(visit.FieldInteraction), d.factor.Kind())
		if err != nil || !ok {
			return err
		}
		if d.send != nil && q.Get(paramSent) == "" {
			return room.showSend(w, r, d, s)
		}
		return room.show(w, r, d, s, "", 0)
	}
}

func (room *Room) take(d door) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		s, ok, err := room.proving(w, r, form.Get(visit.FieldInteraction), d.factor.Kind())
		if err != nil || !ok {
			return err
		}
		err = d.verify(r.Context(), s.Caller, visit.Tenant(r), s.who, form.Get(FieldCode), r.Client, s.Guest)
		switch {
		case err == nil && d.lasting && form.Get(FieldRemember) != "":
			return room.Visits.AdvanceRemembering(r.Context(), w, r, s.Interaction.ID)
		case err == nil:
			return room.Visits.Advance(r.Context(), w, r, s.Interaction.ID)
		}
		var slow *throttle.Refused
		if errors.As(err, &slow) {
			if slow.Stopped {
				return room.show(w, r, d, s, Stopped, 0)
			}
			return room.show(w, r, d, s, Throttled, slow.Wait)
		}
		if problem := d.problem(err); problem != "" {
			return room.show(w, r, d, s, problem, 0)
		}
		return over(err)
	}
}

// over turns the refusals that end a sign-in into its page.
func over(err error) error {
	var app *totp.Refused
	var paper *recovery.Refused
	var mail *email.Refused
	var call *phone.Refused
	if errors.As(err, &app) || errors.As(err, &paper) || errors.As(err, &mail) || errors.As(err, &call) {
		return &visit.Refusal{Kind: visit.ErrExpired.Kind, Status: visit.ErrExpired.Status, Cause: err}
	}
	return err
}

func (room *Room) show(w http.ResponseWriter, r *web.Request, d door, s step, problem Problem, wait time.Duration) error {
	base, app, person, err := room.frame(w, r, s, d.factor.Path())
	if err != nil {
		return err
	}
	page := &Page{Base: base, Way: d.way, App: app, Person: person, Action: visit.URL(r, d.factor.Path()), Problem: problem, Wait: wait, CancelAction: cancelAction(r, s)}
	page.PaperURL, page.OtherURL = room.others(r, s, d.factor.Kind())
	if d.send != nil {
		page.ResendAction = visit.URL(r, d.factor.Path()+pathSend)
		if page.To, err = d.to(r, s); err != nil {
			return err
		}
	}
	if d.lasting {
		if page.RememberDays, err = room.rememberDays(r); err != nil {
			return err
		}
	}
	return visit.Show(w, http.StatusOK, page)
}

// frame is what every page of the room shows around its form.
func (room *Room) frame(w http.ResponseWriter, r *web.Request, s step, path string) (part.Base, part.App, part.Person, error) {
	i := s.Interaction
	app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client)
	if err != nil {
		return part.Base{}, app, part.Person{}, err
	}
	if i.About.Redirect != "" {
		if err := web.AllowFormAction(w, i.About.Redirect); err != nil {
			return part.Base{}, app, part.Person{}, err
		}
	}
	base, err := room.Visits.Base(r.Context(), r, i.About.Locales, nil)
	if err != nil {
		return base, app, part.Person{}, err
	}
	base.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	base.Path = visit.URL(r, path, visit.FieldInteraction, string(i.ID))
	if s.who == "" { // nobody knows yet whether there is such a person
		return base, app, part.Person{Username: i.Identifier}, nil
	}
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.who)
	return base, app, visit.Person(a), err
}

func cancelAction(r *web.Request, s step) string {
	if s.Interaction.Kind != interaction.Authorize {
		return ""
	}
	return visit.URL(r, visit.PathCancel)
}
