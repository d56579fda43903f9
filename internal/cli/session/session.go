// Package session is the commands "cardea session …": who is signed in.
package session

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun session with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Session.Command("Who is signed in", list(c), revoke(c))
}
