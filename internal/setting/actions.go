package setting

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change: which members changed, and to what. Settings hold no
// secrets and nothing about people.
type Detail struct {
	Changed map[string]any `json:"changed,omitempty"`
}

// The room's verbs.
var (
	ListAll = guard.Declare[Name, guard.None]("setting.list", guard.Inspect, "List the settings of the tenant")
	Show    = guard.Declare[Name, guard.None]("setting.show", guard.Inspect, "Look at a setting")
	Change  = guard.Declare[Name, Detail]("setting.update", guard.Administer, "Change a setting")
)
