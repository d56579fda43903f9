package own

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

func TestPlacesAreSaidInTheLanguageOfThePage(t *testing.T) {
	for _, c := range []struct {
		locale part.Locale
		place  geo.Place
		want   string
	}{
		{part.English, geo.Place{City: "Vienna", Country: "AT"}, "Vienna, Austria"},
		{part.German, geo.Place{Country: "AT"}, "Österreich"},
		{part.French, geo.Place{City: "London", Country: "GB"}, "London, Royaume-Uni"},
		{part.Spanish, geo.Place{Country: "JP"}, "Japón"},
		{"", geo.Place{City: "Rome"}, "Rome"},
		{part.English, geo.Place{Country: "!?"}, "!?"},
		{part.English, geo.Place{}, ""},
	} {
		if got := PlaceName(c.locale, c.place); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.locale, c.place, got, c.want)
		}
	}
}
