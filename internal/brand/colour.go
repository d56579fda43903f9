package brand

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colour is an opaque sRGB colour, written #rrggbb in lower case. "" is none.
type Colour string

// ParseColour reads # and six hexadecimal digits; nothing else is a colour here. The second
// result is false for any other text.
func ParseColour(text string) (Colour, bool) {
	if len(text) != 7 || text[0] != '#' {
		return "", false
	}
	if _, err := strconv.ParseUint(text[1:], 16, 32); err != nil || strings.ContainsAny(text[1:], "+-_") {
		return "", false
	}
	return Colour(strings.ToLower(text)), true
}

// channels are red, green and blue, 0 to 255.
func (c Colour) channels() (out [3]float64) {
	n, err := strconv.ParseUint(strings.TrimPrefix(string(c), "#"), 16, 32)
	if err != nil {
		return out // a parsed colour always is a number
	}
	for i := range out {
		out[i] = float64(n >> (16 - 8*i) & 0xff)
	}
	return out
}

// Luminance is WCAG 2.2's relative luminance, 0 (black) to 1 (white).
func (c Colour) Luminance() float64 {
	sum := 0.0
	rgb := c.channels()
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := rgb[i] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// Contrast is WCAG 2.2's contrast ratio of two colours, 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.Luminance(), b.Luminance()
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// mix is c with a share of other in it: 0 is c, 1 is other.
func (c Colour) mix(other Colour, share float64) Colour {
	a, b := c.channels(), other.channels()
	var out [3]int
	for i := range out {
		out[i] = int(math.Round(a[i] + (b[i]-a[i])*share))
	}
	return Colour(fmt.Sprintf("#%02x%02x%02x", out[0], out[1], out[2]))
}

const (
	white Colour = "#ffffff"
	black Colour = "#000000"
)

// The least contrasts of WCAG 2.2 at level AA.
const (
	LeastText    = 4.5 // success criterion 1.4.3
	LeastControl = 3.0 // success criterion 1.4.11: edges of controls
)

// stands reports whether c is at least so readable on each ground.
func (c Colour) stands(least float64, grounds ...Colour) bool {
	for _, g := range grounds {
		if Contrast(c, g) < least {
			return false
		}
	}
	return true
}

// steps is how finely a colour is moved towards another.
const steps = 64

// towards is the first colour on the way from c to goal that stands; goal if none before it does.
func (c Colour) towards(goal Colour, least float64, grounds ...Colour) Colour {
	for i := range steps {
		if x := c.mix(goal, float64(i)/steps); x.stands(least, grounds...) {
			return x
		}
	}
	return goal
}
