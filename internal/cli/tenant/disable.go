package tenant

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func disable(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Act(c, "disable", "Disable a tenant: it serves nobody until it is enabled again", http.MethodPost, "/disable", "Disabled.")
}
