// Package client is the commands "cardea client …": applications (RFC 6749 §2).
package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun client with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Command("Applications that sign people in or call APIs", list(c), show(c), create(c), update(c), rotateSecret(c), disable(c), enable(c), remove(c))
}
