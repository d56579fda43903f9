// Package code is the pages of sign-in that ask for a code: of an authenticator app, of the sheet
// with recovery codes, and of whatever else comes as a few signs to type in. One page serves them
// all; a Way is its wording. The page on which a sign-in has an app set up is here too.
package code

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// FieldCode names the field that the pages post.
const FieldCode = "code"

// Way is how a code reaches the person, and with it the wording of the page.
type Way struct {
	Title part.Key
	Lede  part.Key // may take the value "to": where the code went, as far as it may be shown
	Label part.Key
	// Digits says that the code has digits only: telephones show their number keys.
	Digits bool
	// Autocomplete is "one-time-code" where the device may know the code.
	Autocomplete string
}

// The ways of this room.
var (
	App   = Way{Title: "code.app.title", Lede: "code.app.lede", Label: "code.app.label", Digits: true, Autocomplete: "one-time-code"}
	Paper = Way{Title: "code.paper.title", Lede: "code.paper.lede", Label: "code.paper.label", Autocomplete: "off"}
)

// Problem is why the page is shown again.
type Problem = part.Key

// The problems.
const (
	Wrong     Problem = "code.problem.wrong"
	Used      Problem = "code.problem.used"
	Throttled Problem = "code.problem.throttled"
	Stopped   Problem = "code.problem.stopped"
)

// Page asks for a code. It posts [FieldCode].
type Page struct {
	part.Base
	Way    Way
	App    part.App    // that asks; the zero value for Cardea's own pages
	Person part.Person // who is signing in
	To     string      // value "to" of the lede, masked
	Action string
	// Problem is why the page is shown again; empty at first.
	Problem Problem
	Wait    time.Duration // with Throttled
	// ResendAction takes the POST that sends another code; empty where none is sent.
	ResendAction string
	// PaperURL leads to the page for a recovery code, OtherURL to all other ways; empty hides them.
	PaperURL, OtherURL string
	// CancelAction takes the POST that returns to the app without signing in; empty hides it.
	CancelAction string
}

var page = part.Parse(files, "aside.html", "code.html")

// Render writes the page.
func (p *Page) Render(w io.Writer) error { return page.Execute(w, p.Locale, p) }

// Title is what the page asks for.
func (p *Page) Title() *part.Message { return part.Say(p.Way.Title) }

// Lede says where the code is found.
func (p *Page) Lede() *part.Message { return part.Say(p.Way.Lede, "to", p.To) }

// Alert is the sentence above the form, nil if there is none.
func (p *Page) Alert() *part.Message { return alert(p.Problem, p.Wait) }

func alert(problem Problem, wait time.Duration) *part.Message {
	if problem == "" {
		return nil
	}
	return part.Say(problem, "wait", part.Wait(wait))
}

// CodeInput is the field #code.
func (p *Page) CodeInput() part.Input {
	in := part.Input{ID: "code", Name: FieldCode, Type: "text", Label: p.Way.Label, Autocomplete: p.Way.Autocomplete, Required: true, Autofocus: true}
	if p.Way.Digits {
		in.Mode = "numeric"
	}
	return in
}
