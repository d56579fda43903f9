package tenant

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Create(c, "Create a tenant", func(command *cobra.Command, b *cmd.Body) {
		b.Text("name", "name", "name in the path /t/NAME and the issuer; it never changes")
		settings(command, b)
	}, "name")
}
