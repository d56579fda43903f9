package brand_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/brand"
)

func TestColoursAreHexAndNothingElse(t *testing.T) {
	for text, want := range map[string]brand.Colour{"#1D5c4F": "#1d5c4f", "#000000": "#000000"} {
		if got, ok := brand.ParseColour(text); !ok || got != want {
			t.Errorf("%q is %q %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "#", "#fff", "1d5c4f", "#1d5c4", "#1d5c4f0", "#1d5c4g", " #1d5c4f", "#1d5c4f ", "#+d5c4f", "#-1d5c4", "#1d_c4f", "#0x1d5c", "red",
		"rgb(1,2,3)", "#1d5c4f;", "var(--x)", "#１d5c4f", "url(//x)", "#1d5c4\n"} {
		if got, ok := brand.ParseColour(text); ok {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// The ratios are those that WCAG's own tools show for these pairs.
func TestContrastIsWCAGs(t *testing.T) {
	for _, c := range []struct {
		a, b brand.Colour
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#767676", "#ffffff", 4.54},
		{"#949494", "#ffffff", 3.03}, {"#ff0000", "#ffffff", 4.00}, {"#0000ff", "#ffffff", 8.59}, {"#00ff00", "#000000", 15.30},
	} {
		if got := brand.Contrast(c.a, c.b); math.Abs(got-c.want) > 0.006 {
			t.Errorf("%s on %s is %.3f, want %.2f", c.a, c.b, got, c.want)
		}
		if brand.Contrast(c.a, c.b) != brand.Contrast(c.b, c.a) {
			t.Errorf("%s and %s: the ratio has a side", c.a, c.b)
		}
	}
}

// pairs are the inks of the pages, the grounds on which they stand, and how much contrast each
// needs: those to which the built-in style sheet is held.
var pairs = []struct {
	ink, grounds string
	least        float64
}{
	{"ink", "ground surface sunken arch accent-wash", brand.LeastText}, {"ink-soft", "ground surface sunken arch", brand.LeastText},
	{"accent", "ground surface sunken accent-wash", brand.LeastText}, {"accent-strong", "ground surface", brand.LeastText},
	{"on-accent", "accent accent-strong", brand.LeastText}, {"danger", "surface danger-wash", brand.LeastText}, {"on-danger", "danger", brand.LeastText},
	{"edge", "ground surface sunken", brand.LeastControl},
}

// Whatever three colours somebody chooses: either they are refused, or every pair of the pages is
// readable, the computed ones too.
func TestEveryAcceptedPaletteIsReadable(t *testing.T) {
	var shades []brand.Colour
	for _, r := range []int{0, 0x55, 0x99, 0xcc, 0xff} {
		for _, g := range []int{0, 0x55, 0x99, 0xcc, 0xff} {
			for _, b := range []int{0, 0x77, 0xff} {
				shades = append(shades, brand.Colour(fmt.Sprintf("#%02x%02x%02x", r, g, b)))
			}
		}
	}
	accepted, refused := 0, 0
	for _, ground := range shades {
		for _, text := range []brand.Colour{"#000000", "#1b1c1a", "#333366", "#777777", "#cceeff", "#ffffff"} {
			for i := 0; i < len(shades); i += 4 {
				accent := shades[i]
				p := brand.Palette{Accent: accent, Background: ground, Text: text}
				if len(p.Faults(brand.Light)) > 0 {
					refused++
					continue
				}
				accepted++
				colours := map[string]brand.Colour{}
				for _, token := range p.Tokens() {
					colours[token.Name] = brand.Colour(token.Value)
				}
				for _, pair := range pairs {
					for on := range strings.FieldsSeq(pair.grounds) {
						if got := brand.Contrast(colours[pair.ink], colours[on]); got < pair.least {
							t.Fatalf("%+v: %s %s on %s %s is %.2f", p, pair.ink, colours[pair.ink], on, colours[on], got)
						}
					}
				}
			}
		}
	}
	if accepted < 500 || refused < 1000 {
		t.Errorf("%d accepted, %d refused: the walk says nothing", accepted, refused)
	}
}

func TestFaultsNameThePairAndTheWayOut(t *testing.T) {
	p := brand.Palette{Accent: "#f5b301", Background: "#ffffff", Text: "#777777"}
	faults := p.Faults(brand.Light)
	if len(faults) != 2 {
		t.Fatalf("%v", faults)
	}
	if got := faults[0].Error(); !strings.HasPrefix(got, "In the light scheme, text #777777 on #") ||
		!strings.Contains(got, "has a contrast of 4.") || !strings.Contains(got, "needs 4.5:1") {
		t.Error(got)
	}
	for _, f := range faults {
		if f.Ratio >= f.Least || f.RatioText() == f.LeastText() {
			t.Errorf("%v", f)
		}
		mended := p
		if f.Ink == brand.InkText {
			mended.Text = f.Nearest
		} else {
			mended.Accent = f.Nearest
		}
		for _, left := range mended.Faults(brand.Light) {
			if left.Ink == f.Ink {
				t.Errorf("the advice %s does not help: %v", f.Nearest, left)
			}
		}
	}
	for s, builtin := range brand.Builtin {
		if faults := builtin.Faults(s); len(faults) > 0 {
			t.Errorf("built in, %s: %v", s, faults)
		}
	}
}

// A scheme that nobody gave is made from the other, readable.
func TestOneSchemeMakesTheOther(t *testing.T) {
	for _, accent := range []brand.Colour{"#4338ca", "#000000", "#1d5c4f", "#7f1d1d", "#333333"} {
		_, dark := brand.Theme{Light: brand.Palette{Accent: accent, Background: "#ffffff", Text: "#000000"}}.Palettes()
		if faults := dark.Faults(brand.Dark); len(faults) > 0 || dark.Background != brand.Builtin[brand.Dark].Background {
			t.Errorf("%s: %+v %v", accent, dark, faults)
		}
	}
	for _, accent := range []brand.Colour{"#ffffff", "#f5b301", "#86cdb9"} {
		light, _ := brand.Theme{Dark: brand.Palette{Accent: accent, Background: "#000000", Text: "#ffffff"}}.Palettes()
		if faults := light.Faults(brand.Light); len(faults) > 0 {
			t.Errorf("%s: %+v %v", accent, light, faults)
		}
	}
	if light, dark := (brand.Theme{}).Palettes(); light != (brand.Palette{}) || dark != (brand.Palette{}) {
		t.Error("nothing became something")
	}
}
