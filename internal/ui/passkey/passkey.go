package passkey

import (
	"embed"
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// FieldName is the field with a new key's name.
const FieldName = "name"

// Problem is why a form is shown again.
type Problem = part.Key

// The problems. Refused is the answer to every key that is not accepted.
const (
	Refused  Problem = "passkey.problem.refused"
	Late     Problem = "passkey.problem.late"
	Copied   Problem = "passkey.problem.copied"
	Exists   Problem = "passkey.problem.exists"
	Unwanted Problem = "passkey.problem.unwanted"
	Full     Problem = "passkey.problem.full"
	BadName  Problem = "passkey.problem.name"
)

// Page asks for a passkey.
type Page struct {
	part.Base
	App     part.App // the client that asks; the zero value for Cardea's own pages
	Person  part.Person
	Known   bool // Person is who is there
	Passkey part.Passkey
	Problem Problem
	// OtherURL leads to the other ways to sign in.
	OtherURL string
}

var page = part.Parse(files, "signin.html")

// Render writes the page.
func (p *Page) Render(w io.Writer) error { return page.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if there is none.
func (p *Page) Alert() *part.Message { return alert(p.Problem) }

// Enrol asks a person who is signing in to add a passkey.
type Enrol struct {
	part.Base
	App     part.App
	Person  part.Person
	Passkey part.Passkey // with its Name
	Problem Problem
	// BackURL leads back to the choice of what to add.
	BackURL string
}

var enrol = part.Parse(files, "enrol.html")

// Render writes the page.
func (p *Enrol) Render(w io.Writer) error { return enrol.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if there is none.
func (p *Enrol) Alert() *part.Message { return alert(p.Problem) }

func alert(p Problem) *part.Message {
	if p == "" {
		return nil
	}
	return part.Say(p)
}
