package tenant

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Update(c, "Change a tenant's settings", settings)
}

func settings(_ *cobra.Command, b *cmd.Body) {
	b.Text("display-name", "display_name", "what people read on its pages")
	b.Flag("mfa-enforced", "mfa_enforced", "every sign-in needs a second factor")
}
