package email

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// SendDetail is what the log keeps of a wish for a message.
type SendDetail struct {
	Interaction string `json:"interaction,omitempty"`
	Sent        bool   `json:"sent"` // false where nobody was found, or the address had enough
}

// VerifyDetail is what the log keeps of a check.
type VerifyDetail struct {
	Interaction string `json:"interaction,omitempty"`
	Link        bool   `json:"link,omitempty"`     // it was the link
	Failures    int    `json:"failures,omitempty"` // in a row before this success
}

// The room's verbs.
var (
	Send  = guard.Declare[account.ID, SendDetail]("email_code.send", guard.Public, "Ask for a code and a link by mail, to sign in")
	Prove = guard.Declare[account.ID, VerifyDetail]("email_code.verify", guard.Public, "Sign in with a code or a link that came by mail")
)
