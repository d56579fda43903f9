package password

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// AttemptDetail is what the log keeps of an attempt. Nobody's names are not kept.
type AttemptDetail struct {
	Known  bool   `json:"known_device,omitempty"` // the browser has signed in to this account before
	Notice string `json:"notice,omitempty"`       // warning or stopped: many failures in a row
}

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	AttemptDetail
	Interaction string `json:"interaction,omitempty"`
	Rehashed    bool   `json:"rehashed,omitempty"`
}

// SetDetail is what the log keeps of a new password.
type SetDetail struct {
	Ended     int  `json:"sessions_ended,omitempty"`
	Temporary bool `json:"temporary,omitempty"` // to be changed at the next sign-in
}

// The room's verbs. Setting and changing are done to an account, so that policy knows its rank and
// its owner.
var (
	Try    = guard.Declare[account.ID, AttemptDetail]("password.attempt", guard.Public, "Offer a password: counted before it is looked at", guard.Claimed)
	Prove  = guard.Declare[account.ID, VerifyDetail]("password.verify", guard.Public, "Sign in with a password")
	Set    = guard.Declare[account.ID, SetDetail]("account.set_password", guard.Administer, "Set an account's password")
	Change = guard.Declare[account.ID, SetDetail]("account.change_password", guard.Self, "Change one's own password")
)
