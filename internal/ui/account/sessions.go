package account

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
)

// FieldSession is the field that names the session to end.
const FieldSession = "session"

// Session is one place in which the person is signed in.
type Session struct {
	ID        string // posted as FieldSession
	UserAgent string // the header, as received
	Address   string // the last IP address
	FirstUsed time.Time
	LastUsed  time.Time
	Current   bool // the one that asks
}

// Device is the session's user agent in words.
func (s Session) Device() own.Device { return own.ParseUserAgent(s.UserAgent) }

// Sessions lists where the person is signed in. Each session but the current
// one has a form that posts [FieldSession] to EndAction; one form posts to
// EndOthersAction.
type Sessions struct {
	own.Frame
	Sessions        []Session // the current one first
	EndAction       string
	EndOthersAction string
}

var sessions = own.Parse(files, "sessions.html")

// Render writes the page.
func (p *Sessions) Render(w io.Writer) error { return sessions.Execute(w, p.Locale, p) }

// Others says that there is a session beside the current one.
func (p *Sessions) Others() bool {
	for _, s := range p.Sessions {
		if !s.Current {
			return true
		}
	}
	return false
}

// ZoneName is the zone in which the page tells times.
func (p *Sessions) ZoneName() string {
	if p.Zone == nil {
		return "UTC"
	}
	return p.Zone.String()
}
