// Package recovery is the pages on which people get back into accounts, and the page on which they
// say that it was somebody else.
package recovery

import (
	"embed"
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
)

//go:embed *.html
var files embed.FS

// Names of the fields that the pages of this room post. FieldForget is [ForgetOn] when the box is
// ticked and absent when not.
const (
	FieldIdentifier = "username"
	FieldCode       = "code"
	FieldPassword   = "new_password"
	FieldForget     = "forget"
	ForgetOn        = "yes"
)

// Problem is why a form is shown again.
type Problem = part.Key

// CodeWrong is the answer to a wrong code and to one that was never sent alike.
const CodeWrong Problem = "recover.problem.code"

// Frame is what the pages share.
type Frame struct {
	part.Base
	Action  string
	Problem Problem
	// BackURL leads back to sign-in; empty hides it.
	BackURL string
}

// Start asks whose account it is.
type Start struct {
	Frame
	Identifier string
}

var startPage = part.Parse(files, "aside.html", "start.html")

// Render writes the page.
func (p *Start) Render(w io.Writer) error { return startPage.Execute(w, p.Locale, p) }

// IdentifierInput is the field #username.
func (p *Start) IdentifierInput() part.Input {
	return part.Input{ID: "username", Name: FieldIdentifier, Type: "text", Label: "signin.username", Value: p.Identifier, Autocomplete: "username", Required: true, Autofocus: true}
}

// Code asks for a code that perhaps came by mail. The page is the same for everybody.
type Code struct {
	Frame
	Typed        string // from the letter's link; the form has a button and no field then
	Second       string // masked address of a second code; "" for the first
	ResendAction string
	Sent         bool // one more was asked for
}

var codePage = part.Parse(files, "aside.html", "code.html")

// Render writes the page.
func (p *Code) Render(w io.Writer) error { return codePage.Execute(w, p.Locale, p) }

// Notice says that one more code is on its way, if there is an account.
func (p *Code) Notice() *part.Message {
	if !p.Sent {
		return nil
	}
	return part.Say("recover.resent")
}

// CodeInput is the field #code.
func (p *Code) CodeInput() part.Input {
	in := part.CodeInput(FieldCode, "recover.code")
	if p.Problem == CodeWrong {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// Second offers the ways to prove one more thing.
type Second struct {
	Frame
	WaysURL string // the factors of the account; empty where there is none that would do
	Address string // masked; a code may go there; empty for nowhere
}

var secondPage = part.Parse(files, "aside.html", "second.html")

// Render writes the page.
func (p *Second) Render(w io.Writer) error { return secondPage.Execute(w, p.Locale, p) }

// Password asks for a new password.
type Password struct {
	Frame
	MinLength int
	// Username is whose password it is, for password managers; empty where the page must not say.
	Username string
	// MayForget offers to give up the factors that are lost.
	MayForget bool
	// Loses says that the link takes the account's other factors away.
	Loses bool
}

var passwordPage = part.Parse(files, "aside.html", "password.html")

// Render writes the page.
func (p *Password) Render(w io.Writer) error { return passwordPage.Execute(w, p.Locale, p) }

// PasswordInput is the field #new-password.
func (p *Password) PasswordInput() part.Input {
	return visit.NewPasswordInput(FieldPassword, p.MinLength, p.Problem, true)
}

// NotMe explains what "this wasn't me" does, with a button.
type NotMe struct{ Frame }

var notMePage = part.Parse(files, "aside.html", "notme.html")

// Render writes the page.
func (p *NotMe) Render(w io.Writer) error { return notMePage.Execute(w, p.Locale, p) }

// Done says that a link of an administrator did its work.
type Done struct {
	Frame
	SignInURL string
}

var donePage = part.Parse(files, "aside.html", "done.html")

// Render writes the page.
func (p *Done) Render(w io.Writer) error { return donePage.Execute(w, p.Locale, p) }
