// Package invitation is the commands "cardea invitation …": people who were asked to make accounts.
package invitation

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun invitation with its verbs. `cardea account invite` makes one.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Invitation.Command("People who were asked to make accounts", list(c), revoke(c))
}
