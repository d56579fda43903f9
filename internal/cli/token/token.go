// Package token is the commands "cardea token …": API tokens.
package token

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun token with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Token.Command("Tokens for this command line and for programs that administer", list(c), create(c), remove(c))
}
