package email

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
)

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	Interaction string `json:"interaction,omitempty"`
	Link        bool   `json:"link,omitempty"`     // it was the link
	Failures    int    `json:"failures,omitempty"` // in a row before this success
}

// The room's verbs. Whom a message went to, if to anybody, stands in the event mailbox.send.
var (
	Send  = guard.Declare[interaction.ID, guard.None]("email_code.send", guard.Public, "Ask for a code and a link by mail, to sign in")
	Prove = guard.Declare[account.ID, VerifyDetail]("email_code.verify", guard.Public, "Sign in with a code or a link that came by mail")
)
