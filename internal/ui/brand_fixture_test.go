package ui_test

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/brand"
	uibrand "github.com/cardea-iam/cardea/internal/ui/brand"
	"github.com/cardea-iam/cardea/internal/ui/consent"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/signin"
)

// ownTheme says something about everything.
func ownTheme(l part.Locale) brand.Theme {
	return brand.Theme{
		Light: brand.Palette{Accent: "#4338ca", Background: "#eef0fb", Text: "#1e1b4b"}, Radius: "large", Font: "serif", Layout: "card",
		HelpURI: "https://help.larkspur.example/",
		Wording: []brand.Word{{Locale: string(l), Key: "signin.title", Text: "Larkspur!"}, {Locale: string(l), Key: "signin.continue", Text: "→ {app}"}},
	}
}

// lookOf is how pages look with a theme, with pictures of the tests.
func lookOf(t brand.Theme) part.Look {
	look := part.Look{StylePath: part.BrandPrefix + t.Style().Name(), LogoPath: part.BrandPrefix + "logo.png", LogoDarkPath: part.BrandPrefix + "logo-dark.png",
		IconPath: part.BrandPrefix + "icon.png", Layout: part.Layout(t.Layout), HelpURL: t.HelpURI}
	if len(t.Wording) > 0 {
		look.Wording = &part.Wording{ID: t.Wording[0].Locale + t.Wording[0].Text, Texts: map[part.Locale]map[part.Key]string{}}
		for _, w := range t.Wording {
			l := part.Locale(w.Locale)
			if look.Wording.Texts[l] == nil {
				look.Wording.Texts[l] = map[part.Key]string{}
			}
			look.Wording.Texts[l][part.Key(w.Key)] = w.Text
		}
	}
	return look
}

func brandSample(b part.Base, person part.Person, draft brand.Theme, shown part.Look) *uibrand.Page {
	p := &uibrand.Page{
		Base: b, Person: person, Action: "/brand/preview", ImageAction: "/brand/preview/image", AccountURL: "/account", Made: draft.Layout != "", Draft: draft, Shown: shown,
		SamplePath: part.BrandPrefix + draft.Style().SampleName(), Faults: draft.Faults(),
		Scopes:   []uibrand.ScopeLink{{URL: "/brand/preview", Current: true}, {Name: "HireMe123", URL: "/brand/preview?scope=cli_1"}},
		Pictures: []uibrand.Picture{{Slot: brand.SlotLogo, Label: "brand.picture.logo", Path: shown.LogoPath}, {Slot: brand.SlotLogoDark, Label: "brand.picture.logo_dark", Path: shown.LogoDarkPath}, {Slot: brand.SlotIcon, Label: "brand.picture.icon"}},
	}
	p.Look.Wording = shown.Wording
	if len(p.Faults) > 0 {
		p.Problem, p.Wrong = uibrand.Unreadable, "light.accent"
	}
	return p
}

// brandSamples are the page on which brands are tried, and pages that wear one.
func brandSamples(b part.Base, app part.App, person part.Person) []sample {
	own := ownTheme(b.Locale)
	with := func(layout brand.Layout) part.Base {
		t, out := own, b
		t.Layout = layout
		out.Look = lookOf(t)
		return out
	}
	pale := brand.Theme{Light: brand.Palette{Accent: "#f5b301", Background: "#fff8e7", Text: "#8a7f70"}, Layout: "side"}
	scopes := []part.API{{Name: "MyCalApp", Scopes: []part.Scope{{Name: "read:events", Text: "See the events in your calendar", Granted: true}}}}
	return []sample{
		{"brand", brandSample(b, person, brand.Theme{}, part.Look{})},
		{"brand-own", brandSample(b, person, own, lookOf(own))},
		{"brand-unreadable", brandSample(b, person, pale, part.Look{Layout: "side"})},
		{"branded-signin-side", &signin.Page{Frame: signin.Frame{Base: with("side"), App: app, Action: "/signin", CancelAction: "/signin/cancel"}, Username: "mira"}},
		{"branded-signin-plain", &signin.Identifier{Frame: signin.Frame{Base: with("plain"), App: app, Action: "/signin"}}},
		{"branded-consent", &consent.Page{Base: with("card"), App: app, Person: person, SwitchURL: "/signin?other=1", Action: "/consent", Identity: []string{"openid", "profile"}, APIs: scopes}},
	}
}

// serveBrand serves style sheets, and plain pictures in place of uploaded ones.
func serveBrand(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	if css, ok := brand.StyleSheet(name); ok {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(css)
		return
	}
	ink := color.RGBA{0x43, 0x38, 0xca, 0xff}
	if strings.Contains(name, "dark") {
		ink = color.RGBA{0xc7, 0xd2, 0xfe, 0xff}
	}
	logo := image.NewRGBA(image.Rect(0, 0, 360, 96))
	for i := range 5 {
		draw.Draw(logo, image.Rect(i*72, 20+i*6, i*72+56, 90), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, logo)
}
