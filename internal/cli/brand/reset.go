package brand

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func reset(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "reset tenant|CLIENT", Short: "Drop a brand with its pictures", Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := at(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
		c.Say(command, "%s", "Dropped.")
		return nil
	}}
}
