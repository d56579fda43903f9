package tenant

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.List(c, "List the tenants", cmd.Columns("id", "name", "display_name", "mfa_enforced", "disabled_at"))
}
