package token

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Token.List(c, "List the living API tokens", cmd.Columns("id", "name", "account", "expires_at"),
		cmd.Narrow{Flag: "account", Param: "account", Doc: "only tokens that speak for this account", Of: &cmd.Account})
}
