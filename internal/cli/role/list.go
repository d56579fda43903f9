package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Role.List(c, "List the roles of the tenant; owner, admin and auditor are built in", cmd.Columns("id", "name", "description", "permissions"),
		cmd.Narrow{Flag: "resource", Param: "resource", Doc: "only roles with permissions on this API", Of: &cmd.Resource})
}
