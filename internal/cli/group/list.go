package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Group.List(c, "List the groups", cmd.Columns("id", "name", "description"),
		cmd.Narrow{Flag: "member", Param: "member", Doc: "only groups that this account belongs to", Of: &cmd.Account})
}
