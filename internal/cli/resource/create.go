package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.Create(c, "Register a protected API with its scopes", func(command *cobra.Command, b *cmd.Body) { settings(c, command, b) }, "audience", "name")
}
