package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Delete(c, "Delete a client and all its tokens")
}
