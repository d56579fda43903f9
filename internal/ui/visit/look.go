package visit

import (
	"context"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

// look is how pages of the request's tenant look on which app, if any, is at work.
func (room *Room) look(ctx context.Context, r *web.Request, app client.ID) (part.Look, error) {
	if room.Brands == nil {
		return part.Look{}, nil
	}
	l, err := room.Brands.Of(ctx, Tenant(r), app)
	if err != nil {
		return part.Look{}, err
	}
	return Look(r, l), nil
}

// Look turns a brand into what pages need of it.
func Look(r *web.Request, l brand.Look) part.Look {
	out := part.Look{
		StylePath: brandPath(r, l.StyleName), LogoPath: brandPath(r, l.Logo), LogoDarkPath: brandPath(r, l.LogoDark), IconPath: brandPath(r, l.Icon),
		Layout: part.Layout(l.Layout), HelpURL: l.HelpURI,
	}
	if l.WordsID != "" {
		out.Wording = &part.Wording{ID: l.WordsID, Texts: map[part.Locale]map[part.Key]string{}}
		for _, w := range l.Wording {
			locale := part.Locale(w.Locale)
			if out.Wording.Texts[locale] == nil {
				out.Wording.Texts[locale] = map[part.Key]string{}
			}
			out.Wording.Texts[locale][part.Key(w.Key)] = w.Text
		}
	}
	return out
}

// AppWithLogo is a client as pages show it, with the picture of its own brand.
func (room *Room) AppWithLogo(ctx context.Context, tenant id.Tenant, c client.Client) (part.App, error) {
	app := App(c)
	if room.Brands == nil {
		return app, nil
	}
	l, err := room.Brands.Of(ctx, tenant, c.ID)
	if err != nil || l.AppPicture == "" {
		return app, err
	}
	root := ""
	if tenant != id.Default {
		t, err := room.Tenants.ByID(ctx, tenant)
		if err != nil {
			return app, err
		}
		root = "/t/" + t.Name
	}
	app.LogoPath = root + part.BrandPrefix + l.AppPicture
	return app, nil
}

// brandPath is where a file of a brand is served, "" for none.
func brandPath(r *web.Request, name string) string {
	if name == "" {
		return ""
	}
	return browser.Path(r, part.BrandPrefix+name)
}
