// Package signin is the pages on which a person says who they are: the form,
// the chooser among accounts that are signed in already, and the question
// whether it is still the same person.
package signin

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Names of the fields that the pages of this room post.
const (
	FieldUsername = "username"
	FieldPassword = "password"
	// FieldAccount is the chooser's: a [Choice.Value], or [AnotherAccount].
	FieldAccount = "account"
)

// Problem is why the form is shown again.
type Problem = part.Key

// The problems of the form. Wrong is the answer to an unknown name and to a
// wrong password alike.
const (
	Wrong     Problem = "signin.problem.wrong"
	Throttled Problem = "signin.problem.throttled"
	// Unproved is the answer to a stranger whose browser has not done its work in a storm.
	Unproved Problem = "puzzle.again"
)

// Frame is what the pages of a sign-in share.
type Frame struct {
	part.Base
	// App is the client that asks; the zero value for Cardea's own pages.
	App part.App
	// Action is the local path that takes the form.
	Action string
	// CancelAction takes the POST that returns to the app without signing in;
	// empty hides it.
	CancelAction string
}

// Identifier asks who the person is. It posts [FieldUsername].
type Identifier struct {
	Frame
	// SignUpURL leads to those who have no account yet; empty hides it.
	SignUpURL string
	// Username fills the field.
	Username string
	// Passkey offers passkeys in the field and by a button; nil for none.
	Passkey *part.Passkey
}

var identifier = part.Parse(files, "asking.html", "identifier.html")

// Render writes the page.
func (p *Identifier) Render(w io.Writer) error { return identifier.Execute(w, p.Locale, p) }

// UsernameInput is the field #username.
func (p *Identifier) UsernameInput() part.Input {
	autocomplete := "username"
	if p.Passkey != nil {
		autocomplete += " webauthn" // HTML's word for a field that offers passkeys
	}
	return part.Input{
		ID: "username", Name: FieldUsername, Type: "text", Label: "signin.username", Value: p.Username,
		Autocomplete: autocomplete, Required: true, Autofocus: true,
	}
}

// Page asks for the password of whoever the person says they are; it looks the same whether or not
// there is such an account. It posts [FieldUsername] (as given) and [FieldPassword].
type Page struct {
	Frame
	Username string
	// ForgotURL leads to those who have lost the password; empty hides it.
	ForgotURL string
	// OtherURL leads to the form for another identifier; empty hides it.
	OtherURL string
	// Ways are other ways to sign in.
	Ways []Way
	// Problem is why the form is shown again; empty at first.
	Problem Problem
	// Wait is how long a throttled person has to wait; told with Throttled.
	Wait time.Duration
	// Puzzle is what strangers are asked for at present.
	Puzzle part.Puzzle
}

var page = part.Parse(files, "asking.html", "signin.html")

// Render writes the page.
func (p *Page) Render(w io.Writer) error { return page.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if there is none.
func (p *Page) Alert() *part.Message { return alert(p.Problem, p.Wait) }

// PasswordInput is the field #password.
func (p *Page) PasswordInput() part.Input { return passwordInput(true) }

func passwordInput(focus bool) part.Input {
	return part.Input{
		ID: "password", Name: FieldPassword, Type: "password", Label: "signin.password",
		Autocomplete: "current-password", Required: true, Autofocus: focus,
	}
}

func alert(problem Problem, wait time.Duration) *part.Message {
	if problem == "" {
		return nil
	}
	return part.Say(problem, "wait", part.Wait(wait))
}
