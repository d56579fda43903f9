// Package outbox is the commands "cardea outbox …": mail and messages that have not got out yet.
package outbox

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun outbox with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Outbox.Command("Mail and messages that have not got out yet", list(c), retry(c), remove(c))
}
