package security

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Phone is the page of the account's telephone number. It posts [FieldNumber], and [FieldCode] while
// a number waits for its code.
type Phone struct {
	own.Frame
	Number  string    // "" for none
	Since   time.Time // when it was verified; zero for a number that is not
	Offered bool      // codes can be sent, and are of use
	// Pending is the number that waits for its code.
	Pending string
	Typed   string // what was typed as a number, if it is shown again
	Problem Problem
	Wait    time.Duration // with PhoneThrottled
	// ClaimAction takes a number, ConfirmAction its code, RemoveAction takes the number away.
	ClaimAction, ConfirmAction, RemoveAction string
}

// FieldNumber names the field with the number.
const FieldNumber = "number"

// The problems of the page, and the changes that it reports.
const (
	PhoneMalformed   Problem = "phone.problem.malformed"
	PhoneUnreachable Problem = "phone.problem.unreachable"
	PhoneWrong       Problem = "phone.problem.wrong"
	PhoneThrottled   Problem = "code.problem.throttled"
	PhoneStopped     Problem = "code.problem.stopped"

	PhoneAdded   part.Key = "phone.done.added"
	PhoneRemoved part.Key = "phone.done.removed"
)

var phonePage = own.Parse(codePages, "phone.html")

// Render writes the page.
func (p *Phone) Render(w io.Writer) error { return phonePage.Execute(w, p.Locale, p) }

// SentMessage says where the code went.
func (p *Phone) SentMessage() *part.Message { return part.Say("phone.sms.lede", "to", p.Pending) }

// NumberInput is the field #number.
func (p *Phone) NumberInput() part.Input {
	in := part.Input{ID: "number", Name: FieldNumber, Type: "tel", Value: p.Typed, Label: "phone.number", Hint: part.Say("phone.number.hint"), Autocomplete: "tel", Required: true}
	if p.Number != "" {
		in.Label = "phone.number.new"
	}
	if p.Problem != "" && p.Pending == "" {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// CodeInput is the field #code.
func (p *Phone) CodeInput() part.Input {
	in := part.CodeInput(FieldCode, "phone.label")
	if p.Problem != "" {
		in.Error = part.Say(p.Problem, "wait", part.Wait(p.Wait))
	}
	return in
}

// phoneWay is the overview's entry of the telephone number.
func phoneWay(number string, since time.Time, url string) Way {
	w := Way{Kind: factor.SMS, Title: "phone.name", State: part.Say("phone.none"), URL: url}
	switch {
	case number != "" && since.IsZero():
		w.State = part.Say("phone.unverified")
	case number != "":
		w.State, w.Since, w.On = part.Say("phone.since"), since, true
	}
	return w
}
