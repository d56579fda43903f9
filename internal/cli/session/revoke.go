package session

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func revoke(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "revoke [ID]", Short: "End somebody's session, or all of an account", Args: cobra.MaximumNArgs(1)}
	who := command.Flags().String("account", "", "whose sessions to end, with --all")
	all := command.Flags().Bool("all", false, "end all sessions of the account")
	command.MarkFlagsRequiredTogether("account", "all")
	command.RunE = func(command *cobra.Command, args []string) error {
		var path string
		var err error
		switch {
		case *all && *who != "" && len(args) == 0:
			path, err = cmd.Account.At(command.Context(), c, *who)
			path += "/sessions"
		case !*all && len(args) == 1:
			path, err = cmd.Session.At(command.Context(), c, args[0])
		default:
			return cmd.Usage("Give the id of a session, or --account and --all.")
		}
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
		c.Say(command, "Ended.")
		return nil
	}
	return command
}
