package api

import (
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/membership"
)

func bindingEndpoints() []endpoint {
	return []endpoint{
		list("role.bindings", "/bindings", membership.ListBindings, "List who holds which role, the built-in ones too.", []param{
			{name: "role", doc: "Only bindings of this role: an id, or owner, admin or auditor."},
			{name: "account", doc: "Only roles that this account holds directly."},
			{name: "group", doc: "Only roles that this group holds."},
		}, func(c *call, after string, limit int) ([]membership.Binding, error) {
			f := membership.BindingFilter{Role: membership.Role(c.query["role"]), Account: account.ID(c.query["account"]), Group: membership.GroupID(c.query["group"])}
			return membership.PageBindings(c.ctx(), c.api.Guard, c.who, c.tenant, f, bindingBehind(after), limit)
		}, func(b membership.Binding) string { return string(b.Role) + "." + string(b.Account) + string(b.Group) }),
		act("role.bind", http.MethodPut, "/roles/{id}/bindings/{subject}", membership.BindRole,
			"Give a role, by id or built-in name, to an account or a group. A built-in role takes an owner.", func(c *call) error {
				return membership.Bind(c.ctx(), c.api.Guard, c.who, c.tenant, membership.Role(c.r.PathValue("id")), subject(c.r.PathValue("subject")))
			}),
		act("role.unbind", http.MethodDelete, "/roles/{id}/bindings/{subject}", membership.UnbindRole,
			"Take a role from an account or a group. A built-in role takes an owner.", func(c *call) error {
				return membership.Unbind(c.ctx(), c.api.Guard, c.who, c.tenant, membership.Role(c.r.PathValue("id")), subject(c.r.PathValue("subject")))
			}),
	}
}

// subject reads an account's or a group's id; the use case refuses what is neither.
func subject(text string) membership.Subject {
	if strings.HasPrefix(text, "grp_") {
		return membership.Subject{Group: membership.GroupID(text)}
	}
	return membership.Subject{Account: account.ID(text)}
}

func bindingBehind(after string) membership.Binding {
	if after == "" {
		return membership.Binding{}
	}
	held, who, _ := strings.Cut(after, ".")
	return membership.Binding{Role: membership.Role(held), Subject: subject(who)}
}
