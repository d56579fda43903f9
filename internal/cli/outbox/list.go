package outbox

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Outbox.List(c, "List what has not got out yet, newest first", cmd.Columns("id", "carrier", "kind", "account", "to", "state", "attempts", "last_error"))
}
