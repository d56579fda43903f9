package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Client.List(c, "List the clients", []cmd.Column{
		{Heading: "CLIENT ID", Member: "client_id"}, {Heading: "NAME", Member: "client_name"}, {Heading: "GRANTS", Member: "grant_types"}, {Heading: "DISABLED AT", Member: "disabled_at"},
	})
}
