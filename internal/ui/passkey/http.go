package passkey

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of a sign-in with a passkey. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Passkeys  *passkey.Room
	Translate web.ErrorFunc
}

// Paths below the tenant's root.
const (
	PathOptions = passkey.PathSignIn + "/options" // for the person who is known
	PathAnyone  = passkey.PathSignIn + "/anyone"  // for whoever has a key

	pathEnrolOptions = passkey.PathEnrol + "/options"
)

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	page := func(name, path string, h web.Handler) web.Route {
		return visit.Get(name, path, web.RateStandard, "the interaction is bound to the browser's cookie", h, room.Translate)
	}
	form := func(name, path, action string, h web.Handler) web.Route {
		return visit.Post(name, path, action, h, room.Translate)
	}
	return []web.Route{
		page("ui.passkey", passkey.PathSignIn, room.get),
		form("ui.passkey.post", passkey.PathSignIn, passkey.Prove.Name(), room.post),
		form("ui.passkey.options", PathOptions, passkey.Begin.Name(), room.options(known)),
		form("ui.passkey.anyone", PathAnyone, passkey.Begin.Name(), room.options(anyone)),
		page("ui.passkey.enrol", passkey.PathEnrol, room.getEnrol),
		form("ui.passkey.enrol.post", passkey.PathEnrol, passkey.Enrol.Name(), room.postEnrol),
		form("ui.passkey.enrol.options", pathEnrolOptions, passkey.Begin.Name(), room.enrolOptions),
	}
}

// Offer is the form that a page of sign-in shows beside its own field, whose autocomplete is
// "username webauthn". It tells nothing about anybody.
func Offer(r *web.Request, i part.Field) part.Passkey {
	return part.Passkey{Use: part.PasskeyAutofill, Action: visit.URL(r, passkey.PathSignIn), OptionsURL: visit.URL(r, PathAnyone), Hidden: []part.Field{i}}
}

func place(g visit.Guest) passkey.Place {
	return passkey.Place{Interaction: g.Interaction.ID, Browser: g.Binding}
}

// anyone asks for whatever key there is.
func anyone(visit.Guest) account.ID { return "" }

// known is whose keys are asked for: the person of a proof in this interaction, or of the browser's
// session, if that is who the interaction is about.
func known(g visit.Guest) account.ID {
	i := g.Interaction
	if i.Account != "" {
		return i.Account
	}
	if g.Session != nil && (i.About.Account == "" || i.About.Account == g.Session.Account) {
		return g.Session.Account
	}
	return ""
}

// options answers with the options of an assertion.
func (room *Room) options(who func(visit.Guest) account.ID) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		g, _, err := room.Visits.Posted(w, r)
		if err != nil {
			return err
		}
		if err := r.Limit(web.RateBegin); err != nil { // each leaves a row behind (security row AU28)
			return err
		}
		o, err := room.Passkeys.Ask(r.Context(), g.Caller, visit.Tenant(r), place(g), who(g))
		if err != nil {
			return gone(err)
		}
		return web.WriteJSON(w, http.StatusOK, o)
	}
}

// gone makes a page of what cannot go on.
func gone(err error) error {
	var refused *passkey.Refused
	if errors.As(err, &refused) {
		switch refused.Reason {
		case passkey.Gone:
			return visit.ErrExpired
		case passkey.Unproved:
			return visit.ErrForbidden
		}
	}
	return err
}

func (room *Room) get(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	g, _, ok, err := room.Visits.Proving(r.Context(), w, r, q.Get(visit.FieldInteraction), factor.Passkey)
	if err != nil || !ok {
		return err
	}
	return room.show(w, r, g, "")
}

func (room *Room) show(w http.ResponseWriter, r *web.Request, g visit.Guest, problem Problem) error {
	p := &Page{Problem: problem}
	var err error
	if p.Base, p.App, err = room.base(w, r, g, passkey.PathSignIn); err != nil {
		return err
	}
	if who := known(g); who != "" {
		a, err := room.Visits.Account(r.Context(), visit.Tenant(r), who)
		if err != nil {
			return err
		}
		p.Person, p.Known = visit.Person(a), true
	}
	p.Passkey = part.Passkey{Use: part.PasskeyGet, Action: visit.URL(r, passkey.PathSignIn), OptionsURL: visit.URL(r, PathOptions), Hidden: p.Hidden}
	p.OtherURL = visit.URL(r, visit.PathOther, visit.FieldInteraction, string(g.Interaction.ID))
	return visit.Show(w, http.StatusOK, p)
}

