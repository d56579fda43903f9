package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	var file string
	command := cmd.Account.Create(c, "Create an account", func(command *cobra.Command, b *cmd.Body) {
		settings(command, b)
		b.Text("email", "email", "first e-mail address")
		b.Flag("email-verified", "email_verified", "vouch for the address: it signs in")
		command.Flags().StringVar(&file, "password-file", "", "file with the first password, - for standard input")
		b.Late("password", func() (any, error) {
			if file == "" {
				return nil, nil //nolint:nilnil // no password
			}
			return cmd.ReadFile(file, command.InOrStdin())
		})
	}, "username")
	return command
}
