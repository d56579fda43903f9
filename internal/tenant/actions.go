package tenant

import (
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
)

// Detail is what the log keeps of a change.
type Detail struct {
	Name        string `json:"name,omitempty"`
	MFAEnforced bool   `json:"mfa_enforced,omitempty"`
}

// DeleteDetail is what the log keeps of a deletion.
type DeleteDetail struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"` // how many rows of all tables went with it
}

// The room's verbs.
var (
	ListAll = guard.Declare[id.Tenant, guard.None]("tenant.list", guard.Inspect, "List the tenants")
	Show    = guard.Declare[id.Tenant, guard.None]("tenant.show", guard.Inspect, "Look at a tenant")
	Add     = guard.Declare[id.Tenant, Detail]("tenant.create", guard.Own, "Create a tenant")
	Change  = guard.Declare[id.Tenant, Detail]("tenant.update", guard.Own, "Change a tenant's settings")
	TurnOff = guard.Declare[id.Tenant, guard.None]("tenant.disable", guard.Own, "Disable a tenant: it serves nobody until it is enabled again")
	TurnOn  = guard.Declare[id.Tenant, guard.None]("tenant.enable", guard.Own, "Enable a disabled tenant")
	Remove  = guard.Declare[id.Tenant, DeleteDetail]("tenant.delete", guard.Own, "Delete a tenant with everything in it; only its log stays")
)
