package notice

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Names of the fields that the set-up page posts.
const (
	FieldUsername = "username"
	FieldPassword = "password"
)

// Problem is why a field of the set-up form is refused.
type Problem = part.Key

// The problems of the set-up form.
const (
	UsernameInvalid Problem = "setup.username.invalid"
	PasswordShort   Problem = "password.short"
	PasswordLong    Problem = "password.long"
	PasswordCommon  Problem = "password.common"
)

// Setup makes the first administrator. It posts [FieldUsername] and
// [FieldPassword]; the token of the set-up link travels in Hidden or Action.
type Setup struct {
	part.Base
	Action   string
	Username string
	// MinLength is how many characters a password needs.
	MinLength int
	// Until is when the link ends; the zero time hides the line.
	Until           time.Time
	UsernameProblem Problem
	PasswordProblem Problem
}

var setupPage = part.Parse(files, "setup.html")

// Render writes the page.
func (p *Setup) Render(w io.Writer) error { return setupPage.Execute(w, p.Locale, p) }

// UsernameInput is the field #username.
func (p *Setup) UsernameInput() part.Input {
	in := part.Input{
		ID: "username", Name: FieldUsername, Type: "text", Label: "setup.username", Value: p.Username,
		Autocomplete: "username", Required: true, Autofocus: p.PasswordProblem == "",
		Hint: part.Say("setup.username.hint"),
	}
	if p.UsernameProblem != "" {
		in.Error = part.Say(p.UsernameProblem)
	}
	return in
}

// PasswordInput is the field #password.
func (p *Setup) PasswordInput() part.Input {
	in := part.Input{
		ID: "password", Name: FieldPassword, Type: "password", Label: "setup.password",
		Autocomplete: "new-password", Required: true, Autofocus: p.PasswordProblem != "",
		Hint: part.Say("password.rule", "min", p.MinLength),
	}
	if p.PasswordProblem != "" {
		in.Error = part.Say(p.PasswordProblem, "min", p.MinLength)
	}
	return in
}
