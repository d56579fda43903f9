package account

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// FieldSession is the field that names the session to end.
const FieldSession = "session"

// Session is one place in which the person is signed in.
type Session struct {
	ID         string // posted as FieldSession
	UserAgent  string // the header, as received
	Address    string // the IP address with which it began
	Place      string // of the address, in words; "" where it is not known
	FirstUsed  time.Time
	LastUsed   time.Time
	Proved     []factor.Kind // what was proved, the first first
	Apps       []string      // names of the apps that were reached by it
	Remembered bool          // the browser is spared the second step
	Current    bool          // the one that asks
}

// Device is the session's user agent in words.
func (s Session) Device() own.Device { return own.ParseUserAgent(s.UserAgent) }

// Proofs are the names of what was proved.
func (s Session) Proofs() []part.Key {
	out := make([]part.Key, len(s.Proved))
	for i, k := range s.Proved {
		out[i] = part.FactorOf(k).Name
	}
	return out
}

// Sessions lists where the person is signed in. Each session but the current
// one has a form that posts [FieldSession] to EndAction; other forms end
// several.
type Sessions struct {
	own.Frame
	Sessions        []Session // the current one first
	EndAction       string
	EndOthersAction string
	EndAllAction    string // this one too
	// Accounts are who else is signed in in this browser.
	Accounts []part.Person
	// LeaveAction signs all of them out of this browser.
	LeaveAction string
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
