package tenant

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Delete(c, "Delete a tenant with everything in it; only its log stays")
}
