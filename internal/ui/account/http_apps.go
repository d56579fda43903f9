package account

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// fieldClient names the app whose access is withdrawn.
const fieldClient = "client"

// link is what an account has to do with one client.
type link struct {
	client      client.Client
	scopes      oauth.ScopeSet
	since, used time.Time
}

// connected lists the clients that may act for the person, by name.
func (room *Room) connected(r *web.Request, o visit.Owner) ([]link, error) {
	tenant := visit.Tenant(r)
	links := map[client.ID]*link{}
	at := func(app client.ID, scopes oauth.ScopeSet, since time.Time) *link {
		l := links[app]
		if l == nil {
			l = &link{since: since}
			links[app] = l
		}
		l.scopes = l.scopes.Union(scopes)
		if since.Before(l.since) {
			l.since = since
		}
		return l
	}
	var out []link
	err := room.read(r, func(rd *store.Reader) error {
		consents, err := consent.OfAccount(rd, tenant, o.Account.ID)
		if err != nil {
			return err
		}
		for _, c := range consents {
			at(c.Client, c.Scopes, c.GrantedAt)
		}
		grants, err := issued.OfAccount(rd, tenant, o.Account.ID, maxApps)
		if err != nil {
			return err
		}
		for _, g := range grants {
			l := at(g.Client, g.Terms.Scopes, g.RotatedAt)
			if g.RotatedAt.After(l.used) {
				l.used = g.RotatedAt
			}
		}
		for app, l := range links {
			if l.client, err = client.Get(rd, tenant, app); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
			out = append(out, *l)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.client.Name, b.client.Name), cmp.Compare(a.client.ID, b.client.ID))
	})
	return out, err
}

// words says a link in plain words: each scope under the API that it belongs to.
func (room *Room) words(r *web.Request, l link, apis []resource.Resource) (ConnectedApp, error) {
	app := ConnectedApp{Since: l.since, LastUsed: l.used, WithdrawURL: visit.URL(r, PathWithdraw, fieldClient, string(l.client.ID))}
	var err error
	if app.App, err = room.Visits.AppWithLogo(r.Context(), visit.Tenant(r), l.client); err != nil {
		return app, err
	}
	rest := l.scopes
	for _, a := range apis {
		of := part.API{Name: a.Name}
		for _, s := range a.Scopes {
			if l.client.MayReach(a.Audience) && l.scopes.Has(s.Name) {
				of.Scopes = append(of.Scopes, part.Scope{Name: string(s.Name), Text: s.Description})
				rest = rest.Minus(oauth.Scopes(s.Name))
			}
		}
		if len(of.Scopes) > 0 {
			app.APIs = append(app.APIs, of)
		}
	}
	for _, s := range rest.All() {
		app.Identity = append(app.Identity, string(s))
	}
	return app, nil
}

func (room *Room) apps(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.frame(r, o, own.PathApps)
	if err != nil {
		return err
	}
	links, err := room.connected(r, o)
	if err != nil {
		return err
	}
	apis, err := room.Resources.All(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	page := &Apps{Frame: f}
	for _, l := range links {
		app, err := room.words(r, l, apis)
		if err != nil {
			return err
		}
		page.Apps = append(page.Apps, app)
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) askWithdraw(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	which := q.Get(fieldClient)
	links, err := room.connected(r, o)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(links, func(l link) bool { return string(l.client.ID) == which })
	if i < 0 {
		return visit.ErrMissing
	}
	apis, err := room.Resources.All(r.Context(), visit.Tenant(r))
	if err != nil {
		return err
	}
	f, err := room.frame(r, o, PathWithdraw)
	if err != nil {
		return err
	}
	f.Path = visit.URL(r, PathWithdraw, fieldClient, which)
	app, err := room.words(r, links[i], apis)
	if err != nil {
		return err
	}
	page := &Withdraw{Frame: f, App: app, Action: visit.URL(r, PathWithdraw)}
	page.Hidden = []part.Field{{Name: fieldClient, Value: which}}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) withdraw(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	app, tenant := client.ID(form.Get(fieldClient)), visit.Tenant(r)
	if app == "" {
		return visit.ErrMissing // RevokeOf would take it for all
	}
	err = room.do(r, o, consent.Withdraw.On(tenant, o.Account.ID, &consent.Detail{Client: string(app)}), func(tx *store.Tx) error {
		if _, err := consent.Delete(tx, tenant, o.Account.ID, app); err != nil {
			return err
		}
		_, err := issued.RevokeOf(tx, tenant, o.Account.ID, app)
		return err
	})
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathApps, "withdrawn")
}
