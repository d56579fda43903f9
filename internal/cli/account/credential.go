package account

import (
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func credentials(c *cmd.Connection) *cobra.Command {
	return cmd.Account.ListAt(c, "credentials ACCOUNT", "List an account's credentials: what they are, and when they were used", func(command *cobra.Command, args []string) (string, error) {
		path, err := cmd.Account.At(command.Context(), c, args[0])
		return path + "/credentials", err
	}, cmd.Columns("kind", "id", "created_at", "used_at"))
}

func removeCredential(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "remove-credential ACCOUNT KIND ID", Short: "Take a credential from an account, such as a passkey on a lost phone", Args: cobra.ExactArgs(3),
		RunE: func(command *cobra.Command, args []string) error {
			path, err := cmd.Account.At(command.Context(), c, args[0])
			if err != nil {
				return err
			}
			if _, err := c.Do(command.Context(), http.MethodDelete, path+"/credentials/"+url.PathEscape(args[1])+"/"+url.PathEscape(args[2]), nil, nil); err != nil {
				return err
			}
			c.Say(command, "Removed.")
			return nil
		}}
}
