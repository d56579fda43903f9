package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Role.Update(c, "Change a role; --permission replaces all that it holds", func(command *cobra.Command, b *cmd.Body) { settings(c, command, b) })
}

func settings(c *cmd.Connection, command *cobra.Command, b *cmd.Body) {
	b.Text("name", "name", "name, unique in the tenant")
	b.Text("description", "description", "what the role is for")
	b.Each("permission", "permissions", "RESOURCE:PERMISSION, the API by id, audience or name", func(text string) (any, error) {
		return permission(command, c, text)
	})
}
