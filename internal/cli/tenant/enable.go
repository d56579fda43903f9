package tenant

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func enable(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Act(c, "enable", "Enable a disabled tenant", http.MethodPost, "/enable", "Enabled.")
}
