package authorize

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// Detail is what the log keeps of a code.
type Detail struct {
	Client    string   `json:"client"`
	Scopes    []string `json:"scopes,omitempty"`
	Resources []string `json:"resources,omitempty"`
	Session   string   `json:"session"`
}

// Issue is the room's verb. Its invariant is the deletion of the interaction, which only one of
// several that come at once can do.
var Issue = guard.Declare[account.ID, Detail]("code.issue", guard.Issue, "Give an application an authorization code for a person who is signed in", guard.Conditional)
