package brand

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func show(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "show tenant|CLIENT", Short: "Show a brand", Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := at(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		return c.Print(command, a.Body)
	}}
}
