package session

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Session.List(c, "List the living sessions, newest first", cmd.Columns("id", "account", "acr", "factors", "address", "city", "country", "seen_at"),
		cmd.Narrow{Flag: "account", Param: "account", Doc: "only the sessions of this account", Of: &cmd.Account})
}
