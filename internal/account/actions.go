package account

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change: which parts changed, never their text.
type Detail struct {
	Changed []string `json:"changed,omitempty"`
}

// The room's verbs. TurnOff, TurnOn and Remove are done by lifecycle.
var (
	ListAll     = guard.Declare[ID, guard.None]("account.list", guard.Inspect, "List the accounts")
	Show        = guard.Declare[ID, guard.None]("account.show", guard.Inspect, "Look at an account")
	Add         = guard.Declare[ID, Detail]("account.create", guard.Administer, "Create an account")
	Change      = guard.Declare[ID, Detail]("account.update", guard.Administer, "Change an account's username, claims or addresses")
	EditOwn     = guard.Declare[ID, Detail]("account.edit", guard.Self, "Change one's own claims")
	TurnOff     = guard.Declare[ID, guard.None]("account.disable", guard.Administer, "Disable an account: sessions end and tokens die")
	TurnOn      = guard.Declare[ID, guard.None]("account.enable", guard.Administer, "Enable a disabled account")
	Remove      = guard.Declare[ID, guard.None]("account.delete", guard.Administer, "Delete an account with everything that belongs to it")
	VerifyEmail = guard.Declare[ID, guard.None]("account.verify_email", guard.Administer, "Vouch for an account's e-mail address: it signs in from now on")
	VerifyPhone = guard.Declare[ID, guard.None]("account.verify_phone", guard.Administer, "Vouch for an account's telephone number")
)
