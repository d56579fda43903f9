package imports

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a batch: one event for all its accounts.
type Detail struct {
	After    int64 `json:"after_line"` // lines of the file done before
	Lines    int64 `json:"lines"`
	Imported int64 `json:"imported"`
	Rejected int64 `json:"rejected"`
}

// Import is the room's verb: to begin a run, to go on with it and to look at what came of it.
var Import = guard.Declare[ID, Detail]("account.import", guard.Administer, "Import accounts with the password hashes of another system")
