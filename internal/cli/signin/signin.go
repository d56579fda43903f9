// Package signin is the commands "cardea signin …": who signed in, and why it went as it did.
package signin

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun signin with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.SignIn.Command("Sign-ins of the last 30 days, explained", list(c), explain(c))
}

func list(c *cmd.Connection) *cobra.Command {
	return cmd.SignIn.List(c, "List the sign-ins of the last 30 days, newest first", cmd.Columns("id", "at", "account", "outcome", "refused", "signals"),
		cmd.Narrow{Flag: "account", Param: "account", Doc: "only the sign-ins of this account", Of: &cmd.Account})
}
