package signin

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Reason is why a person who is signed in has to prove it again.
type Reason = part.Key

// The reasons for asking again.
const (
	// ForApp: the client sent prompt=login, max_age or a stronger acr.
	ForApp Reason = "signin.again.app"
	// ForSafety: a change in the account pages needs a fresh proof.
	ForSafety Reason = "signin.again.safety"
)

// Again asks the person of a session for their password once more. It posts
// [FieldUsername] (as given) and [FieldPassword].
type Again struct {
	Frame  // App is zero for ForSafety
	Person part.Person
	Reason Reason
	// ForgotURL leads to those who have lost the password; empty hides it.
	ForgotURL string
	// OtherURL leads to the form for somebody else; empty hides it.
	OtherURL string
	Ways     []Way // other ways to prove it
	Problem  Problem
	Puzzle   part.Puzzle // what strangers are asked for at present
	Wait     time.Duration
}

var again = part.Parse(files, "asking.html", "again.html")

// Render writes the page.
func (p *Again) Render(w io.Writer) error { return again.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if there is none.
func (p *Again) Alert() *part.Message { return alert(p.Problem, p.Wait) }

// Why is the sentence that gives the reason.
func (p *Again) Why() *part.Message {
	if p.Reason == "" {
		return nil
	}
	return part.Say(p.Reason, "app", p.App.Name)
}

// PasswordInput is the field #password.
func (p *Again) PasswordInput() part.Input { return passwordInput(true) }
