package notice

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Kind is what went wrong, as far as the person in front of it is concerned.
// It picks the title, the sentence and the advice.
type Kind string

// The kinds of error page.
const (
	// BadRequest: the app's request is broken; only its makers can mend it.
	BadRequest Kind = "request"
	// UnknownApp: no such client, or it is disabled.
	UnknownApp Kind = "app"
	// BadRedirect: the redirect URI is not registered.
	BadRedirect Kind = "redirect"
	// Expired: the interaction is over, was finished elsewhere, or belongs to
	// another browser.
	Expired Kind = "expired"
	// LinkSpent: a one-time link was used or is too old.
	LinkSpent Kind = "link"
	// NoCookie: the browser did not send back our cookie.
	NoCookie Kind = "cookie"
	// CrossOrigin: a form arrived from another site.
	CrossOrigin Kind = "origin"
	// Forbidden: the person may not see this.
	Forbidden Kind = "forbidden"
	// NotFound: there is no such page.
	NotFound Kind = "missing"
	// TooMany: slow down; Wait says how long.
	TooMany Kind = "busy"
	// Unavailable: the server is starting, draining or without its database.
	Unavailable Kind = "unavailable"
	// Fault: our own fault; the request id finds it in the logs.
	Fault Kind = "fault"
)

// Error is a page shown where no redirect is possible. It prints the code and
// the request id, so that a report can be matched with the logs.
type Error struct {
	part.Base
	Kind Kind
	// Code is the protocol's error code ("invalid_request"), printed as text
	// in #error-code; may be empty.
	Code string
	// Detail is the public sentence for the app's developer; printed as text;
	// may be empty.
	Detail string
	// App is the client, if it is known.
	App part.App
	// Wait is told with TooMany.
	Wait time.Duration
	// ContinueURL is a local path that leads on; empty hides the button.
	ContinueURL string
}

var errorPage = part.Parse(files, "error.html")

// Render writes the page.
func (p *Error) Render(w io.Writer) error { return errorPage.Execute(w, p.Locale, p) }

// words are the three sentences of each kind.
type words struct{ title, sentence, next part.Key }

var kinds = map[Kind]words{
	BadRequest:  {"error.request.title", "error.request.sentence", "error.request.next"},
	UnknownApp:  {"error.app.title", "error.app.sentence", "error.app.next"},
	BadRedirect: {"error.redirect.title", "error.redirect.sentence", "error.redirect.next"},
	Expired:     {"error.expired.title", "error.expired.sentence", "error.expired.next"},
	LinkSpent:   {"error.link.title", "error.link.sentence", "error.link.next"},
	NoCookie:    {"error.cookie.title", "error.cookie.sentence", "error.cookie.next"},
	CrossOrigin: {"error.origin.title", "error.origin.sentence", "error.origin.next"},
	Forbidden:   {"error.forbidden.title", "error.forbidden.sentence", "error.forbidden.next"},
	NotFound:    {"error.missing.title", "error.missing.sentence", "error.missing.next"},
	TooMany:     {"error.busy.title", "error.busy.sentence", "error.busy.next"},
	Unavailable: {"error.unavailable.title", "error.unavailable.sentence", "error.unavailable.next"},
	Fault:       {"error.fault.title", "error.fault.sentence", "error.fault.next"},
}

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{BadRequest, UnknownApp, BadRedirect, Expired, LinkSpent, NoCookie, CrossOrigin,
		Forbidden, NotFound, TooMany, Unavailable, Fault}
}

// words of the page's kind; an unknown kind is a fault.
func (p *Error) words() words {
	if w, ok := kinds[p.Kind]; ok {
		return w
	}
	return kinds[Fault]
}

// Title is the heading.
func (p *Error) Title() *part.Message { return part.Say(p.words().title) }

// Sentence says what happened.
func (p *Error) Sentence() *part.Message { return part.Say(p.words().sentence) }

// Next says what the person can do about it.
func (p *Error) Next() *part.Message { return part.Say(p.words().next, "wait", part.Wait(p.Wait)) }
