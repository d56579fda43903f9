package brand

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the page and the files. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Brands    *brand.Room
	Translate web.ErrorFunc
}

// maxApps bounds the applications that the page links to.
const maxApps = 50

// maxFields is what an upload may have around the picture, in bytes.
const maxFields = 16 << 10

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		{
			Name: "ui.brand.file", Method: http.MethodGet, Path: part.BrandPrefix + "{file}", Scope: web.PerTenant, Rate: web.RateCheap, Quiet: true,
			Public: "style sheets and pictures of the pages before sign-in", Cache: web.Public(365 * 24 * time.Hour), Handler: room.file, Errors: web.PlainErrors,
		},
		{
			Name: "ui.brand.preview", Method: http.MethodGet, Path: PathPreview, Scope: web.PerTenant,
			Action: brand.Change.Name(), Handler: room.administrators(room.preview), Errors: room.Translate,
		},
		{
			Name: "ui.brand.preview.post", Method: http.MethodPost, Path: PathPreview, Scope: web.PerTenant, CSRF: web.Browser,
			Action: brand.Change.Name(), Event: brand.Change.Name(), Handler: room.administrators(room.post), Errors: room.Translate,
		},
		{
			Name: "ui.brand.preview.image", Method: http.MethodPost, Path: PathImage, Scope: web.PerTenant, CSRF: web.Browser, Rate: web.RateCostly,
			Body: brand.MaxUpload + maxFields, Action: brand.Upload.Name(), Event: brand.Upload.Name(), Handler: room.administrators(room.image), Errors: room.Translate,
		},
	}
}

// file serves a style sheet, which is computed from its name, or a picture of the tenant.
func (room *Room) file(w http.ResponseWriter, r *web.Request) error {
	name := r.PathValue("file")
	kind := "text/css; charset=utf-8"
	body, ok := brand.StyleSheet(name)
	if !ok {
		var err error
		kind = "image/png"
		body, err = room.Brands.Image(r.Context(), visit.Tenant(r), name)
		if errors.Is(err, store.ErrNotFound) {
			return &web.Refusal{Status: http.StatusNotFound, Public: "There is nothing at this address."}
		}
		if err != nil {
			return err
		}
		// Whatever a browser takes the bytes for, they run nothing.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	}
	w.Header().Set("Cache-Control", part.AssetCache)
	return web.NewDocument(kind, body).Serve(w, r)
}

type administered func(w http.ResponseWriter, r *web.Request, o visit.Owner) error

// administrators leads whoever is not signed in to sign-in, and refuses who may not brand.
func (room *Room) administrators(h administered) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		o, ok, err := room.Visits.Owner(r.Context(), w, r)
		if err != nil || !ok {
			return err
		}
		allowed, err := room.Visits.Guard.May(r.Context(), o.Caller, brand.Change.On(visit.Tenant(r), brand.Whole, nil))
		if err != nil {
			return err
		}
		if !allowed {
			return &guard.Denied{Action: brand.Change.Name()}
		}
		return h(w, r, o)
	}
}

// dones are what the page reports after the redirect that follows a change.
var dones = map[string]Done{"saved": Saved, "dropped": Dropped, "drawn": Drawn}

const paramDone = "done"

func (room *Room) preview(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	now, err := room.at(r, o, q.Get(FieldScope))
	if err != nil {
		return err
	}
	return room.show(w, r, o, now, &Page{Draft: now.Theme, Done: dones[q.Get(paramDone)]})
}

// at is the brand of a scope that a request names; none is the tenant's.
func (room *Room) at(r *web.Request, o visit.Owner, text string) (brand.Brand, error) {
	if text == "" {
		text = string(brand.Whole)
	}
	scope, err := brand.ParseScope(text)
	if err != nil {
		return brand.Brand{}, visit.ErrMissing
	}
	b, err := room.Brands.Look(r.Context(), o.Caller, visit.Tenant(r), scope)
	var problem *guard.Problem
	if errors.As(err, &problem) && problem.Code == "not_found" {
		return b, visit.ErrMissing
	}
	return b, err
}

// show fills in what every answer of the page has: now is the brand as it is stored, page has the
// draft and what is to be said of it.
func (room *Room) show(w http.ResponseWriter, r *web.Request, o visit.Owner, now brand.Brand, page *Page) error {
	tenant := visit.Tenant(r)
	base, err := room.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	scope := string(now.Scope)
	base.Hidden = []part.Field{{Name: FieldScope, Value: scope}, {Name: FieldVersion, Value: strconv.FormatInt(now.Version, 10)}}
	base.Path = visit.URL(r, PathPreview, FieldScope, scope)
	page.Person, page.Action, page.ImageAction = visit.Person(o.Account), visit.URL(r, PathPreview), visit.URL(r, PathImage)
	page.AccountURL, page.Made = visit.URL(r, "/account"), now.Version > 0
	for _, p := range pictures {
		for _, i := range now.Images {
			if i.Slot == p.Slot {
				p.Path = browserPath(r, i.File)
			}
		}
		page.Pictures = append(page.Pictures, p)
	}
	if err := room.scopes(r, o, now.Scope, page); err != nil {
		return err
	}
	below := brand.Brand{}
	if now.Scope != brand.Whole {
		if below, err = room.Brands.Look(r.Context(), o.Caller, tenant, brand.Whole); err != nil {
			return err
		}
	}
	now.Theme = readable(page)
	look, err := brand.Merge(below, now)
	if err != nil {
		return err
	}
	page.Shown = visit.Look(r, look)
	base.Look.Wording = page.Shown.Wording // the samples speak the draft's words
	page.Base = base
	page.SamplePath = browserPath(r, look.Style().SampleName())
	return visit.Show(w, http.StatusOK, page)
}

