package brand_test

import (
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/cardea-iam/cardea/internal/brand"
)

var update = flag.Bool("update", false, "write testdata anew")

var ours = brand.Theme{
	Light: brand.Palette{Accent: "#4338ca", Background: "#eef0fb", Text: "#1e1b4b"}, Dark: brand.Palette{Accent: "#a5b4fc", Background: "#0f1020", Text: "#e6e7ff"},
	Radius: "large", Font: "serif", Layout: "side",
}

// The bytes of a style sheet are kept by browsers for a year under its name. If this test fails
// because what is computed from the tokens changed, count edition in style.go up.
func TestStyleSheetIsWhatItsNameSays(t *testing.T) {
	style := ours.Style()
	for file, name := range map[string]string{"sheet.css": style.Name(), "sample.css": style.SampleName(), "builtin-sample.css": brand.Style{}.SampleName()} {
		css, ok := brand.StyleSheet(name)
		if !ok {
			t.Fatalf("%s is no style sheet", name)
		}
		text := "/* " + name + " */\n" + string(css)
		if *update {
			if err := os.WriteFile("testdata/"+file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/" + file)
		if err != nil || string(want) != text {
			t.Errorf("%s differs (%v): is edition counted up? Then go test ./internal/brand -run StyleSheet -update", file, err)
		}
	}
	if name := (brand.Style{}).Name(); name != "" {
		t.Errorf("nothing to say has the name %q", name)
	}
}

// AU29's and AD21's concern: nothing that somebody wrote becomes CSS.
func TestAD21_StyleSheetsHoldTokensOnly(t *testing.T) {
	safe := regexp.MustCompile(`^[-a-zA-Z0-9 #%.,:;"(){}@/\n]*$`)
	for _, radius := range append([]brand.Radius{""}, brand.Radii...) {
		for _, font := range append([]brand.Font{""}, brand.Fonts...) {
			for _, theme := range []brand.Theme{{Radius: radius, Font: font}, {Radius: radius, Font: font, Light: ours.Light}} {
				name := theme.Style().SampleName()
				css, ok := brand.StyleSheet(name)
				if !ok || !safe.Match(css) || regexp.MustCompile(`(?i)url|import|//|expression|<|\\`).Match(css) {
					t.Errorf("%s (%v): %s", name, ok, css)
				}
			}
		}
	}
	for _, name := range []string{
		"", ".css", "2-x-x-x-x.css", "1-x-x-x-x-sample.css", "2-x-x-huge-x.css", "2-x-x-x-comic.css", "2-4338ca-x-x-x.css", "2-X-x-x-x-sample.css", "2-4338CAeef0fb1e1b4b-x-x-x.css",
		"2-x-x-x-x-sample.css\n", "2-x-x-x-x-sample.css/", "../2-x-x-x-x-sample.css", "2-4338caeef0fb1e1b4g-x-x-x.css", "2-}a{}-x-x-x.css",
	} {
		if css, ok := brand.StyleSheet(name); ok {
			t.Errorf("%q is a style sheet: %s", name, css)
		}
	}
}

// Names come from anybody. What is no name of ours is no style sheet, and no name stops the program.
func FuzzStyleSheet(f *testing.F) {
	f.Add(ours.Style().Name())
	f.Add(brand.Style{}.SampleName())
	f.Add("2-x-x-none-slab.css")
	form := regexp.MustCompile(`^2-[0-9a-fx]+-[0-9a-fx]+-[a-z]+-[a-z]+(-sample)?\.css$`)
	f.Fuzz(func(t *testing.T, name string) {
		if _, ok := brand.StyleSheet(name); ok && !form.MatchString(name) {
			t.Errorf("%q is a style sheet", name)
		}
	})
}
