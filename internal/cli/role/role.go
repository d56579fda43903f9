// Package role is the commands "cardea role …": roles, and who holds them.
package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun role with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Role.Command("Permissions on APIs, and who holds them", list(c), show(c), create(c), update(c), grant(c), revoke(c), bind(c), unbind(c), bindings(c), remove(c))
}
