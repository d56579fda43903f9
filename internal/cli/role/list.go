package role

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Role.List(c, "List the roles of the tenant; owner, admin and auditor are built in", []cmd.Column{
		{Heading: "ID", Member: "id"}, {Heading: "NAME", Member: "name"}, {Heading: "PERMISSIONS", Member: "permissions", Show: names}, {Heading: "DESCRIPTION", Member: "description"},
	},
		cmd.Narrow{Flag: "resource", Param: "resource", Doc: "only roles with permissions on this API", Of: &cmd.Resource})
}

// names are a role's permissions without the APIs, which cardea role show tells.
func names(value json.RawMessage) string {
	var held []Permission
	if json.Unmarshal(value, &held) != nil || len(held) == 0 {
		return "-"
	}
	out := make([]string, len(held))
	for i, p := range held {
		out[i] = cmd.Visible(p.Name)
	}
	return strings.Join(out, ", ")
}
