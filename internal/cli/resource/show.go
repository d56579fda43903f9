package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func show(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.Show(c, "Look at a protected API, by id, audience or name")
}
