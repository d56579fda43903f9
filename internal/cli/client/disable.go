package client

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func disable(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Act(c, "disable", "Stop a client: its tokens end at once", http.MethodPost, "/disable", "Disabled.")
}
