package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Group.Create(c, "Create a group", settings, "name")
}
