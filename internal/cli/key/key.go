// Package key is the commands "cardea key …": signing keys.
package key

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun key with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Key.Command("Signing keys", list(c), rotate(c))
}
