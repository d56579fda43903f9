package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Create(c, "Register a client; its secret is printed this once", settings, "name")
}
