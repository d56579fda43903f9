// Package brand is the page on which an administrator tries colours, shapes, pictures and words on
// samples of the pages, and saves them; and the files of brands that all pages load.
package brand

import (
	"embed"
	"io"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Paths of the page, below the tenant's root.
const (
	PathPreview = "/brand/preview"
	PathImage   = "/brand/preview/image"
)

// Names of the fields that the page posts.
const (
	FieldDo      = "do" // preview, save or reset
	FieldScope   = "scope"
	FieldVersion = "version"
	FieldRadius  = "radius"
	FieldFont    = "font"
	FieldLayout  = "layout"
	FieldHelp    = "help_uri"
	FieldWord    = "word." // and the message's key
	FieldSlot    = "slot"
	FieldFile    = "file"
)

// Problem is why nothing was saved.
type Problem = part.Key

// The problems, apart from colours that cannot be read.
const (
	BadColour  Problem = "brand.problem.colour"
	BadHelp    Problem = "brand.problem.help"
	BadWord    Problem = "brand.problem.word"
	BadPicture Problem = "brand.problem.picture"
	Moved      Problem = "brand.problem.moved"
	Unreadable Problem = "brand.problem.unreadable"
)

// Done is what the page reports after a change.
type Done = part.Key

// The changes.
const (
	Saved   Done = "brand.done.saved"
	Dropped Done = "brand.done.dropped"
	Drawn   Done = "brand.done.drawn"
)

// ScopeLink leads to the page for another scope. The tenant's has no name.
type ScopeLink struct {
	Name    string
	URL     string
	Current bool
}

// Picture is a slot with what is in it.
type Picture struct {
	Slot  brand.Slot
	Label part.Key
	Path  string // "" for none
}

// pictures are the slots, empty.
var pictures = []Picture{
	{Slot: brand.SlotLogo, Label: "brand.picture.logo"},
	{Slot: brand.SlotLogoDark, Label: "brand.picture.logo_dark"},
	{Slot: brand.SlotIcon, Label: "brand.picture.icon"},
}

// Page is the form and the samples. Its forms post to Action and ImageAction.
type Page struct {
	part.Base
	Person      part.Person
	Action      string
	ImageAction string
	AccountURL  string
	Scopes      []ScopeLink
	// AppName is the application whose brand it is, "" for the tenant's.
	AppName string
	// Draft is the theme as it stands in the form, malformed colours and all.
	Draft brand.Theme
	// Shown is how the samples look.
	Shown part.Look
	// SamplePath is the style sheet of the samples.
	SamplePath string
	Pictures   []Picture
	Faults     []brand.Fault
	Problem    Problem
	// Wrong is the field that the problem is about: "light.accent", "wording".
	Wrong string
	Done  Done
	// Made says that there is a brand to drop.
	Made bool
}

var page = part.Parse(files, "preview.html", "sample.html")

// Render writes the page.
func (p *Page) Render(w io.Writer) error { return page.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if nothing is wrong.
func (p *Page) Alert() *part.Message {
	if p.Problem == "" {
		return nil
	}
	return part.Say(p.Problem)
}

// DoneMessage is the line above the form, nil if nothing was done.
func (p *Page) DoneMessage() *part.Message {
	if p.Done == "" {
		return nil
	}
	return part.Say(p.Done)
}

// unreadable are the sentences about colours.
var unreadable = map[brand.Scheme]map[brand.Ink]part.Key{
	brand.Light: {brand.InkText: "brand.fault.light.text", brand.InkAccent: "brand.fault.light.accent"},
	brand.Dark:  {brand.InkText: "brand.fault.dark.text", brand.InkAccent: "brand.fault.dark.accent"},
}

// Warning is a pair that cannot be read, and what could.
type Warning struct{ Pair, Advice *part.Message }

// Warnings are the pairs that cannot be read.
func (p *Page) Warnings() (out []Warning) {
	for _, f := range p.Faults {
		w := Warning{Pair: part.Say(unreadable[f.Scheme][f.Ink], "colour", f.Colour, "ground", f.On, "ratio", f.RatioText(), "least", f.LeastText())}
		if f.Nearest != "" {
			w.Advice = part.Say("brand.nearest", "colour", f.Nearest)
		}
		out = append(out, w)
	}
	return out
}

// Colour is one field of a palette.
type Colour struct {
	ID, Name string
	Label    part.Key
	Value    brand.Colour
	Standard brand.Colour // what an empty field stands for
	Picker   brand.Colour // what the picker shows
	Token    string       // the custom property that shows it at once
	Scheme   brand.Scheme
	Wrong    bool
}

// Palette is the fields of a scheme.
type Palette struct {
	Label   part.Key
	Hint    part.Key
	Colours []Colour
}

// Palettes are the fields of both schemes.
func (p *Page) Palettes() []Palette {
	return []Palette{
		{Label: "brand.light", Colours: p.colours(brand.Light, p.Draft.Light)},
		{Label: "brand.dark", Hint: "brand.dark.hint", Colours: p.colours(brand.Dark, p.Draft.Dark)},
	}
}

func (p *Page) colours(s brand.Scheme, given brand.Palette) []Colour {
	std := brand.Builtin[s]
	list := []Colour{
		{Name: "accent", Label: "brand.accent", Value: given.Accent, Standard: std.Accent, Token: "--accent"},
		{Name: "background", Label: "brand.background", Value: given.Background, Standard: std.Background, Token: "--ground"},
		{Name: "text", Label: "brand.text", Value: given.Text, Standard: std.Text, Token: "--ink"},
	}
	for i := range list {
		c := &list[i]
		c.Wrong = p.Wrong == string(s)+"."+c.Name
		c.ID, c.Name, c.Scheme = string(s)+"-"+c.Name, string(s)+"."+c.Name, s
		c.Picker = c.Standard
		if parsed, ok := brand.ParseColour(string(c.Value)); ok {
			c.Picker = parsed
		}
	}
	return list
}

// Option is one choice of a list; the empty one is left to what is below.
type Option struct {
	Value   string
	Label   part.Key
	Current bool
}

// Choice is a list of options.
type Choice struct {
	ID, Name string
	Label    part.Key
	Options  []Option
}

// Choices are corners, font and layout.
func (p *Page) Choices() []Choice {
	return []Choice{
		choice(FieldRadius, "brand.radius", p.Draft.Radius, map[brand.Radius]part.Key{
			"none": "brand.radius.none", "small": "brand.radius.small", "medium": "brand.radius.medium", "large": "brand.radius.large"}, brand.Radii),
		choice(FieldFont, "brand.font", p.Draft.Font, map[brand.Font]part.Key{
			"system": "brand.font.system", "humanist": "brand.font.humanist", "geometric": "brand.font.geometric",
			"rounded": "brand.font.rounded", "serif": "brand.font.serif", "slab": "brand.font.slab"}, brand.Fonts),
		choice(FieldLayout, "brand.layout", p.Draft.Layout, map[brand.Layout]part.Key{
			"card": "brand.layout.card", "side": "brand.layout.side", "plain": "brand.layout.plain"}, brand.Layouts),
	}
}

func choice[T ~string](name string, label part.Key, current T, labels map[T]part.Key, order []T) Choice {
	c := Choice{ID: name, Name: name, Label: label, Options: []Option{{"", "brand.unset", current == ""}}}
	for _, v := range order {
		c.Options = append(c.Options, Option{string(v), labels[v], v == current})
	}
	return c
}

// Word is one message with the owner's text, if it has one.
type Word struct {
	ID, Name string
	Builtin  string // our text, which an empty field stands for
	Text     string
}

// Words are the messages that may be said in other words, in the language of the page.
func (p *Page) Words() (out []Word) {
	for i, key := range part.Wordable() {
		w := Word{ID: "word-" + string(rune('a'+i)), Name: FieldWord + string(key), Builtin: part.Builtin(p.Locale, key)}
		for _, own := range p.Draft.Wording {
			if own.Locale == string(p.Locale) && own.Key == string(key) {
				w.Text = own.Text
			}
		}
		out = append(out, w)
	}
	return out
}

// Sample is the samples in one scheme.
type Sample struct {
	*Page
	Scheme brand.Scheme
	Label  part.Key
}

// Samples are the samples in both schemes.
func (p *Page) Samples() []Sample {
	return []Sample{{p, brand.Light, "brand.light"}, {p, brand.Dark, "brand.dark"}}
}

// SampleLogo is the logo of the sample's scheme.
func (s Sample) SampleLogo() string {
	if dark := s.Shown.LogoDark(); dark != "" && s.Scheme == brand.Dark {
		return dark
	}
	return s.Shown.Logo()
}

// App is the application of the samples.
func (s Sample) App() part.App {
	if s.AppName != "" {
		return part.App{Name: s.AppName, LogoPath: s.Shown.IconPath}
	}
	return part.App{Name: "MyCalApp"}
}

// Claims is what the sample of the consent page asks for.
func (s Sample) Claims() []part.Claims { return part.ExplainScopes([]string{"openid", "email"}) }
