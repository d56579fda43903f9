package brand

import (
	"regexp"
	"strings"
)

// Style is the tokens that become a style sheet. It is written into the sheet's name, so that
// whoever has the name can make the sheet.
type Style struct {
	Light, Dark Palette // zero: as built in
	Radius      Radius  // "": as built in
	Font        Font    // "": as built in
}

// Style is the theme's tokens of the style sheet.
func (t Theme) Style() Style {
	s := Style{Radius: t.Radius, Font: t.Font}
	s.Light, s.Dark = t.Palettes()
	return s
}

// edition is part of the name of every style sheet, since browsers keep the sheets for a year:
// whoever changes what is computed from a style counts it up. A test compares with testdata.
const edition = "2"

// absent stands in a name for a token that is not there.
const absent = "x"

// Name is the file name of the style sheet, "" if there is nothing to say.
func (s Style) Name() string {
	if s == (Style{}) {
		return ""
	}
	return s.code() + ".css"
}

// SampleName is the file name of the style sheet that gives the tokens to samples of pages, of
// class sample-light and sample-dark, and leaves the page around them as it is.
func (s Style) SampleName() string { return s.code() + "-sample.css" }

func (s Style) code() string {
	return strings.Join([]string{edition, s.Light.code(), s.Dark.code(), code(s.Radius), code(s.Font)}, "-")
}

func (p Palette) code() string {
	if p == (Palette{}) {
		return absent
	}
	return strings.ReplaceAll(string(p.Accent+p.Background+p.Text), "#", "")
}

func code[T ~string](token T) string {
	if token == "" {
		return absent
	}
	return string(token)
}

var nameForm = regexp.MustCompile(`^` + edition + `-(x|[0-9a-f]{18})-(x|[0-9a-f]{18})-(x|[a-z]+)-(x|[a-z]+)(-sample)?\.css$`)

// StyleSheet is the style sheet of a name; ok is false for what is no name of one.
func StyleSheet(name string) (css []byte, ok bool) {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	s := Style{Light: parsePalette(m[1]), Dark: parsePalette(m[2])}
	var known bool
	if m[3] != absent {
		s.Radius = Radius(m[3])
		if _, known = radii[s.Radius]; !known {
			return nil, false
		}
	}
	if m[4] != absent {
		s.Font = Font(m[4])
		if _, known = stacks[s.Font]; !known {
			return nil, false
		}
	}
	if m[5] != "" {
		return s.sample(), true
	}
	return s.sheet(), s != Style{}
}

func parsePalette(code string) Palette {
	if code == absent {
		return Palette{}
	}
	return Palette{Colour("#" + code[:6]), Colour("#" + code[6:12]), Colour("#" + code[12:])}
}

// radii are small, normal and large corners.
var radii = map[Radius][3]string{
	"none":   {"0", "0", "0"},
	"small":  {"0.1875rem", "0.3125rem", "0.5rem"},
	"medium": {"0.5rem", "0.75rem", "1.25rem"},
	"large":  {"0.875rem", "1.4375rem", "2rem"},
}

// stacks name fonts that come with operating systems, best first.
var stacks = map[Font]string{
	"system":    `-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", Cantarell, "Liberation Sans", Arial, sans-serif`,
	"humanist":  `Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", source-sans-pro, sans-serif`,
	"geometric": `Avenir, Montserrat, Corbel, "URW Gothic", source-sans-pro, sans-serif`,
	"rounded":   `ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Manjari, "Arial Rounded MT Bold", Calibri, sans-serif`,
	"serif":     `Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", "Liberation Serif", serif`,
	"slab":      `Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif`,
}

// shape are the tokens of a style that are no colours.
func (s Style) shape() (out []Token) {
	if r, ok := radii[s.Radius]; ok {
		out = append(out, Token{"round-small", r[0]}, Token{"round", r[1]}, Token{"round-large", r[2]})
	}
	if f, ok := stacks[s.Font]; ok {
		out = append(out, Token{"font", f})
	}
	return out
}

// colours are the tokens of a scheme, none if the palette is built in.
func (p Palette) colours() []Token {
	if p == (Palette{}) {
		return nil
	}
	return p.Tokens()
}

// tokens are the colours of a scheme: the palette's, or the built-in ones.
func (p Palette) tokens(s Scheme) []Token {
	if p == (Palette{}) {
		return BuiltinTokens(s)
	}
	return p.Tokens()
}

// Colours are the tokens of both schemes, for what has no style sheet of ours, such as mails.
func (t Theme) Colours() (light, dark []Token) {
	one, other := t.Palettes()
	return one.tokens(Light), other.tokens(Dark)
}

// sheet gives the tokens to the whole document.
func (s Style) sheet() []byte {
	var b strings.Builder
	b.WriteString("@layer tokens {\n")
	rule(&b, ":root", s.Light.scheme(Light), append(s.shape(), s.Light.colours()...))
	if dark := s.Dark.colours(); dark != nil {
		b.WriteString("@media (prefers-color-scheme: dark) {\n")
		rule(&b, `:root:where(:not([data-theme="light"]))`, s.Dark.scheme(Dark), dark)
		b.WriteString("}\n")
		rule(&b, `:root:where([data-theme="dark"])`, s.Dark.scheme(Dark), dark)
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// sample gives the tokens to samples of either scheme, whichever the browser prefers.
func (s Style) sample() []byte {
	if s.Radius == "" {
		s.Radius = "medium"
	}
	if s.Font == "" {
		s.Font = "system"
	}
	var b strings.Builder
	b.WriteString("@layer tokens {\n")
	for _, side := range []struct {
		scheme  Scheme
		palette Palette
	}{{Light, s.Light}, {Dark, s.Dark}} {
		colours, is := side.palette.tokens(side.scheme), side.palette.scheme(side.scheme)
		if side.palette == (Palette{}) {
			is = string(side.scheme)
		}
		rule(&b, ".sample-"+string(side.scheme), is, append(s.shape(), colours...))
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// scheme is how browsers are to draw their own controls, "" as they do.
func (p Palette) scheme(of Scheme) string {
	if p == (Palette{}) || p.tone() == of {
		return ""
	}
	return string(p.tone())
}

// rule writes one rule. Every value is one of ours or a parsed colour.
func rule(b *strings.Builder, selector, scheme string, tokens []Token) {
	b.WriteString(selector + " {\n")
	if scheme != "" {
		b.WriteString("  color-scheme: " + scheme + ";\n")
	}
	for _, t := range tokens {
		b.WriteString("  --" + t.Name + ": " + t.Value + ";\n")
	}
	b.WriteString("}\n")
}
