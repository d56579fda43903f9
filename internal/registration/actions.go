package registration

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
)

// Detail is what the log keeps of a new account.
type Detail struct {
	Interaction string       `json:"interaction,omitempty"`
	Terms       string       `json:"terms,omitempty"` // the version that was accepted
	Invitation  InvitationID `json:"invitation,omitempty"`
}

// AnswerDetail is what the log keeps of an answer.
type AnswerDetail struct {
	Interaction string   `json:"interaction,omitempty"`
	Terms       string   `json:"terms,omitempty"`  // the version that was accepted
	Claims      []string `json:"claims,omitempty"` // the names of those that were told
}

// The room's verbs.
var (
	Start   = guard.Declare[interaction.ID, guard.None]("registration.start", guard.Public, "Ask for an account: a code goes to the address")
	Confirm = guard.Declare[interaction.ID, guard.None]("registration.confirm", guard.Public, "Type the code that came to the address of a new account")
	Join    = guard.Declare[account.ID, Detail]("registration.join", guard.Public, "Make an account for oneself")
	Accept  = guard.Declare[account.ID, Detail]("invitation.accept", guard.Public, "Make the account that one was invited to")
	Tell    = guard.Declare[account.ID, AnswerDetail]("account.complete", guard.Public, "Accept new terms, or tell more about oneself, where a sign-in asks for it")
	Invite  = guard.Declare[InvitationID, guard.None]("invitation.create", guard.Administer, "Invite somebody by mail to make an account")
	Revoke  = guard.Declare[InvitationID, guard.None]("invitation.revoke", guard.Administer, "Take an invitation back")
	ListAll = guard.Declare[InvitationID, guard.None]("invitation.list", guard.Inspect, "List the invitations")
)
