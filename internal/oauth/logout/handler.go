package logout

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// post repeats the request as a GET: browsers keep our cookies back when another site posts, and
// without them nobody would seem to be signed in.
func (l *Room) post(w http.ResponseWriter, r *web.Request) error {
	params, err := web.Form(r)
	if err != nil {
		return err
	}
	again := url.Values{}
	for _, name := range params.Names() {
		if v := params.Get(name); v != "" {
			again.Set(name, v)
		}
	}
	web.SeeOther(w, browser.Path(r, path)+"?"+again.Encode())
	return nil
}

func (l *Room) get(w http.ResponseWriter, r *web.Request) error {
	params, err := web.Query(r)
	if err != nil {
		return err
	}
	q, err := l.examine(r, params)
	if err != nil {
		return err
	}
	k := kept{Target: q.target, State: q.state, Proved: q.proved()}
	s, err := l.Browser.Session(r.Context(), r)
	switch {
	case errors.Is(err, browser.ErrNone) && k.Proved:
		return l.leave(w, r, k, "")
	case errors.Is(err, browser.ErrNone) && k.Target.IsZero():
		return l.leave(w, r, k, "")
	case errors.Is(err, browser.ErrNone):
		return l.ask(w, r, q, k, nil)
	case err != nil:
		return err
	case l.about(r, &q, s):
		if err := l.end(w, r, s); err != nil {
			return err
		}
		return l.leave(w, r, k, "")
	}
	// OpenID Connect RP-Initiated Logout 1.0 §2: without a valid hint for this person the person is asked
	return l.ask(w, r, q, k, &s)
}

// ask stores the request and leads to the question or, where nobody is signed in, to the page
// that says so.
func (l *Room) ask(w http.ResponseWriter, r *web.Request, q request, k kept, s *session.Session) error {
	resume, err := oauth.ParseLocalPath(browser.Path(r, confirmPath))
	if err != nil {
		return err
	}
	about := interaction.About{Client: q.client.ID, Locales: q.locales, Resume: resume}
	who, page := browser.Nobody(r), donePath
	if s != nil {
		who, page = browser.Person(r, *s), confirmPath
	}
	i, err := interaction.New(interaction.Logout, about, k, l.Guard.Store().Now())
	if err != nil {
		return err
	}
	bound, err := l.Browser.Begin(w, r)
	if err != nil {
		return err
	}
	tenant := id.Tenant(r.Tenant.ID)
	detail := interaction.BeginDetail{Kind: i.Kind, Client: string(q.client.ID)}
	if err := l.Guard.Do(r.Context(), who, interaction.Begin.On(tenant, i.ID, &detail), func(tx *store.Tx) error {
		return interaction.Insert(tx, tenant, i, bound)
	}); err != nil {
		return err
	}
	web.SeeOther(w, browser.Path(r, page)+"?i="+string(i.ID))
	return nil
}

// recall finds the request of an interaction in this browser; browser.ErrNone if there is none.
func (l *Room) recall(r *web.Request) (interaction.Interaction, kept, client.Client, error) {
	var k kept
	var app client.Client
	params, err := web.Query(r)
	if err != nil {
		return interaction.Interaction{}, k, app, err
	}
	i, err := l.Browser.Interaction(r.Context(), r, params.Get("i"))
	if err == nil && i.Kind != interaction.Logout {
		err = browser.ErrNone
	}
	if err != nil {
		return i, k, app, err
	}
	if err := json.Unmarshal(i.Request, &k); err != nil {
		return i, k, app, fmt.Errorf("the request of interaction %s: %w", i.ID, err)
	}
	if i.About.Client != "" {
		app, err = l.Clients.Active(r.Context(), id.Tenant(r.Tenant.ID), i.About.Client)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return i, k, app, err
		}
	}
	// A client that was changed or stopped meanwhile has no say in where the browser goes.
	if _, ok := oauth.Match(app.PostLogoutURIs, k.Target.String()); !ok {
		k.Target = oauth.RegisteredURI{}
	}
	return i, k, app, nil
}

func (l *Room) confirm(w http.ResponseWriter, r *web.Request) error {
	i, k, app, err := l.recall(r)
	if err != nil {
		return err
	}
	s, err := l.Browser.Session(r.Context(), r)
	if errors.Is(err, browser.ErrNone) {
		return l.leave(w, r, k, i.ID)
	}
	if err != nil {
		return err
	}
	if k.Proved && !k.Target.IsZero() {
		if err := web.AllowFormAction(w, k.Target.String()); err != nil {
			return err
		}
	}
	return l.Pages.SignOut(w, r, Question{
		Client: app, Person: s.Account, Locales: i.About.Locales,
		Action: browser.Path(r, confirmPath) + "?i=" + string(i.ID),
	})
}

func (l *Room) answer(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	i, k, _, err := l.recall(r)
	if err != nil {
		return err
	}
	if form.Get(FieldAnswer) != Yes {
		web.SeeOther(w, browser.Path(r, l.Home))
		return nil
	}
	s, err := l.Browser.Session(r.Context(), r)
	if err == nil {
		err = l.end(w, r, s)
	}
	if err != nil && !errors.Is(err, browser.ErrNone) {
		return err
	}
	return l.leave(w, r, k, i.ID)
}

// end ends the session, and with it whatever hangs on it, and takes the cookie back.
func (l *Room) end(w http.ResponseWriter, r *web.Request, s session.Session) error {
	tenant := id.Tenant(r.Tenant.ID)
	detail := session.EndDetail{Account: string(s.Account), Reason: "logout"}
	err := l.Guard.Do(r.Context(), browser.Person(r, s), session.Logout.On(tenant, s.ID, &detail), func(tx *store.Tx) error {
		if err := session.End(tx, tenant, s.ID); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil // another request was first: it has ended all the same
	})
	if err == nil {
		l.Browser.ClearSession(w, r)
	}
	return err
}

// leave sends the browser on after the end: to the client, if an ID token proved that it asks,
// else to the page that says what happened.
func (l *Room) leave(w http.ResponseWriter, r *web.Request, k kept, i interaction.ID) error {
	if next := k.next(); next != "" && k.Proved {
		// RFC 9700 §4.12: 303
		web.SeeOther(w, next)
		return nil
	}
	page := browser.Path(r, donePath)
	if i != "" {
		page += "?i=" + string(i)
	}
	web.SeeOther(w, page)
	return nil
}

// done says that nobody is signed in, which it looks up and believes from no parameter.
func (l *Room) done(w http.ResponseWriter, r *web.Request) error {
	if _, err := l.Browser.Session(r.Context(), r); err == nil {
		web.SeeOther(w, browser.Path(r, l.Home))
		return nil
	} else if !errors.Is(err, browser.ErrNone) {
		return err
	}
	_, k, app, err := l.recall(r)
	if err != nil && !errors.Is(err, browser.ErrNone) {
		return err
	}
	// OpenID Connect RP-Initiated Logout 1.0 §3: without a valid hint there is no redirect; the person may choose the way
	return l.Pages.SignedOut(w, r, app, k.next())
}
