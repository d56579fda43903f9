package brand

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/guard"
)

// Radius is how round corners are. "" says nothing.
type Radius string

// Radii lists the radii.
var Radii = []Radius{"none", "small", "medium", "large"}

// Font is a stack of fonts that machines have: nothing is loaded. "" says nothing.
type Font string

// Fonts lists the fonts.
var Fonts = []Font{"system", "humanist", "geometric", "rounded", "serif", "slab"}

// Layout is where things stand on the pages before the account. "" says nothing.
type Layout string

// Layouts lists the layouts: a card in the centre, a panel at the side, or neither.
var Layouts = []Layout{"card", "side", "plain"}

// Word is one message in the owner's words.
type Word struct {
	// Locale is the language: en, de, fr, es.
	Locale string `json:"locale"`
	// Key names the message, such as signin.title.
	Key string `json:"key"`
	// Text is plain text, with the placeholders of the message that it replaces.
	Text string `json:"text"`
}

// MaxWords bounds the words of a brand.
const MaxWords = 200

// Theme is what an administrator decides about a brand, but for its pictures. Whatever is empty
// is left to the brand below, or to what is built in.
type Theme struct {
	// Light is the palette of the light scheme. What is empty of a palette is built in.
	Light Palette `json:"light,omitzero"`
	// Dark is the palette of the dark scheme; made from light if only that is given.
	Dark Palette `json:"dark,omitzero"`
	// Radius of corners: none, small, medium or large.
	Radius Radius `json:"radius,omitempty"`
	// Font is system, humanist, geometric, rounded, serif or slab.
	Font Font `json:"font,omitempty"`
	// Layout is card, side or plain.
	Layout Layout `json:"layout,omitempty"`
	// HelpURI is an https address to which every page offers a link.
	HelpURI string `json:"help_uri,omitempty"`
	// Wording replaces messages of a closed list.
	Wording []Word `json:"wording,omitempty"`
}

// Words knows the messages of the pages. Package ui/part does.
type Words interface {
	// CheckWord says what is wrong with a text in place of a message, in a sentence; "" if
	// nothing is.
	CheckWord(locale, key, text string) string
}

// Complete returns the theme with each palette whole, or what is malformed: a *guard.Problem.
// Contrast is not judged.
func (t Theme) Complete(words Words) (Theme, error) {
	for _, s := range []struct {
		name Scheme
		p    *Palette
	}{{Light, &t.Light}, {Dark, &t.Dark}} {
		if err := s.p.complete(s.name); err != nil {
			return t, err
		}
	}
	switch {
	case t.Radius != "" && !slices.Contains(Radii, t.Radius):
		return t, guard.Invalid("radius", "The radius is none, small, medium or large.")
	case t.Font != "" && !slices.Contains(Fonts, t.Font):
		return t, guard.Invalid("font", "The font is system, humanist, geometric, rounded, serif or slab.")
	case t.Layout != "" && !slices.Contains(Layouts, t.Layout):
		return t, guard.Invalid("layout", "The layout is card, side or plain.")
	case t.HelpURI != "" && !isWebAddress(t.HelpURI):
		return t, guard.Invalid("help_uri", "The help link is an https address of at most 500 bytes, without a user or a fragment.")
	case len(t.Wording) > MaxWords:
		return t, guard.Invalid("wording", "A brand has at most 200 words of its own.")
	}
	t.Wording = slices.Clone(t.Wording)
	slices.SortFunc(t.Wording, func(a, b Word) int { return cmp.Or(cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Key, b.Key)) })
	for i, w := range t.Wording {
		if i > 0 && w.Locale == t.Wording[i-1].Locale && w.Key == t.Wording[i-1].Key {
			return t, guard.Invalid("wording", w.Key+" is given twice in "+w.Locale+".")
		}
		if wrong := words.CheckWord(w.Locale, w.Key, w.Text); wrong != "" {
			return t, guard.Invalid("wording", wrong)
		}
	}
	return t, nil
}

// complete fills what is missing of a palette that is there.
func (p *Palette) complete(s Scheme) error {
	if *p == (Palette{}) {
		return nil
	}
	for _, f := range []struct {
		name     string
		colour   *Colour
		standard Colour
	}{
		{"accent", &p.Accent, Builtin[s].Accent},
		{"background", &p.Background, Builtin[s].Background},
		{"text", &p.Text, Builtin[s].Text},
	} {
		if *f.colour == "" {
			*f.colour = f.standard
		}
		parsed, ok := ParseColour(string(*f.colour))
		if !ok {
			return guard.Invalid(string(s)+"."+f.name, "A colour is # and six hexadecimal digits, such as #1d5c4f.")
		}
		*f.colour = parsed
	}
	return nil
}

// Palettes are the palettes of both schemes. One that is missing is made from the other: its
// accent, moved until it can be read on the built-in ground. Both are zero if neither is given.
func (t Theme) Palettes() (light, dark Palette) {
	light, dark = t.Light, t.Dark
	switch none := (Palette{}); {
	case light == none && dark != none:
		light = Builtin[Light].with(dark.Accent)
	case dark == none && light != none:
		dark = Builtin[Dark].with(light.Accent)
	}
	return light, dark
}

func (p Palette) with(accent Colour) Palette {
	g := p.grounds()
	p.Accent = accent.towards(p.Text, LeastText, g.ground, g.surface, g.sunken)
	return p
}

// Faults lists what could not be read of a complete theme.
func (t Theme) Faults() (out []Fault) {
	if t.Light != (Palette{}) {
		out = t.Light.Faults(Light)
	}
	if t.Dark != (Palette{}) {
		out = append(out, t.Dark.Faults(Dark)...)
	}
	return out
}

// over lays t over what is below it. A palette stays whole: its colours were judged together.
func (t Theme) over(below Theme) Theme {
	if t.Light == (Palette{}) && t.Dark == (Palette{}) {
		t.Light, t.Dark = below.Light, below.Dark
	}
	t.Radius = cmp.Or(t.Radius, below.Radius)
	t.Font = cmp.Or(t.Font, below.Font)
	t.Layout = cmp.Or(t.Layout, below.Layout)
	t.HelpURI = cmp.Or(t.HelpURI, below.HelpURI)
	t.Wording = slices.Clone(t.Wording)
	for _, w := range below.Wording {
		if !slices.ContainsFunc(t.Wording, func(x Word) bool { return x.Locale == w.Locale && x.Key == w.Key }) {
			t.Wording = append(t.Wording, w)
		}
	}
	return t
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Fragment == "" && len(text) <= 500 &&
		utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' })
}
