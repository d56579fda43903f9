package recovery

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	Interaction string `json:"interaction,omitempty"`
	Failures    int    `json:"failures,omitempty"` // in a row before this success
	Left        *int   `json:"left,omitempty"`     // codes that are left after a success
}

// The room's verbs. All are done to an account, so that policy knows its owner.
var (
	Prove = guard.Declare[account.ID, VerifyDetail]("recovery_code.verify", guard.Public, "Sign in with a recovery code")
	Make  = guard.Declare[account.ID, guard.None]("account.make_recovery_codes", guard.Self, "Make recovery codes for one's own account; the old ones die")
	Hide  = guard.Declare[account.ID, guard.None]("account.hide_recovery_codes", guard.Self, "Stop showing recovery codes that were just made")
)
