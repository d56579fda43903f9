package passkey

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
)

// BeginDetail is what the log keeps of a challenge that was given out.
type BeginDetail struct {
	Ceremony string `json:"ceremony"` // webauthn.create or webauthn.get
}

// VerifyDetail is what the log keeps of an assertion.
type VerifyDetail struct {
	Interaction  interaction.ID `json:"interaction"`
	Key          credential.ID  `json:"key,omitempty"`
	UserVerified bool           `json:"user_verified,omitempty"`
	Synced       bool           `json:"synced,omitempty"`
}

// KeyDetail is what the log keeps of a key that comes, changes or goes.
type KeyDetail struct {
	Key         credential.ID  `json:"key,omitempty"`
	Interaction interaction.ID `json:"interaction,omitempty"`
	AAGUID      string         `json:"aaguid,omitempty"` // the authenticator's model
	Synced      bool           `json:"synced,omitempty"`
}

// The room's verbs. Those of a sign-in are public, for nobody has a session yet.
var (
	Begin    = guard.Declare[interaction.ID, BeginDetail]("passkey.begin", guard.Public, "Ask for the challenge of a passkey during a sign-in")
	Prove    = guard.Declare[account.ID, VerifyDetail]("passkey.verify", guard.Public, "Sign in with a passkey")
	Enrol    = guard.Declare[account.ID, KeyDetail]("passkey.enrol", guard.Public, "Register a passkey during a sign-in that asks for one")
	BeginOwn = guard.Declare[account.ID, BeginDetail]("account.begin_passkey", guard.Self, "Ask for the challenge of a passkey for one's own account")
	Add      = guard.Declare[account.ID, KeyDetail]("account.add_passkey", guard.Self, "Add a passkey to one's own account")
	Rename   = guard.Declare[account.ID, KeyDetail]("account.rename_passkey", guard.Self, "Rename a passkey of one's own")
	Remove   = guard.Declare[account.ID, KeyDetail]("account.remove_passkey", guard.Self, "Remove a passkey of one's own")
)
