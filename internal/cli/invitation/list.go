package invitation

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Invitation.List(c, "List the invitations, also those that are over", cmd.Columns("id", "email", "name", "expires_at", "ended_at", "account"))
}
