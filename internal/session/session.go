package session

import (
	"embed"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "session", Files: files}

// ID identifies a session: "ses_…", the sid of ID tokens. It is no secret.
type ID string

// Session is a person's session in one browser.
type Session struct {
	ID        ID
	Account   account.ID
	Epoch     int64         // the account's epoch when the session began
	Facts     []factor.Fact // what was proved, as it counts now
	Proved    []factor.Fact // what was proved; rows' readers fill it in
	Address   string        // where it began
	Agent     string        // User-Agent with which it began, at most 300 bytes
	CreatedAt time.Time
	SeenAt    time.Time // last use, to the minute
	Idle      time.Duration
	ExpiresAt time.Time // absolute end
	EndedAt   time.Time
	// StrongUntil and StrongIdle bound how long more than one factor counts; see Lifetimes.
	StrongUntil time.Time
	StrongIdle  time.Duration
	// Device is the digest of the device cookie with which it began, nil for none.
	Device []byte
}

// Strength is what the person has proved in this session, as far as it still counts: of a session
// past its strong time the rows' readers return the facts weakened.
func (s Session) Strength() factor.Strength { return factor.Assess(s.Facts) }

// Limit bounds a session.
type Limit struct {
	Idle     time.Duration // without use
	Absolute time.Duration // since it began
}

// Lifetimes bound a session by what was proved (NIST SP 800-63B-4 §2.1.3, §2.2.3, §2.3.3). Past the
// limit of AAL2 or AAL3 the session lives on as one factor: one more proof makes it strong again,
// and nobody types everything anew. A zero limit of AAL2 or AAL3 is NIST's.
type Lifetimes struct {
	Limit // AAL1
	AAL2  Limit
	AAL3  Limit
}

// The limits of NIST SP 800-63B-4.
var (
	nistAAL2 = Limit{Idle: time.Hour, Absolute: 24 * time.Hour}
	nistAAL3 = Limit{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}
)

// Strong is the limit of a session of a level.
func (l Lifetimes) Strong(level factor.Level) Limit {
	limit, nist := l.AAL2, nistAAL2
	switch {
	case level < 2:
		return l.Limit
	case level > 2:
		limit, nist = l.AAL3, nistAAL3
	}
	if limit == (Limit{}) {
		return nist
	}
	return limit
}

// Starting fills in the limits of a session that begins now with what was proved.
func (l Lifetimes) Starting(s Session, now time.Time) Session {
	strong := l.Strong(s.Strength().Level)
	s.Idle, s.ExpiresAt = l.Idle, now.Add(l.Absolute)
	s.StrongIdle, s.StrongUntil = strong.Idle, now.Add(strong.Absolute)
	return s
}

// aged returns the session as it counts at a time.
func (s Session) aged(now time.Time) Session {
	s.Proved = s.Facts
	if now.After(s.StrongUntil) || now.After(s.SeenAt.Add(s.StrongIdle)) {
		s.Facts = factor.Weaken(s.Facts)
	}
	return s
}

// seenEvery is how exact SeenAt is: less often written than read.
const seenEvery = time.Minute

// MaxAccounts is how many accounts a browser keeps signed in for the chooser.
const MaxAccounts = 8

// maxAgent bounds what is kept of a User-Agent, in bytes.
const maxAgent = 300
