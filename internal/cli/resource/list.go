package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.List(c, "List the protected APIs", cmd.Columns("id", "audience", "name", "token_format", "token_seconds"))
}
