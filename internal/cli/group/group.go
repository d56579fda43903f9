// Package group is the commands "cardea group …": sets of accounts.
package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun group with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Group.Command("Sets of accounts", list(c), show(c), create(c), update(c), members(c), add(c), leave(c), remove(c))
}
