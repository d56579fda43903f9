package group

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func members(c *cmd.Connection) *cobra.Command {
	return cmd.Group.ListAt(c, "members GROUP", "List the members of a group", func(command *cobra.Command, args []string) (string, error) {
		path, err := cmd.Group.At(command.Context(), c, args[0])
		return path + "/members", err
	}, cmd.Columns("account", "since"))
}
