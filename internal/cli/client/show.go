package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func show(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Show(c, "Look at a client, by id or name")
}
