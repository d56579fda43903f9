package signin

import (
	"io"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Way is a factor to choose.
type Way struct {
	Name, Hint part.Key
	URL        string
	Kind       factor.Kind
}

// Icon is the picture beside the name.
func (w Way) Icon() string { return part.FactorOf(w.Kind).Icon }

// WayTo is the way of a factor with the page that it leads to. A factor that this page has no words
// for is told as what it is: another way.
func WayTo(kind factor.Kind, url string) Way {
	f := part.FactorOf(kind)
	return Way{Name: f.Name, Hint: f.Hint, URL: url, Kind: kind}
}

// Other lists the ways that would do.
type Other struct {
	Frame
	Ways []Way
}

var otherPage = part.Parse(files, "asking.html", "other.html")

// Render writes the page.
func (p *Other) Render(w io.Writer) error { return otherPage.Execute(w, p.Locale, p) }

// Enrol lists what a person may set up who is asked for more than they have.
type Enrol struct {
	Frame
	Ways []Way
}

var enrolPage = part.Parse(files, "asking.html", "enrol.html")

// Render writes the page.
func (p *Enrol) Render(w io.Writer) error { return enrolPage.Execute(w, p.Locale, p) }
