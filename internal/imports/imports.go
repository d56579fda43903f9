package imports

import (
	"embed"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables. They refer to those of account.
var Migrations = store.Migrations{Room: "imports", Files: files}

// ID identifies a run: the SHA-256 of its file, 64 digits of lower case hex.
type ID string

func (i ID) check() error {
	if len(i) != 64 || strings.Trim(string(i), "0123456789abcdef") != "" {
		return ErrNone
	}
	return nil
}

// Bounds on one batch.
const (
	MaxLines = 1000     // lines
	MaxBatch = 4 << 20  // bytes of the request
	maxLine  = 64 << 10 // bytes of a line
)

// Keep is how long a run is remembered after its last batch. A file that is imported again later
// makes no account twice either: its names are taken.
const Keep = 90 * 24 * time.Hour

// Run is how far the import of a file has come.
type Run struct {
	ID         ID        `json:"id"`
	Size       int64     `json:"size"`     // bytes of the file
	Lines      int64     `json:"lines"`    // lines done
	Done       int64     `json:"done"`     // bytes done: where the next line begins
	Imported   int64     `json:"imported"` // accounts made
	Rejected   int64     `json:"rejected"` // lines that made none
	StartedAt  time.Time `json:"started_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"` // the whole file is done
}

// Batch is the next lines of a run's file.
type Batch struct {
	After int64    `json:"after"` // how many lines are done: Run.Lines
	Done  int64    `json:"done"`  // bytes of the file done with this batch
	Lines []string `json:"lines"` // 1 to MaxLines, without their line ends
}

// Rejection is a line that made no account.
type Rejection struct {
	Line   int64  `json:"line"`            // from 1
	Field  string `json:"field,omitempty"` // what was wrong, if it was one member
	Reason string `json:"reason"`          // a sentence
}

// Origin is what another system called an account.
type Origin struct {
	Account    account.ID `json:"account"`
	ExternalID string     `json:"external_id"`
}

// Passwords is the room factor/password.
type Passwords interface {
	// Adopt reads the hash that another system made and seals it for the account's row. decoy
	// names its cost. The error says in its text what is wrong, without a capital and a full stop.
	Adopt(tenant id.Tenant, who account.ID, raw []byte) (sealed credential.Sealed, decoy string, err error)
	// Keep writes what Adopt sealed, and counts by decoy.
	Keep(tx *store.Tx, tenant id.Tenant, list []credential.Sealed, decoys map[string]int64) error
}

// Room imports accounts. It is safe for concurrent use.
type Room struct {
	guard     *guard.Guard
	passwords Passwords
}

// New returns the room.
func New(g *guard.Guard, p Passwords) *Room { return &Room{g, p} }

var (
	// ErrNone is the refusal that meets a wish about a run that was not begun.
	ErrNone = guard.NotFound("There is no such import. Begin it with POST /imports.")

	errElsewhere = guard.Conflict("The import stands at another line. Look where, and go on there.")
	errMeanwhile = guard.Conflict("Somebody took a name of this batch meanwhile. Send it again.")
	errSize      = guard.Invalid("size", "A file to import has at least one byte, and an import has one size.")
	errLines     = guard.Invalid("lines", "Send 1 to 1000 lines at a time.")
	errDone      = guard.Invalid("done", "This is how many bytes of the file are done with the batch: more than before, and at most its size.")
)
