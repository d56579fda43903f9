package audit

import (
	"embed"
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "audit", Files: files}

// Outcome is how an operation ended. One that met a fault leaves no event: nothing happened.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"    // its writes are in the same transaction as the event
	Refused Outcome = "refused" // the operation's own rules said no; Detail has the code
	Denied  Outcome = "denied"  // policy said no
)

// Event is one entry of the log.
type Event struct {
	Tenant   id.Tenant       `json:"tenant"`
	Position int64           `json:"position"` // dense per tenant, from 1; 0 until Sequence has seen it
	At       time.Time       `json:"at"`
	Action   string          `json:"action"`
	Outcome  Outcome         `json:"outcome"`
	Caller   caller.Caller   `json:"caller"`
	Erased   bool            `json:"erased,omitempty"` // the caller's address was erased, with the person or by its age
	Resource string          `json:"resource"`
	Person   string          `json:"person,omitempty"` // the account that it concerns
	Detail   json.RawMessage `json:"detail"`

	// Claimed says, of a new event of a caller who is nobody yet, that they have not proved to be
	// Person.
	Claimed bool `json:"-"`
}

// Filter selects events; empty fields select all.
type Filter struct {
	Action   string   // exact action
	Actor    string   // "kind:id", caller.Caller.Subject
	Resource string   // the id that was acted on
	Person   string   // the account that it concerns
	Actions  []string // one of these; nil for all
}

// Log writes events and reads them. What is personal of an event is sealed under the key of its
// person. It is safe for concurrent use.
type Log struct{ keys *person.Keys }

// NewLog returns the log with the keys of its people. Without keys (nil) it keeps nothing personal.
func NewLog(keys *person.Keys) *Log { return &Log{keys} }

// Erase makes unreadable, for good, all that the log keeps sealed of a person.
func (l *Log) Erase(tx *store.Tx, tenant id.Tenant, who string) error {
	if l.keys == nil {
		return nil
	}
	return l.keys.Erase(tx, tenant, person.Owner(who))
}

// Knows tells whether the log keeps anything sealed of a person that can still be read.
func (l *Log) Knows(r *store.Reader, tenant id.Tenant, who string) (bool, error) {
	if l.keys == nil {
		return false, nil
	}
	return l.keys.Has(r, tenant, person.Owner(who))
}
