package own

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Desk makes the routes of pages that a person has of their own. It is safe for concurrent use.
type Desk struct {
	Visits    *visit.Room
	Translate web.ErrorFunc
	// Asks tells whether a sign-in on another device waits for this person's approval; nil for never.
	Asks func(r *web.Request, o visit.Owner) (bool, error)
}

// Handler answers a person who is signed in.
type Handler func(w http.ResponseWriter, r *web.Request, o visit.Owner) error

// Freshness is how long a proof is fresh enough for a change of a credential, an address, or for
// what cannot be undone.
const Freshness = 10 * time.Minute

// Get is the route of a page; whoever is not signed in is led to sign-in and back.
func (d *Desk) Get(name, path string, show Handler) web.Route {
	return d.get(name, path, d.signedIn(show))
}

// FreshGet is Get for a page that can be seen only soon after a proof at the highest level that
// the account reaches.
func (d *Desk) FreshGet(name, path string, show Handler) web.Route {
	return d.get(name, path, d.fresh("", show))
}

func (d *Desk) get(name, path string, h web.Handler) web.Route {
	return web.Route{
		Name: name, Method: http.MethodGet, Path: path, Scope: web.PerTenant,
		Public: "shows the session's own person, or leads to sign-in", Handler: h, Errors: d.Translate,
	}
}

// Post is the route of a form, guarded by the action of the name.
func (d *Desk) Post(name, path, action string, rate web.RateClass, take Handler) web.Route {
	return d.post(name, path, action, rate, d.signedIn(take))
}

// FreshPost is Post for a form that needs a fresh proof. Without one the person is led to prove it,
// and then to the page back; the form is not sent again.
func (d *Desk) FreshPost(name, path, action string, rate web.RateClass, back string, take Handler) web.Route {
	return d.post(name, path, action, rate, d.fresh(back, take))
}

// LeavePost is Post for a form that only takes away what the session has: signing out. It asks for no
// more than the session itself.
func (d *Desk) LeavePost(name, path, action string, take Handler) web.Route {
	return d.post(name, path, action, web.RateStandard, func(w http.ResponseWriter, r *web.Request) error {
		o, ok, err := d.Visits.Present(r.Context(), w, r)
		if err != nil || !ok {
			return err
		}
		return take(w, r, o)
	})
}

func (d *Desk) post(name, path, action string, rate web.RateClass, h web.Handler) web.Route {
	return web.Route{
		Name: name, Method: http.MethodPost, Path: path, Scope: web.PerTenant, Rate: rate, CSRF: web.Browser,
		Action: action, Event: action, Handler: h, Errors: d.Translate,
	}
}

func (d *Desk) signedIn(h Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		o, ok, err := d.Visits.Owner(r.Context(), w, r)
		if err != nil || !ok {
			return err
		}
		return h(w, r, o)
	}
}

func (d *Desk) fresh(back string, h Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		o, ok, err := d.Visits.FreshOwner(r.Context(), w, r, Freshness, back)
		if err != nil || !ok {
			return err
		}
		return h(w, r, o)
	}
}

const paramDone = "done"

// Frame fills in what the pages share. path is the page's; dones are the changes that it reports
// after the redirect that follows them.
func (d *Desk) Frame(r *web.Request, o visit.Owner, path string, dones map[string]part.Key) (Frame, error) {
	base, err := d.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return Frame{}, err
	}
	base.Path = visit.URL(r, path)
	f := Frame{Base: base, Person: visit.Portrait(r, o.Account), Page: path, SwitchURL: visit.URL(r, PathSwitch), SignOutAction: visit.URL(r, PathSignOut)}
	if d.Asks != nil && path != PathApprove {
		asked, err := d.Asks(r, o)
		if err != nil {
			return f, err
		}
		if asked {
			f.ApproveURL = visit.URL(r, PathApprove)
		}
	}
	if q, err := web.Query(r); err == nil {
		f.Done = dones[q.Get(paramDone)]
	}
	return f, nil
}

// Plain is Done's address without the language of this page, for a change of the language.
func Plain(r *web.Request, path, what string) string {
	return browser.Path(r, path) + "?" + paramDone + "=" + what
}

// Done goes to a page after a change; the browser repeats nothing.
func Done(w http.ResponseWriter, r *web.Request, path, what string) error {
	web.SeeOther(w, visit.URL(r, path, paramDone, what))
	return nil
}
