package session

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// StartDetail is what the log keeps of a beginning.
type StartDetail struct {
	Account string   `json:"account"`
	ACR     string   `json:"acr"`
	AMR     []string `json:"amr"`
}

// EndDetail says whose session ended and why.
type EndDetail struct {
	Account string `json:"account,omitempty"`
	Reason  string `json:"reason,omitempty"` // logout, replaced, person, administrator
}

// The room's verbs.
var (
	Start     = guard.Declare[ID, StartDetail]("session.start", guard.Public, "Begin a session with what was proved")
	Logout    = guard.Declare[ID, EndDetail]("session.logout", guard.Self, "Sign out")
	EndOwn    = guard.Declare[ID, EndDetail]("session.end", guard.Self, "End one of one's own sessions")
	EndOthers = guard.Declare[ID, EndDetail]("session.end_others", guard.Self, "End all of one's own sessions but this")
	EndEvery  = guard.Declare[ID, EndDetail]("session.end_all", guard.Self, "End all of one's own sessions, this one too")
	Touch     = guard.Declare[ID, guard.None]("session.touch", guard.Self, "Note that a session is in use")
	ListAll   = guard.Declare[ID, guard.None]("session.list", guard.Inspect, "List people's sessions")
	Revoke    = guard.Declare[ID, EndDetail]("session.revoke", guard.Administer, "End somebody's session")
	RevokeAll = guard.Declare[account.ID, EndDetail]("account.end_sessions", guard.Administer, "End all sessions of an account")
)
