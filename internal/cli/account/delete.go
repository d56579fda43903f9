package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Delete(c, "Delete an account with all that belongs to it")
}
