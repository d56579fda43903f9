package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func show(c *cmd.Connection) *cobra.Command {
	return cmd.Group.Show(c, "Look at a group, by id or name")
}
