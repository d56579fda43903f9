package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Role.Create(c, "Create a role with its permissions", func(command *cobra.Command, b *cmd.Body) { settings(c, command, b) }, "name")
}
