package account

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func enable(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Act(c, "enable", "Enable a disabled account", http.MethodPost, "/enable", "Enabled.")
}
