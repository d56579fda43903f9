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
	Epoch     int64 // the account's epoch when the session began
	Facts     []factor.Fact
	Address   string // where it began
	Agent     string // User-Agent with which it began, at most 300 bytes
	CreatedAt time.Time
	SeenAt    time.Time // last use, to the minute
	Idle      time.Duration
	ExpiresAt time.Time // absolute end
	EndedAt   time.Time
}

// Strength is what the person has proved in this session.
func (s Session) Strength() factor.Strength { return factor.Assess(s.Facts) }

// Lifetimes bound a session.
type Lifetimes struct {
	Idle     time.Duration // without use
	Absolute time.Duration // since it began
}

// seenEvery is how exact SeenAt is: less often written than read.
const seenEvery = time.Minute

// maxAgent bounds what is kept of a User-Agent, in bytes.
const maxAgent = 300
