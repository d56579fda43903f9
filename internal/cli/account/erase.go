package account

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func erase(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Act(c, "erase", "Erase an account, and what is personal of it in the log", http.MethodPost, "/erase", "Erased.")
}
