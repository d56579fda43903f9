package apitoken

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// Detail is what the log keeps of a token.
type Detail struct {
	Token   ID         `json:"token,omitempty"`
	Account account.ID `json:"account,omitempty"`
}

// The room's verbs. To make a token for somebody else is to speak in their name, so it takes
// an owner or the operator; the resource of making one is the account that it will speak for.
var (
	Create    = guard.Declare[account.ID, Detail]("apitoken.create", guard.Own, "Make an API token that speaks for somebody else")
	CreateOwn = guard.Declare[account.ID, Detail]("apitoken.create_own", guard.Self, "Make an API token of one's own")
	ListAll   = guard.Declare[ID, guard.None]("apitoken.list", guard.Inspect, "List the API tokens")
	ListOwn   = guard.Declare[account.ID, guard.None]("apitoken.list_own", guard.Self, "List one's own API tokens")
	Delete    = guard.Declare[ID, Detail]("apitoken.delete", guard.Administer, "Delete somebody's API token")
	DeleteOwn = guard.Declare[ID, Detail]("apitoken.delete_own", guard.Self, "Delete one of one's own API tokens")
)
