package recovery

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/interaction"
)

// Detail is what the log keeps of a recovery.
type Detail struct {
	Interaction    string   `json:"interaction,omitempty"`
	Ways           []string `json:"ways,omitempty"` // mail, second_address, link, or kinds of factors
	Ended          int      `json:"sessions_ended,omitempty"`
	WithoutFactors bool     `json:"without_factors,omitempty"` // all its factors are gone
}

// LinkDetail is what the log keeps of a link.
type LinkDetail struct {
	WithoutFactors bool      `json:"without_factors,omitempty"`
	Mailed         bool      `json:"mailed,omitempty"`
	Until          time.Time `json:"until,omitzero"`
}

// NotMeDetail is what the log keeps of a person who said "this wasn't me".
type NotMeDetail struct {
	Ended int `json:"sessions_ended,omitempty"`
}

// The room's verbs.
var (
	Start   = guard.Declare[interaction.ID, guard.None]("recovery.start", guard.Public, "Ask for a way back into an account: a code goes to its address")
	Mail    = guard.Declare[interaction.ID, guard.None]("recovery.mail", guard.Public, "Type the code that came by mail to recover an account")
	Second  = guard.Declare[interaction.ID, guard.None]("recovery.second", guard.Public, "Recover an account by a code to its second address too")
	Restore = guard.Declare[account.ID, Detail]("recovery.restore", guard.Public, "Give an account a new password after it was recovered; all that was running ends")
	Offer   = guard.Declare[account.ID, LinkDetail]("account.recovery_link", guard.Administer, "Make a link with which the person gets back into the account")
	NotMe   = guard.Declare[account.ID, NotMeDetail]("account.not_me", guard.Public, "Say with the link of a notice that it was somebody else: sessions, grants and tokens end")
)
