// Package code is the pages of sign-in that ask for a code: of an authenticator app, of the sheet
// with recovery codes, and of what is sent by mail or telephone. One page serves them all; a Way is
// its wording. Before a code is sent a page says where to, and its button sends it: looking at a
// page causes no message. The page on which a sign-in has an app set up is here too.
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
	// LedeTo is the lede where it may be shown where the code went; "" for none.
	LedeTo part.Key
	// Ask and AskTo are the ledes of the page before the code is sent, Send its button, and Fine is
	// said below the field. They are "" where no code is sent.
	Ask, AskTo, Send, Fine part.Key
	// Digits says that the code has digits only: telephones show their number keys.
	Digits bool
	// Autocomplete is "one-time-code" where the device may know the code.
	Autocomplete string
}

// The ways of this room.
var (
	App  = Way{Title: "code.app.title", Lede: "code.app.lede", Label: "code.app.label", Digits: true, Autocomplete: "one-time-code"}
	Mail = Way{Title: "email_code.title", Lede: "email_code.lede", LedeTo: "email_code.lede.to", Label: "email_code.label", Autocomplete: "one-time-code",
		Ask: "email_code.ask", AskTo: "email_code.ask.to", Send: "email_code.send", Fine: "email_code.fine"}
	Text = Way{Title: "phone.sms.title", Lede: "phone.sms.lede", Label: "phone.label", Digits: true, Autocomplete: "one-time-code",
		Ask: "phone.sms.ask", Send: "phone.sms.send", Fine: "phone.fine"}
	Call = Way{Title: "phone.call.title", Lede: "phone.call.lede", Label: "phone.label", Digits: true, Autocomplete: "one-time-code",
		Ask: "phone.call.ask", Send: "phone.call.send", Fine: "phone.fine"}
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
	MailWrong Problem = "email_code.problem.wrong"
	SentWrong Problem = "phone.problem.wrong"
)

// FieldRemember is posted with the value "1" by whoever wants this browser remembered.
const FieldRemember = "remember"

// Page asks for a code. It posts [FieldCode], and [FieldRemember] where it offers that.
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
	// RememberDays is for how long the person may have this browser remembered; 0 offers it to nobody.
	RememberDays int
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
func (p *Page) Lede() *part.Message {
	if p.To != "" && p.Way.LedeTo != "" {
		return part.Say(p.Way.LedeTo, "to", p.To)
	}
	return part.Say(p.Way.Lede, "to", p.To)
}

// RememberMessage is the label of the box, nil if there is none.
func (p *Page) RememberMessage() *part.Message { return part.Remember(p.RememberDays) }

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
