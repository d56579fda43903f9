package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func show(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Show(c, "Look at an account, by id or username")
}
