package approval

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// Detail is what the log keeps of a request.
type Detail struct {
	Request     string `json:"request,omitempty"`
	Interaction string `json:"interaction,omitempty"`
	Session     string `json:"session,omitempty"` // that answered
	State       State  `json:"state,omitempty"`   // after the answer
}

// The room's verbs. All are done to an account, so that policy knows its owner.
var (
	Ask    = guard.Declare[account.ID, Detail]("approval.ask", guard.Public, "Ask for the approval of a sign-in on another device")
	Prove  = guard.Declare[account.ID, Detail]("approval.verify", guard.Public, "Sign in with an approval from another device")
	Answer = guard.Declare[account.ID, Detail]("account.answer_approval", guard.Self, "Approve or deny a sign-in to one's own account")
)
