package brand

import "fmt"

// Palette is the three colours of a scheme from which all others of its pages are computed. The
// zero value is none.
type Palette struct {
	// Accent colours links and buttons: #rrggbb.
	Accent Colour `json:"accent"`
	// Background is the ground of the page: #rrggbb.
	Background Colour `json:"background"`
	// Text colours what is written: #rrggbb.
	Text Colour `json:"text"`
}

// Scheme is which of a browser's two colour schemes a palette is for.
type Scheme string

// The schemes.
const (
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

// tone is how a palette itself looks: a light scheme may be dark, if its owner likes.
func (p Palette) tone() Scheme {
	if p.Text.Luminance() > p.Background.Luminance() {
		return Dark
	}
	return Light
}

// Token is one custom property of the style sheet.
type Token struct {
	Name  string // without the dashes
	Value string
}

// grounds are the surfaces on which text stands; they come from the background alone.
type grounds struct{ ground, surface, sunken, arch Colour }

func (g grounds) all() []Colour { return []Colour{g.ground, g.surface, g.sunken, g.arch} }

func (p Palette) grounds() grounds {
	if p.tone() == Dark {
		return grounds{p.Background, p.Background.mix(white, 0.04), p.Background.mix(white, 0.018), p.Background.mix(white, 0.03)}
	}
	return grounds{p.Background, p.Background.mix(white, 0.85), p.Background.mix(white, 0.4), p.Background.mix(p.Text, 0.035)}
}

// Tokens are the colours of the style sheet, computed so that each pair in which they stand is
// readable if the palette itself is (see [Palette.Faults]).
func (p Palette) Tokens() []Token {
	tone, g := p.tone(), p.grounds()
	strong := p.Accent.mix(p.Text, 0.28).towards(p.Text, LeastText, g.ground, g.surface)
	on, danger, onDanger := white, Colour("#a3271f"), white
	if tone == Dark {
		on, danger, onDanger = p.Accent.mix(black, 0.85), "#ff9d92", "#330b07"
	}
	on = on.towards(opposite(tone), LeastText, p.Accent, strong)
	danger = danger.towards(p.Text, LeastText, g.surface, g.ground)
	out := []Token{
		{"ground", string(g.ground)}, {"surface", string(g.surface)}, {"sunken", string(g.sunken)},
		{"line", string(p.Background.mix(p.Text, 0.12))},
		{"edge", string(p.Background.mix(p.Text, 0.4).towards(p.Text, LeastControl, g.ground, g.surface, g.sunken))},
		{"ink", string(p.Text)}, {"ink-soft", string(p.Text.mix(p.Background, 0.32).towards(p.Text, LeastText, g.all()...))},
		{"accent", string(p.Accent)}, {"accent-strong", string(strong)}, {"on-accent", string(on)},
		{"accent-wash", string(wash(p.Accent, g.surface, p.Accent, p.Text))},
		{"danger", string(danger)}, {"on-danger", string(onDanger.towards(opposite(tone), LeastText, danger))},
		{"danger-wash", string(wash(danger, g.surface, danger))},
		{"arch", string(g.arch)},
	}
	return append(out, fixed[tone]...)
}

// opposite is what is written on filled controls, at its strongest.
func opposite(tone Scheme) Colour {
	if tone == Dark {
		return black
	}
	return white
}

// wash is a surface with a breath of colour on which the inks stand.
func wash(colour, surface Colour, inks ...Colour) Colour {
	for share := 0.12; share > 0; share -= 0.01 {
		ground := surface.mix(colour, share)
		readable := true
		for _, ink := range inks {
			readable = readable && ink.stands(LeastText, ground)
		}
		if readable {
			return ground
		}
	}
	return surface
}

// Ink is which colour of a palette a fault is about.
type Ink string

// The inks.
const (
	InkText   Ink = "text"
	InkAccent Ink = "accent"
)

// Fault is a pair of colours that people could not read.
type Fault struct {
	Scheme  Scheme
	Ink     Ink
	Colour  Colour // of the ink
	On      Colour // the ground, the background or a surface computed from it
	Ratio   float64
	Least   float64
	Nearest Colour // the nearest ink that can be read everywhere; "" if there is none
}

// Error is a sentence that names the pair and its ratio.
func (f Fault) Error() string {
	text := fmt.Sprintf("In the %s scheme, %s %s on %s has a contrast of %s:1, and needs %s:1 to be read.", f.Scheme, f.Ink, f.Colour, f.On, f.RatioText(), number(f.Least))
	if f.Nearest != "" {
		text += fmt.Sprintf(" The nearest that can be read is %s.", f.Nearest)
	}
	return text
}

// RatioText is the ratio with two decimals, rounded down: 4.499 is not 4.5.
func (f Fault) RatioText() string { return number(float64(int(f.Ratio*100)) / 100) }

// LeastText is the ratio that is needed.
func (f Fault) LeastText() string { return number(f.Least) }

func number(x float64) string { return fmt.Sprintf("%.4g", x) }

// Faults lists what could not be read if pages had these colours; none if all can.
func (p Palette) Faults(s Scheme) (out []Fault) {
	g := p.grounds()
	for _, ink := range []struct {
		name   Ink
		colour Colour
		on     []Colour
	}{
		{InkText, p.Text, g.all()},
		{InkAccent, p.Accent, []Colour{g.ground, g.surface, g.sunken}},
	} {
		f := Fault{Scheme: s, Ink: ink.name, Colour: ink.colour, Least: LeastText}
		for _, ground := range ink.on { // the worst one is told
			if r := Contrast(ink.colour, ground); r < LeastText && (f.On == "" || r < f.Ratio) {
				f.On, f.Ratio = ground, r
			}
		}
		if f.On == "" {
			continue
		}
		goal := black
		if p.Background.Luminance() < 0.18 { // what stands out from black is light, from white dark
			goal = white
		}
		if near := ink.colour.towards(goal, LeastText, ink.on...); near.stands(LeastText, ink.on...) {
			f.Nearest = near
		}
		out = append(out, f)
	}
	return out
}
