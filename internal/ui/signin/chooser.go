package signin

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// AnotherAccount is the value of [FieldAccount] when none of the offered
// accounts is right.
const AnotherAccount = "another"

// Chooser offers the accounts that are signed in within this browser
// (OpenID Connect Core 1.0 §3.1.2.1, prompt=select_account). Its one form
// posts [FieldAccount].
type Chooser struct {
	Frame
	Choices []Choice
}

// Choice is one signed-in account.
type Choice struct {
	part.Person
	Value string // what is posted for it, never [AnotherAccount]
}

var chooser = part.Parse(files, "asking.html", "chooser.html")

// Render writes the page.
func (p *Chooser) Render(w io.Writer) error { return chooser.Execute(w, p.Locale, p) }
