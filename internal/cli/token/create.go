package token

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Token.Create(c, "Make an API token, which is printed this once", func(command *cobra.Command, b *cmd.Body) {
		b.Text("name", "name", "what the token is for")
		b.Seconds("expires-in", "expires_in", "life of the token, such as 720h (default 90 days, at most 366)")
		account := command.Flags().String("account", "", "account that it speaks for, by id or username; your own with --server")
		b.Late("account", func() (any, error) {
			if *account == "" {
				return nil, nil //nolint:nilnil // not given
			}
			return cmd.Account.Resolve(command.Context(), c, *account)
		})
	}, "name")
}
