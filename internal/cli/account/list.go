package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Account.List(c, "List the accounts", cmd.Columns("id", "username", "name", "disabled_at", "created_at"),
		cmd.Narrow{Flag: "username", Param: "username", Doc: "only the account of this username"},
		cmd.Narrow{Flag: "email", Param: "email", Doc: "only accounts that claim this address"},
		cmd.Narrow{Flag: "disabled", Param: "disabled", Doc: "only disabled accounts (true) or only others (false)"})
}
