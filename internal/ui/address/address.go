// Package address is the pages of the e-mail addresses that a person has.
package address

import (
	"embed"
	"io"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Names of the fields that the pages of this room post.
const (
	FieldEmail = "email"
	FieldCode  = "code"
)

// Problem is why a form is shown again.
type Problem = part.Key

// The problems.
const (
	Invalid   Problem = "addresses.problem.invalid"
	Used      Problem = "addresses.problem.used"
	CodeWrong Problem = "addresses.problem.code"
	Last      Problem = "addresses.problem.last"
)

// What the pages report.
const (
	Added     part.Key = "addresses.done.added"
	Preferred part.Key = "addresses.done.preferred"
	Removed   part.Key = "addresses.done.removed"
)

// Address is one address of the account.
type Address struct {
	Text              string
	Primary, Verified bool
	// MayPrefer and MayRemove show the buttons.
	MayPrefer, MayRemove bool
}

// List is all addresses, with the form that adds one.
type List struct {
	own.Frame
	Addresses                             []Address
	AddAction, PreferAction, RemoveAction string
	Email                                 string // what was typed
	Problem                               Problem
}

var listPage = own.Parse(files, "list.html")

// Render writes the page.
func (p *List) Render(w io.Writer) error { return listPage.Execute(w, p.Locale, p) }

// Alert is the sentence above the list, nil if there is none.
func (p *List) Alert() *part.Message {
	if p.Problem != Last && p.Problem != Used {
		return nil
	}
	return part.Say(p.Problem)
}

// EmailInput is the field #email.
func (p *List) EmailInput() part.Input {
	in := part.Input{ID: "email", Name: FieldEmail, Type: "email", Label: "addresses.new", Value: p.Email, Autocomplete: "email", Required: true}
	if p.Problem == Invalid {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// Code asks for the code that went to a new address.
type Code struct {
	own.Frame
	Email        string
	Action       string
	ResendAction string
	Problem      Problem
}

var codePage = own.Parse(files, "code.html")

// Render writes the page.
func (p *Code) Render(w io.Writer) error { return codePage.Execute(w, p.Locale, p) }

// CodeInput is the field #code.
func (p *Code) CodeInput() part.Input {
	in := part.CodeInput(FieldCode, "addresses.code")
	if p.Problem == CodeWrong {
		in.Error = part.Say(p.Problem)
	}
	return in
}
