package client

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change.
type Detail struct {
	Fields []string `json:"fields,omitempty"`
}

// The room's verbs.
var (
	ListAll = guard.Declare[ID, guard.None]("client.list", guard.Inspect, "List the applications")
	Show    = guard.Declare[ID, guard.None]("client.show", guard.Inspect, "Look at an application")
	Add     = guard.Declare[ID, Detail]("client.create", guard.Administer, "Register an application")
	Change  = guard.Declare[ID, Detail]("client.update", guard.Administer, "Change an application")
	Rotate  = guard.Declare[ID, guard.None]("client.rotate_secret", guard.Administer, "Give an application a new secret")
	Disable = guard.Declare[ID, guard.None]("client.disable", guard.Administer, "Stop an application: its tokens end at once")
	Enable  = guard.Declare[ID, guard.None]("client.enable", guard.Administer, "Let a stopped application work again")
	Remove  = guard.Declare[ID, guard.None]("client.delete", guard.Administer, "Remove an application and all its tokens")
)
