package client

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func enable(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Act(c, "enable", "Let a stopped client work again", http.MethodPost, "/enable", "Enabled.")
}
