package approval

import (
	"embed"
	"io"
	"strconv"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// FieldRemember is posted with the value "1" by whoever wants this browser remembered.
const FieldRemember = "remember"

// Problem is why there is no approval.
type Problem = part.Key

// The problems.
const (
	Waiting  Problem = "approval.problem.waiting"
	Mistaken Problem = "approval.problem.mistaken"
	Denied   Problem = "approval.problem.denied"
	Late     Problem = "approval.problem.late"
	Busy     Problem = "approval.problem.busy"
	Many     Problem = "approval.problem.many"
	Nowhere  Problem = "approval.problem.nowhere"
)

// Wait is the page of a sign-in: before the request a button that sends it, then the number. It
// posts [FieldRemember] where it offers that.
type Wait struct {
	part.Base
	App    part.App // that asks; the zero value for Cardea's own pages
	Person part.Person
	// Number is what to choose on the other device; 0 while nothing was asked.
	Number int
	// ApproveURL is where the other device answers, as people type it.
	ApproveURL string
	// State is how the request stands, StateURL says it again, DoneState is the state in which the
	// form is sent by itself.
	State, StateURL, DoneState string
	// AskAction takes the POST that asks, Action the one that goes on.
	AskAction, Action string
	RememberDays      int // 0 offers it to nobody
	Problem           Problem
	OtherURL          string
	CancelAction      string
}

var wait = part.Parse(files, "wait.html")

// Render writes the page.
func (p *Wait) Render(w io.Writer) error { return wait.Execute(w, p.Locale, p) }

// Alert is the sentence above the number, nil if there is none.
func (p *Wait) Alert() *part.Message {
	if p.Problem == "" {
		return nil
	}
	return part.Say(p.Problem)
}

// RememberMessage is the label of the box, nil if there is none.
func (p *Wait) RememberMessage() *part.Message { return part.Remember(p.RememberDays) }

// Shown is the number as text.
func (p *Wait) Shown() string { return strconv.Itoa(p.Number) }
