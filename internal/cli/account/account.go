// Package account is the commands "cardea account …": people who sign in.
package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun account with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Command("People who sign in", list(c), show(c), create(c), update(c), setPassword(c), email(c), credentials(c), removeCredential(c), disable(c), enable(c), remove(c), erase(c), invite(c), recoveryLink(c))
}
