package account

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func setPassword(c *cmd.Connection) *cobra.Command {
	var file string
	command := &cobra.Command{Use: "set-password ACCOUNT", Short: "Give an account a new password", Args: cobra.ExactArgs(1)}
	command.Flags().StringVar(&file, "password-file", "", "file with the password, - for standard input (required)")
	temporary := command.Flags().Bool("temporary", false, "the person has to choose another at the next sign-in")
	command.RunE = func(command *cobra.Command, args []string) error {
		if file == "" {
			return cmd.Usage("Give the password with --password-file, or on standard input with --password-file -. It has no place on a command line, which others can read.")
		}
		password, err := cmd.ReadFile(file, command.InOrStdin())
		if err != nil {
			return err
		}
		path, err := cmd.Account.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), http.MethodPut, path+"/password", nil, map[string]any{"password": password, "temporary": *temporary}); err != nil {
			return err
		}
		c.Say(command, "The password is set.")
		return nil
	}
	return command
}