func (room *Room) base(w http.ResponseWriter, r *web.Request, g visit.Guest, path string) (part.Base, part.App, error) {
	i := g.Interaction
	if i.About.Redirect != "" {
		if err := web.AllowFormAction(w, i.About.Redirect); err != nil {
			return part.Base{}, part.App{}, err
		}
	}
	app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client)
	if err != nil {
		return part.Base{}, app, err
	}
	b, err := room.Visits.Base(r.Context(), r, i.About.Locales, nil)
	b.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	b.Path = visit.URL(r, path, visit.FieldInteraction, string(i.ID))
	return b, app, err
}

func (room *Room) post(w http.ResponseWriter, r *web.Request) error {
	g, form, err := room.Visits.Posted(w, r)
	if err != nil {
		return err
	}
	_, err = room.Passkeys.Verify(r.Context(), g.Caller, visit.Tenant(r), place(g), form.Get(part.FieldCredential))
	if problem := Say(err); problem != "" {
		return room.show(w, r, g, problem)
	}
	if err != nil {
		return gone(err)
	}
	return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
}

// Say is what a form tells of a refusal; "" for other errors.
func Say(err error) Problem {
	var refused *passkey.Refused
	if !errors.As(err, &refused) {
		return ""
	}
	switch refused.Reason {
	case passkey.Wrong:
		return Refused
	case passkey.Stale:
		return Late
	case passkey.Copied:
		return Copied
	case passkey.Known:
		return Exists
	case passkey.Unwanted:
		return Unwanted
	case passkey.Full:
		return Full
	case passkey.Gone, passkey.LastWay, passkey.Unproved:
	}
	return ""
}

func (room *Room) getEnrol(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	g, ok, err := room.Visits.Enrolling(r.Context(), w, r, q.Get(visit.FieldInteraction), factor.Passkey)
	if err != nil || !ok {
		return err
	}
	return room.showEnrol(w, r, g, "", "")
}

func (room *Room) showEnrol(w http.ResponseWriter, r *web.Request, g visit.Guest, name string, problem Problem) error {
	p := &Enrol{Problem: problem}
	var err error
	if p.Base, p.App, err = room.base(w, r, g, passkey.PathEnrol); err != nil {
		return err
	}
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), g.Interaction.Account)
	if err != nil {
		return err
	}
	p.Person = visit.Person(a)
	p.Passkey = part.Passkey{Use: part.PasskeyCreate, Action: visit.URL(r, passkey.PathEnrol), OptionsURL: visit.URL(r, pathEnrolOptions), Hidden: p.Hidden, Name: NameInput(name, problem)}
	p.BackURL = visit.URL(r, visit.PathEnrol, visit.FieldInteraction, string(g.Interaction.ID))
	return visit.Show(w, http.StatusOK, p)
}

// enrolling reads a form of a sign-in that asks its person to add a passkey.
func (room *Room) enrolling(w http.ResponseWriter, r *web.Request) (g visit.Guest, form web.Params, ok bool, err error) {
	if form, err = web.Form(r); err != nil {
		return g, form, false, err
	}
	g, ok, err = room.Visits.Enrolling(r.Context(), w, r, form.Get(visit.FieldInteraction), factor.Passkey)
	return g, form, ok, err
}

func (room *Room) enrolOptions(w http.ResponseWriter, r *web.Request) error {
	if err := r.Limit(web.RateBegin); err != nil {
		return err
	}
	g, _, ok, err := room.enrolling(w, r)
	if err != nil || !ok {
		return err
	}
	o, err := room.Passkeys.AskEnrol(r.Context(), g.Caller, visit.Tenant(r), place(g))
	if err != nil {
		return gone(err)
	}
	return web.WriteJSON(w, http.StatusOK, o)
}

func (room *Room) postEnrol(w http.ResponseWriter, r *web.Request) error {
	g, form, ok, err := room.enrolling(w, r)
	if err != nil || !ok {
		return err
	}
	name, err := passkey.ParseName(form.Get(FieldName))
	if err != nil {
		return room.showEnrol(w, r, g, "", BadName)
	}
	err = room.Passkeys.AddEnrol(r.Context(), g.Caller, visit.Tenant(r), place(g), form.Get(part.FieldCredential), name)
	if problem := Say(err); problem != "" {
		return room.showEnrol(w, r, g, name, problem)
	}
	if err != nil {
		return gone(err)
	}
	return room.Visits.Advance(r.Context(), w, r, g.Interaction.ID)
}
