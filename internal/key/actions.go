package key

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change.
type Detail struct {
	Algorithm string `json:"alg"`
	State     State  `json:"state"`
}

// The room's verbs.
var (
	ListAll = guard.Declare[ID, guard.None]("key.list", guard.Inspect, "List the signing keys")
	Make    = guard.Declare[ID, Detail]("key.make", guard.System, "Make a tenant's first signing key of an algorithm")
	Turn    = guard.Declare[ID, Detail]("key.turn", guard.System, "Move a signing key to its next state")
	Rotate  = guard.Declare[ID, Detail]("key.rotate", guard.Own, "Publish a new signing key ahead of time, or use it at once")
)
