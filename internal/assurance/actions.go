package assurance

import "github.com/cardea-iam/cardea/internal/guard"

// PolicyDetail is what the log keeps of a change of a policy: its name and the digest of its
// source, so that what was in force can be shown later.
type PolicyDetail struct {
	Name   string `json:"name,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of the source, in hex
}

// The room's verbs.
var (
	ListPolicies = guard.Declare[PolicyID, guard.None]("assurance.list", guard.Inspect, "List the policies of sign-in")
	ShowPolicy   = guard.Declare[PolicyID, guard.None]("assurance.show", guard.Inspect, "Look at a policy of sign-in")
	Trial        = guard.Declare[PolicyID, guard.None]("assurance.simulate", guard.Inspect, "Try a policy on the sign-ins of the last 30 days")
	AddPolicy    = guard.Declare[PolicyID, PolicyDetail]("assurance.create", guard.Administer, "Add a policy of sign-in")
	ChangePolicy = guard.Declare[PolicyID, PolicyDetail]("assurance.update", guard.Administer, "Change a policy of sign-in")
	EnablePolicy = guard.Declare[PolicyID, PolicyDetail]("assurance.enable", guard.Administer, "Switch a policy of sign-in on")
	StopPolicy   = guard.Declare[PolicyID, PolicyDetail]("assurance.disable", guard.Administer, "Switch a policy of sign-in off")
	RemovePolicy = guard.Declare[PolicyID, PolicyDetail]("assurance.delete", guard.Administer, "Remove a policy of sign-in")
	ListSignIns  = guard.Declare[SignInID, guard.None]("signin.list", guard.Inspect, "List the sign-ins of the last 30 days")
	ShowSignIn   = guard.Declare[SignInID, guard.None]("signin.explain", guard.Inspect, "See why a sign-in went as it did")
)
