package group

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func leave(c *cmd.Connection) *cobra.Command {
	return move(c, "remove", "Take an account out of a group", http.MethodDelete, "Removed.")
}
