package session

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func revoke(c *cmd.Connection) *cobra.Command {
	return cmd.Session.Act(c, "revoke", "End somebody's session", http.MethodDelete, "", "Ended.")
}
