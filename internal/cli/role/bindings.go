package role

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func bindings(c *cmd.Connection) *cobra.Command {
	return cmd.Role.ListAt(c, "bindings", "List who holds which role, owner, admin and auditor too", func(*cobra.Command, []string) (string, error) {
		return "/bindings", nil
	}, []cmd.Column{
		{Heading: "ROLE", Member: "role"}, {Heading: "HELD BY", Member: "account", Or: "group"}, {Heading: "SINCE", Member: "since"},
	},
		cmd.Narrow{Flag: "role", Param: "role", Doc: "only this role, by id or built-in name"},
		cmd.Narrow{Flag: "account", Param: "account", Doc: "only roles that this account holds directly", Of: &cmd.Account},
		cmd.Narrow{Flag: "group", Param: "group", Doc: "only roles that this group holds", Of: &cmd.Group})
}
