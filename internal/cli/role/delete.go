package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Role.Delete(c, "Delete a role: nobody holds it any more")
}
