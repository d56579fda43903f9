package account

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func disable(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Act(c, "disable", "Disable an account: its sessions and tokens end", http.MethodPost, "/disable", "Disabled.")
}
