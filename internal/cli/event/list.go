package event

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	command := cmd.Event.List(c, "List the log, newest first", columns,
		cmd.Narrow{Flag: "action", Param: "action", Doc: "only this action, such as account.disable"},
		cmd.Narrow{Flag: "actor", Param: "actor", Doc: "only what this caller did, such as account:acc_… or operator:local"},
		cmd.Narrow{Flag: "on", Param: "resource", Doc: "only what was done to this id"})
	limit := command.Flags().Lookup("limit")
	limit.DefValue = "50"
	if err := limit.Value.Set("50"); err != nil {
		panic("event: " + err.Error()) // 50 is a number
	}
	return command
}

var columns = cmd.Columns("position", "at", "action", "outcome", "resource", "caller")
