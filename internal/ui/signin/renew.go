package signin

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
)

// FieldNewPassword is the field that the page of a new password posts.
const FieldNewPassword = "new_password"

// Renewal asks for another password before the sign-in ends.
type Renewal struct {
	Frame
	Person    part.Person
	MinLength int
	Problem   Problem
}

var renewalPage = part.Parse(files, "asking.html", "renewal.html")

// Render writes the page.
func (p *Renewal) Render(w io.Writer) error { return renewalPage.Execute(w, p.Locale, p) }

// PasswordInput is the field #new-password.
func (p *Renewal) PasswordInput() part.Input {
	return visit.NewPasswordInput(FieldNewPassword, p.MinLength, p.Problem, true)
}
