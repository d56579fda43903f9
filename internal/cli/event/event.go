// Package event is the commands "cardea event …": the log.
package event

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun event with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Event.Command("The log of what was done, refused and denied", list(c), follow(c))
}
