package code

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// The problems of setting up an app.
const (
	SetupWrong   Problem = "totp.problem.wrong" //nolint:gosec // a key of messages
	SetupExpired Problem = "totp.problem.expired"
)

// Enrol has a person set up an authenticator app before they can go on. It posts [FieldCode].
type Enrol struct {
	part.Base
	App     part.App
	Person  part.Person
	Setup   part.AppSetup
	Action  string
	Problem Problem
	// OtherURL leads to other factors that may be set up in place of an app; empty hides it.
	OtherURL     string
	CancelAction string
}

var enrol = part.Parse(files, "aside.html", "enrol.html")

// Render writes the page.
func (p *Enrol) Render(w io.Writer) error { return enrol.Execute(w, p.Locale, p) }

// Why says who wants it.
func (p *Enrol) Why() *part.Message {
	if p.App.Name != "" {
		return part.Say("totp.enrol.app", "app", p.App.Name)
	}
	return part.Say("totp.enrol.own")
}

// Alert is the sentence above the form, nil if there is none.
func (p *Enrol) Alert() *part.Message { return alert(p.Problem, 0) }

// CodeInput is the field #code.
func (p *Enrol) CodeInput() part.Input {
	return part.Input{ID: "code", Name: FieldCode, Type: "text", Label: "code.app.label", Mode: "numeric", Autocomplete: "one-time-code", Required: true}
}