// readable is the draft as samples can show it: nothing if it is malformed.
func readable(page *Page) brand.Theme {
	whole, err := page.Draft.Complete(part.Words{})
	if err != nil {
		return brand.Theme{}
	}
	page.Faults = whole.Faults()
	return whole
}

// scopes are the links to what can be branded.
func (room *Room) scopes(r *web.Request, o visit.Owner, now brand.Scope, page *Page) error {
	page.Scopes = []ScopeLink{{URL: visit.URL(r, PathPreview), Current: now == brand.Whole}}
	apps, err := client.Page(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), "", maxApps)
	if err != nil {
		return err
	}
	for _, a := range apps {
		scope := brand.OfClient(a.ID)
		page.Scopes = append(page.Scopes, ScopeLink{Name: a.Name, URL: visit.URL(r, PathPreview, FieldScope, string(scope)), Current: scope == now})
		if scope == now {
			page.AppName = a.Name
		}
	}
	if now == brand.Whole || page.AppName != "" {
		return nil
	}
	app, err := client.Look(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), client.ID(now)) // beyond those that are listed
	page.AppName = app.Name
	return err
}

func (room *Room) post(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	now, err := room.at(r, o, form.Get(FieldScope))
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	page := &Page{Draft: draft(form, base.Locale, now.Theme)}
	switch form.Get(FieldDo) {
	case "save":
		version, err := strconv.ParseInt(form.Get(FieldVersion), 10, 64)
		if err != nil {
			return &web.Refusal{Status: http.StatusBadRequest, Public: "The version is a number."}
		}
		_, err = room.Brands.Update(r.Context(), o.Caller, visit.Tenant(r), now.Scope, page.Draft, version)
		if err == nil {
			return room.done(w, r, now.Scope, "saved")
		}
		var problem *guard.Problem
		if !errors.As(err, &problem) {
			return err
		}
		page.Problem, page.Wrong = explain(problem, page.Draft)
	case "reset":
		err := room.Brands.Reset(r.Context(), o.Caller, visit.Tenant(r), now.Scope)
		var problem *guard.Problem
		if err != nil && !errors.As(err, &problem) {
			return err // one that is gone already is dropped too
		}
		return room.done(w, r, now.Scope, "dropped")
	default:
		if _, err := page.Draft.Complete(part.Words{}); err != nil {
			var problem *guard.Problem
			if !errors.As(err, &problem) {
				return err
			}
			page.Problem, page.Wrong = explain(problem, page.Draft)
		}
	}
	return room.show(w, r, o, now, page)
}

func (room *Room) done(w http.ResponseWriter, r *web.Request, scope brand.Scope, what string) error {
	web.SeeOther(w, visit.URL(r, PathPreview, FieldScope, string(scope), paramDone, what))
	return nil
}

// explain picks the sentence of a refusal, and the field that it is about.
func explain(p *guard.Problem, d brand.Theme) (Problem, string) {
	switch {
	case p.Code == "conflict":
		return Moved, ""
	case p.Field == "help_uri":
		return BadHelp, p.Field
	case p.Field == "wording":
		return BadWord, p.Field
	}
	if whole, err := d.Complete(part.Words{}); err == nil && len(whole.Faults()) > 0 {
		return Unreadable, p.Field
	}
	return BadColour, p.Field
}

// draft is the theme of a form. Words of other languages stay as they are stored.
func draft(form web.Params, l part.Locale, stored brand.Theme) brand.Theme {
	palette := func(s brand.Scheme) brand.Palette {
		get := func(name string) brand.Colour { return brand.Colour(form.Get(string(s) + "." + name)) }
		return brand.Palette{Accent: get("accent"), Background: get("background"), Text: get("text")}
	}
	t := brand.Theme{
		Light: palette(brand.Light), Dark: palette(brand.Dark), Radius: brand.Radius(form.Get(FieldRadius)), Font: brand.Font(form.Get(FieldFont)),
		Layout: brand.Layout(form.Get(FieldLayout)), HelpURI: form.Get(FieldHelp),
	}
	for _, w := range stored.Wording {
		if w.Locale != string(l) {
			t.Wording = append(t.Wording, w)
		}
	}
	for _, key := range part.Wordable() {
		if text := form.Get(FieldWord + string(key)); text != "" {
			t.Wording = append(t.Wording, brand.Word{Locale: string(l), Key: string(key), Text: text})
		}
	}
	return t
}
