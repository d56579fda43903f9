package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.List(c, "List the protected APIs", []cmd.Column{
		{Heading: "ID", Member: "id"}, {Heading: "AUDIENCE", Member: "audience"}, {Heading: "NAME", Member: "name"}, {Heading: "TOKENS", Member: "token_format"},
	})
}
