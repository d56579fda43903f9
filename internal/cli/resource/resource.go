// Package resource is the commands "cardea resource …": protected APIs and their scopes.
package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun resource with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.Command("Protected APIs and their scopes", list(c), show(c), create(c), update(c), remove(c))
}
