package api

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/membership"
)

// Group is a group as the API shows it.
type Group struct{ membership.Group }

func (g Group) version() int64 { return g.Version }

// GroupSettings is what may be changed of a group.
type GroupSettings struct {
	// Name is unique in the tenant: 1 to 64 of a to z, 0 to 9 and inner . _ : -
	Name string `json:"name"`
	// Description says what the group is for.
	Description string `json:"description,omitempty"`
}

func groupEndpoints() []endpoint {
	return []endpoint{
		list("group.list", "/groups", membership.ListGroups, "List the groups.", []param{
			{name: "name", doc: "Only the group of this name."},
			{name: "member", doc: "Only groups that this account belongs to."},
		}, func(c *call, after string, limit int) ([]membership.Group, error) {
			f := membership.GroupFilter{Name: c.query["name"], Member: account.ID(c.query["member"])}
			return membership.Page(c.ctx(), c.api.Guard, c.who, c.tenant, f, membership.GroupID(after), limit)
		}, func(g membership.Group) string { return string(g.ID) }),
		create("group.create", "/groups", membership.AddGroup, "Create a group.", func(c *call, in GroupSettings) (Group, error) {
			g, err := membership.Create(c.ctx(), c.api.Guard, c.who, c.tenant, membership.Group{Name: in.Name, Description: in.Description})
			return Group{g}, err
		}),
		get("group.show", "/groups/{id}", membership.ShowGroup, "Look at a group.", nil, lookGroup),
		change("group.update", "/groups/{id}", membership.ChangeGroup, "Change a group's name or description.", func(c *call) (GroupSettings, int64, error) {
			g, err := lookGroup(c)
			return GroupSettings{g.Name, g.Description}, g.Version, err
		}, func(c *call, in GroupSettings, version int64) (Group, error) {
			g, err := membership.Update(c.ctx(), c.api.Guard, c.who, c.tenant, membership.Group{
				ID: membership.GroupID(c.r.PathValue("id")), Name: in.Name, Description: in.Description, Version: version})
			return Group{g}, err
		}),
		act("group.delete", http.MethodDelete, "/groups/{id}", membership.RemoveGroup, "Delete a group: its members lose what it held.", onID(membership.Delete)),
		list("group.members", "/groups/{id}/members", membership.ShowGroup, "List the members of a group.", nil,
			func(c *call, after string, limit int) ([]membership.Member, error) {
				return membership.PageMembers(c.ctx(), c.api.Guard, c.who, c.tenant, membership.GroupID(c.r.PathValue("id")), account.ID(after), limit)
			}, func(m membership.Member) string { return string(m.Account) }),
		act("group.join", http.MethodPut, "/groups/{id}/members/{account}", membership.JoinGroup, "Add an account to a group.", func(c *call) error {
			return membership.Join(c.ctx(), c.api.Guard, c.who, c.tenant, membership.GroupID(c.r.PathValue("id")), account.ID(c.r.PathValue("account")))
		}),
		act("group.leave", http.MethodDelete, "/groups/{id}/members/{account}", membership.LeaveGroup, "Take an account out of a group.", func(c *call) error {
			return membership.Leave(c.ctx(), c.api.Guard, c.who, c.tenant, membership.GroupID(c.r.PathValue("id")), account.ID(c.r.PathValue("account")))
		}),
	}
}

func lookGroup(c *call) (Group, error) {
	g, err := membership.Look(c.ctx(), c.api.Guard, c.who, c.tenant, membership.GroupID(c.r.PathValue("id")))
	return Group{g}, err
}
