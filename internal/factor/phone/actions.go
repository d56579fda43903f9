package phone

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
)

// SendDetail is what the log keeps of a wish for a code.
type SendDetail struct {
	Factor      factor.Kind `json:"factor"`
	Interaction string      `json:"interaction,omitempty"`
	Sent        bool        `json:"sent"` // false where the number had enough
}

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	Factor      factor.Kind `json:"factor"`
	Interaction string      `json:"interaction,omitempty"`
	Failures    int         `json:"failures,omitempty"` // in a row before this success
}

// The room's verbs.
var (
	Send    = guard.Declare[account.ID, SendDetail]("phone.send", guard.Public, "Ask for a code by text message or call, to sign in")
	Prove   = guard.Declare[account.ID, VerifyDetail]("phone.verify", guard.Public, "Sign in with a code that came by text message or call")
	Claim   = guard.Declare[account.ID, SendDetail]("account.claim_phone", guard.Self, "Ask for a code at a telephone number that shall be one's own account's")
	Confirm = guard.Declare[account.ID, guard.None]("account.confirm_phone", guard.Self, "Make a telephone number one's own account's, with the code that was sent to it")
	Remove  = guard.Declare[account.ID, guard.None]("account.remove_phone", guard.Self, "Remove the telephone number of one's own account")
)
