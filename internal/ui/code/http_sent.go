package code

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

const (
	// pathSend is behind a factor's path: it takes the POST that sends a code.
	pathSend = "/send"
	// paramSent asks a page for the field in place of the button that sends. It says nothing about
	// whether anything was sent.
	paramSent = "sent"
)

// sentRoutes are the endpoints of the factors whose codes are sent.
func (room *Room) sentRoutes() (out []web.Route) {
	add := func(name string, d door, send, prove string) {
		path := d.factor.Path()
		out = append(out, room.get(name, path, room.ask(d)), room.post(name+".post", path, prove, room.take(d)),
			room.post(name+".send", path+pathSend, send, room.takeSend(d)))
	}
	if room.Email != nil {
		add("ui.signin.email", room.mail(), email.Send.Name(), email.Prove.Name())
		out = append(out, room.get("ui.signin.email.link", email.PathLink, room.askLink),
			room.post("ui.signin.email.link.post", email.PathLink, email.Prove.Name(), room.takeLink))
	}
	if room.Phone != nil {
		add("ui.signin.sms", room.telephone(room.Phone.SMS(), Text), phone.Send.Name(), phone.Prove.Name())
		add("ui.signin.call", room.telephone(room.Phone.Voice(), Call), phone.Send.Name(), phone.Prove.Name())
	}
	return out
}

func (room *Room) mail() door {
	return door{
		factor: room.Email, way: Mail,
		verify: func(ctx context.Context, c caller.Caller, tenant id.Tenant, _ account.ID, text string, source netip.Addr, g visit.Guest) error {
			return room.Email.Verify(ctx, c, tenant, email.Place(g.Beside()), text, source)
		},
		problem: func(err error) Problem {
			var refused *email.Refused
			if errors.As(err, &refused) && refused.Reason == email.Wrong {
				return MailWrong
			}
			return ""
		},
		send: func(r *web.Request, s step, app string) error {
			return room.Email.Send(r.Context(), s.Caller, visit.Tenant(r), email.Place(s.Beside()),
				email.Wish{App: app, Client: s.Interaction.About.Client, Locale: room.locale(r, s)})
		},
		// An address is shown to whoever typed it, whether or not it is anybody's; never that of an
		// account which was named otherwise.
		to: func(_ *web.Request, s step) (string, error) {
			if typed, err := account.ParseEmail(s.Interaction.Identifier); err == nil {
				return outbox.Mask(string(typed)), nil
			}
			return "", nil
		},
	}
}

func (room *Room) telephone(f *phone.Way, way Way) door {
	return door{
		factor: f, way: way, lasting: true,
		verify: func(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string, source netip.Addr, g visit.Guest) error {
			return f.Verify(ctx, c, tenant, who, text, source, g.Beside())
		},
		problem: func(err error) Problem {
			var refused *phone.Refused
			if errors.As(err, &refused) && refused.Reason == phone.Wrong {
				return SentWrong
			}
			return ""
		},
		send: func(r *web.Request, s step, app string) error {
			return f.Send(r.Context(), s.Caller, visit.Tenant(r), s.who, s.Beside(),
				phone.Wish{App: app, Client: s.Interaction.About.Client, Locale: room.locale(r, s)})
		},
		to: func(r *web.Request, s step) (string, error) {
			a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.who)
			return outbox.Mask(a.Claims.PhoneNumber), err
		},
	}
}

// locale is the language of the page, for the message.
func (room *Room) locale(r *web.Request, s step) string {
	base, err := room.Visits.Base(r.Context(), r, s.Interaction.About.Locales, nil)
	if err != nil {
		return "" // then the account's own
	}
	return string(base.Locale)
}

// rememberDays is for how long the tenant has browsers remembered.
func (room *Room) rememberDays(r *web.Request) (days int, err error) {
	err = room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) error {
		knobs, err := assurance.Settings.Get(rd, visit.Tenant(r))
		days = knobs.RememberDays
		return err
	})
	return days, err
}

func (room *Room) showSend(w http.ResponseWriter, r *web.Request, d door, s step) error {
	base, app, person, err := room.frame(w, r, s, d.factor.Path())
	if err != nil {
		return err
	}
	page := &Send{Base: base, Way: d.way, App: app, Person: person, Action: visit.URL(r, d.factor.Path()+pathSend), CancelAction: cancelAction(r, s)}
	page.PaperURL, page.OtherURL = room.others(r, s, d.factor.Kind())
	if page.To, err = d.to(r, s); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// takeSend sends a code and shows the field for it, whether or not anything could be sent.
func (room *Room) takeSend(d door) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		s, ok, err := room.proving(w, r, form.Get(visit.FieldInteraction), d.factor.Kind())
		if err != nil || !ok {
			return err
		}
		base, app, _, err := room.frame(w, r, s, d.factor.Path())
		if err != nil {
			return err
		}
		if err := d.send(r, s, cmp.Or(app.Name, base.Tenant())); err != nil {
			return over(err)
		}
		web.SeeOther(w, visit.URL(r, d.factor.Path(), visit.FieldInteraction, string(s.Interaction.ID), paramSent, "1"))
		return nil
	}
}

// askLink shows what a link is good for in this browser. It changes nothing: programs that scan mail
// open links, too.
func (room *Room) askLink(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return room.showLink(w, r, q.Get(email.ParamToken))
}

func (room *Room) showLink(w http.ResponseWriter, r *web.Request, token string) error {
	letter, err := room.Email.Open(r.Context(), visit.Tenant(r), token)
	if err != nil {
		return linkOver(err)
	}
	base, err := room.Visits.Base(r.Context(), r, nil, nil)
	if err != nil {
		return err
	}
	page := &Link{Base: base}
	page.Path = visit.URL(r, email.PathLink, email.ParamToken, token)
	g, err := room.Visits.Guest(r.Context(), w, r, string(letter.Interaction))
	if errors.Is(err, visit.ErrExpired) {
		page.Code = letter.Code
		return visit.Show(w, http.StatusOK, page)
	}
	if err != nil {
		return err
	}
	if page.App, err = room.Visits.AppOf(r.Context(), visit.Tenant(r), g.Interaction.About.Client); err != nil {
		return err
	}
	if to := g.Interaction.About.Redirect; to != "" {
		if err := web.AllowFormAction(w, to); err != nil {
			return err
		}
	}
	page.Action = visit.URL(r, email.PathLink)
	page.Hidden = []part.Field{{Name: email.ParamToken, Value: token}}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) takeLink(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	token := form.Get(email.ParamToken)
	letter, err := room.Email.Open(r.Context(), visit.Tenant(r), token)
	if err != nil {
		return linkOver(err)
	}
	s, ok, err := room.proving(w, r, string(letter.Interaction), factor.Email)
	if errors.Is(err, visit.ErrExpired) {
		return room.showLink(w, r, token) // another browser
	}
	if err != nil || !ok {
		return err
	}
	if err := room.Email.VerifyLink(r.Context(), s.Caller, visit.Tenant(r), email.Place(s.Beside()), token); err != nil {
		return linkOver(err)
	}
	return room.Visits.Advance(r.Context(), w, r, s.Interaction.ID)
}

// linkOver makes a page of a link that is good for nothing any more.
func linkOver(err error) error {
	var refused *email.Refused
	if errors.As(err, &refused) && refused.Reason == email.Spent {
		return &visit.Refusal{Kind: visit.ErrLink.Kind, Status: visit.ErrLink.Status, Cause: err}
	}
	return over(err)
}
