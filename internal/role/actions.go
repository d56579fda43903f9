package role

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change.
type Detail struct {
	Name        string       `json:"name"`
	Permissions []Permission `json:"permissions"` // all that the role holds from now on
}

// The room's verbs. Binding a role is membership's.
var (
	ListAll = guard.Declare[ID, guard.None]("role.list", guard.Inspect, "List the roles")
	Show    = guard.Declare[ID, guard.None]("role.show", guard.Inspect, "Look at a role")
	Add     = guard.Declare[ID, Detail]("role.create", guard.Administer, "Create a role with its permissions")
	Change  = guard.Declare[ID, Detail]("role.update", guard.Administer, "Change a role or its permissions")
	Remove  = guard.Declare[ID, guard.None]("role.delete", guard.Administer, "Delete a role: nobody holds it any more")
)
