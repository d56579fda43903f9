package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Group.Update(c, "Change a group's name or description", settings)
}

func settings(_ *cobra.Command, b *cmd.Body) {
	b.Text("name", "name", "name, unique in the tenant")
	b.Text("description", "description", "what the group is for")
}
