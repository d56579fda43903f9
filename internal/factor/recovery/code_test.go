package recovery

import (
	"strings"
	"testing"
)

func TestCodesAreReadBackAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]string{
		"0123-4567-89AB-CDEF":             "0123456789ABCDEF",
		"0123456789abcdef":                "0123456789ABCDEF",
		" o1i3 – 4567 8 9AB\u00a0-\tcdef": "0113456789ABCDEF",
		"l123-4567-89AB-CDEF":             "1123456789ABCDEF",
	} {
		if got, ok := ParseCode(text); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

// AU11: what is not sixteen letters and digits of the alphabet is no code.
func TestAU11_ParseCode(t *testing.T) {
	for _, text := range []string{"", "-", "0123456789ABCDE", "0123456789ABCDEF0", "U123456789ABCDEF", "0123456789ABCDE\xff", "0123456789ABCDE\x00",
		"０123456789ABCDEF", strings.Repeat("0", 1<<20), "0123456789ABCDEF" + strings.Repeat(" ", 64)} {
		if code, ok := ParseCode(text); ok {
			t.Errorf("%.20q is read as %q", text, code)
		}
	}
}

func TestCodesDifferAndRoundTrip(t *testing.T) {
	seen, letters := map[string]bool{}, map[byte]int{}
	for range 2000 {
		code := newCode()
		if got, ok := ParseCode(Format(code)); !ok || got != code || len(Format(code)) != 19 {
			t.Fatalf("%q: %q %v", code, got, ok)
		}
		if seen[code] {
			t.Fatalf("%s twice", code)
		}
		seen[code] = true
		for i := range len(code) {
			letters[code[i]]++
		}
	}
	for i := range len(alphabet) { // 1000 of each are expected; six standard deviations are 190
		if n := letters[alphabet[i]]; n < 800 || n > 1200 {
			t.Errorf("%c comes %d times", alphabet[i], n)
		}
	}
}
