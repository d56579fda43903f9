package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Client.List(c, "List the clients", cmd.Columns("client_id", "client_name", "grant_types", "token_endpoint_auth_method", "disabled_at"))
}
