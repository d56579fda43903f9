package role

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func unbind(c *cmd.Connection) *cobra.Command {
	return hold(c, "unbind", "Take a role from an account or a group", http.MethodDelete, "Unbound.")
}
