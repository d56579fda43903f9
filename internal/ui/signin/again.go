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
	part.Base
	App    part.App // zero for ForSafety
	Person part.Person
	Reason Reason
	Action string
	// OtherURL leads to the form for somebody else; empty hides it.
	OtherURL string
	Problem  Problem
	Puzzle   part.Puzzle // what strangers are asked for at present
	Wait     time.Duration
	// CancelAction takes the POST that returns to the app without signing in;
	// empty hides it.
	CancelAction string
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
