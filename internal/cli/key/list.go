package key

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Key.List(c, "List the signing keys, newest first, dropped ones too", cmd.Columns("kid", "alg", "state", "created_at", "changed_at"))
}
