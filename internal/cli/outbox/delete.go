package outbox

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Outbox.Delete(c, "Drop an effect that has not got out")
}
