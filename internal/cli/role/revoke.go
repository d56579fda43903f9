package role

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func revoke(c *cmd.Connection) *cobra.Command {
	return edit(c, "revoke", "Take permissions from a role", "Revoked.", func(have []Permission, p Permission) []Permission {
		return slices.DeleteFunc(have, func(h Permission) bool { return h == p })
	})
}
