package resource

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change.
type Detail struct {
	Audience string   `json:"audience,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`
}

// The room's verbs.
var (
	ListAll = guard.Declare[ID, guard.None]("resource.list", guard.Inspect, "List the protected APIs")
	Show    = guard.Declare[ID, guard.None]("resource.show", guard.Inspect, "Look at a protected API")
	Add     = guard.Declare[ID, Detail]("resource.create", guard.Administer, "Register a protected API with its scopes")
	Change  = guard.Declare[ID, Detail]("resource.update", guard.Administer, "Change a protected API or its scopes")
	Remove  = guard.Declare[ID, guard.None]("resource.delete", guard.Administer, "Remove a protected API")
)
