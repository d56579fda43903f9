package outbox

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func retry(c *cmd.Connection) *cobra.Command {
	return cmd.Outbox.Act(c, "retry", "Try an effect again now, also one that was given up", http.MethodPost, "/retry", "It is tried again within seconds.")
}
