// Package tenant is the commands "cardea tenant …": tenants, from the default one.
package tenant

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun tenant with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Tenant.Command("Separate worlds of accounts, clients and keys", list(c), show(c), create(c), update(c), disable(c), enable(c), remove(c))
}
