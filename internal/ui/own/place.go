package own

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// PlaceName is a place in words: "Vienna, Austria". The country is in the language of the page, the
// city as the operator's file has it. It is empty where nothing is known.
func PlaceName(l part.Locale, p geo.Place) string {
	country := p.Country
	if region, err := language.ParseRegion(p.Country); err == nil {
		if name := display.Regions(language.Make(string(l))).Name(region); name != "" {
			country = name
		}
	}
	return strings.Trim(p.City+", "+country, ", ")
}
