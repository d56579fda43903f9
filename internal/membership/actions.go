package membership

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
)

// GroupDetail is what the log keeps of a change of a group.
type GroupDetail struct {
	Name string `json:"name"`
}

// MemberDetail is what the log keeps of joining and leaving.
type MemberDetail struct {
	Account account.ID `json:"account"`
}

// The room's verbs. Those of governance change who governs the tenant.
var (
	ListGroups  = guard.Declare[GroupID, guard.None]("group.list", guard.Inspect, "List the groups and who belongs to them")
	ShowGroup   = guard.Declare[GroupID, guard.None]("group.show", guard.Inspect, "Look at a group and its members")
	AddGroup    = guard.Declare[GroupID, GroupDetail]("group.create", guard.Administer, "Create a group")
	ChangeGroup = guard.Declare[GroupID, GroupDetail]("group.update", guard.Administer, "Change a group's name or description")
	RemoveGroup = guard.Declare[GroupID, guard.None]("group.delete", guard.Administer, "Delete a group")
	JoinGroup   = guard.Declare[GroupID, MemberDetail]("group.join", guard.Administer, "Add an account to a group")
	LeaveGroup  = guard.Declare[GroupID, MemberDetail]("group.leave", guard.Administer, "Take an account out of a group")

	ListBindings = guard.Declare[Role, guard.None]("role.bindings", guard.Inspect, "List who holds which role")
	BindRole     = guard.Declare[Role, Subject]("role.bind", guard.Administer, "Give a role of the tenant to an account or a group")
	UnbindRole   = guard.Declare[Role, Subject]("role.unbind", guard.Administer, "Take a role of the tenant from an account or a group")

	Empower = guard.Declare[Role, Subject]("governance.bind", guard.Own, "Give the role owner, admin or auditor to an account or a group")
	Demote  = guard.Declare[Role, Subject]("governance.unbind", guard.Own, "Take the role owner, admin or auditor from an account or a group")
	Enlist  = guard.Declare[GroupID, MemberDetail]("governance.join", guard.Own, "Add an account to a group that holds a built-in role")
	Dismiss = guard.Declare[GroupID, MemberDetail]("governance.leave", guard.Own, "Take an account out of a group that holds a built-in role")
)
