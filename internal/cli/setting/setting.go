// Package setting is the commands "cardea setting …": what an administrator changes while the server
// runs.
package setting

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun setting with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Setting.Command("Settings of the tenant", list(c), show(c), set(c))
}

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Setting.List(c, "List the settings", cmd.Columns("name", "version", "doc"))
}

func show(c *cmd.Connection) *cobra.Command { return cmd.Setting.Show(c, "Show a setting") }
