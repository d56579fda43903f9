package totp

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	Interaction string `json:"interaction,omitempty"`
	Failures    int    `json:"failures,omitempty"` // in a row before this success
}

// The room's verbs. All are done to an account, so that policy knows its owner.
var (
	Prove   = guard.Declare[account.ID, VerifyDetail]("totp.verify", guard.Public, "Sign in with a code of an authenticator app")
	Prepare = guard.Declare[account.ID, guard.None]("totp.prepare", guard.Public, "Prepare an authenticator app; it counts when a code has confirmed it")
	Enrol   = guard.Declare[account.ID, VerifyDetail]("totp.enrol", guard.Public, "Add the authenticator app that a sign-in asks for")
	Add     = guard.Declare[account.ID, guard.None]("account.add_totp", guard.Self, "Add an authenticator app to one's own account, or replace it")
	Remove  = guard.Declare[account.ID, guard.None]("account.remove_totp", guard.Self, "Remove the authenticator app of one's own account")
)
