package api

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/role"
)

// Role is a role as the API shows it.
type Role struct{ role.Role }

func (r Role) version() int64 { return r.Version }

// RoleSettings is what may be changed of a role.
type RoleSettings struct {
	// Name is unique in the tenant: 1 to 64 of a to z, 0 to 9 and inner . _ : -
	Name string `json:"name"`
	// Description says what the role is for.
	Description string `json:"description,omitempty"`
	// Permissions is all that the role holds.
	Permissions []role.Permission `json:"permissions,omitempty"`
}

func roleEndpoints() []endpoint {
	return []endpoint{
		list("role.list", "/roles", role.ListAll, "List the roles of the tenant. The built-in roles owner, admin and auditor are not listed.", []param{
			{name: "name", doc: "Only the role of this name."},
			{name: "resource", doc: "Only roles with permissions on this API, by id."},
		}, func(c *call, after string, limit int) ([]role.Role, error) {
			return role.Page(c.ctx(), c.api.Guard, c.who, c.tenant, role.Filter{Name: c.query["name"], Resource: c.query["resource"]}, role.ID(after), limit)
		}, func(r role.Role) string { return string(r.ID) }),
		create("role.create", "/roles", role.Add, "Create a role with its permissions.", func(c *call, in RoleSettings) (Role, error) {
			r, err := role.Create(c.ctx(), c.api.Guard, c.who, c.tenant, role.Role{Name: in.Name, Description: in.Description, Permissions: in.Permissions})
			return Role{r}, err
		}),
		get("role.show", "/roles/{id}", role.Show, "Look at a role.", nil, lookRole),
		change("role.update", "/roles/{id}", role.Change, "Change a role or its permissions.", func(c *call) (RoleSettings, int64, error) {
			r, err := lookRole(c)
			return RoleSettings{r.Name, r.Description, r.Permissions}, r.Version, err
		}, func(c *call, in RoleSettings, version int64) (Role, error) {
			r, err := role.Update(c.ctx(), c.api.Guard, c.who, c.tenant, role.Role{
				ID: role.ID(c.r.PathValue("id")), Name: in.Name, Description: in.Description, Permissions: in.Permissions, Version: version})
			return Role{r}, err
		}),
		act("role.delete", http.MethodDelete, "/roles/{id}", role.Remove, "Delete a role: nobody holds it any more.", onID(role.Delete)),
	}
}

func lookRole(c *call) (Role, error) {
	r, err := role.Look(c.ctx(), c.api.Guard, c.who, c.tenant, role.ID(c.r.PathValue("id")))
	return Role{r}, err
}
