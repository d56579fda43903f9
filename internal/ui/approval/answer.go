package approval

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Names of the fields that the page posts.
const (
	FieldRequest = "request"
	FieldNumber  = "number" // one of the choices, or AnswerDeny
	AnswerDeny   = "deny"
)

// Asked is a sign-in that waits for an answer.
type Asked struct {
	ID      string // of the request
	Choices []int
	App     string // name of the application, "" for the account's own pages
	Browser string // "Firefox, Windows", "" where nothing is known
	Place   string // where one is known, and the address
	At      time.Time
}

// Answer is the page on which a person approves a sign-in on another device, or says that it is not
// theirs.
type Answer struct {
	own.Frame
	Asked    *Asked // nil where nothing waits
	Action   string
	StateURL string
}

// The answers that the page reports.
const (
	DoneApproved part.Key = "approval.done.approved"
	DoneMistaken part.Key = "approval.done.mistaken"
	DoneDenied   part.Key = "approval.done.denied"
	DoneOver     part.Key = "approval.done.over"
)

var answer = own.Parse(files, "answer.html")

// Render writes the page.
func (p *Answer) Render(w io.Writer) error { return answer.Execute(w, p.Locale, p) }
