package part_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var token = regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6});`)

// schemes reads the colours of the light and of the dark scheme.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile("asset/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(raw), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("no dark scheme")
	}
	out := map[string]map[string]string{"light": {}, "dark": {}}
	for _, m := range token.FindAllStringSubmatch(light, -1) {
		out["light"][m[1]], out["dark"][m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(dark, -1) {
		if out["light"][m[1]] == "" {
			t.Errorf("--%s exists in the dark only", m[1])
		}
		out["dark"][m[1]] = m[2]
	}
	return out
}

// contrast is the ratio of WCAG 2.2 between two colours written in hex.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestContrastIsAA(t *testing.T) {
	const words, shapes = 4.5, 3.0 // WCAG 2.2 success criteria 1.4.3 and 1.4.11
	pairs := []struct {
		ink, grounds string
		least        float64
	}{
		{"ink", "ground surface sunken arch accent-wash", words},
		{"ink-soft", "ground surface sunken arch", words},
		{"accent", "ground surface sunken accent-wash", words},
		{"accent-strong", "ground surface", words},
		{"on-accent", "accent accent-strong", words},
		{"danger", "surface danger-wash", words},
		{"on-danger", "danger", words},
		{"edge", "ground surface sunken", shapes},
		{"hue-0", "hue-0-wash", words}, {"hue-1", "hue-1-wash", words}, {"hue-2", "hue-2-wash", words},
		{"hue-3", "hue-3-wash", words}, {"hue-4", "hue-4-wash", words}, {"hue-5", "hue-5-wash", words},
	}
	for scheme, colours := range schemes(t) {
		for _, p := range pairs {
			for ground := range strings.FieldsSeq(p.grounds) {
				if colours[p.ink] == "" || colours[ground] == "" {
					t.Fatalf("%s: no colour %s or %s", scheme, p.ink, ground)
				}
				if got := contrast(colours[p.ink], colours[ground]); got < p.least {
					t.Errorf("%s: %s on %s is %.2f, least is %.1f", scheme, p.ink, ground, got, p.least)
				}
			}
		}
	}
}
