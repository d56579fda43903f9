package account

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func email(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "email", Short: "E-mail addresses of an account", Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error { return command.Help() }}
	add := address(c, "add", "Add an address to an account", "", "Added.")
	add.Flags().Bool("verified", false, "vouch for the address: it signs in")
	command.AddCommand(add,
		address(c, "verify", "Vouch for an address: it signs in from now on", "/verify", "Verified."),
		address(c, "prefer", "Make an address the primary one", "/prefer", "It is the primary address now."),
		address(c, "remove", "Take an address from an account", "/remove", "Removed."))
	return command
}

func address(c *cmd.Connection, verb, short, suffix, done string) *cobra.Command {
	return &cobra.Command{Use: verb + " ACCOUNT ADDRESS", Short: short, Args: cobra.ExactArgs(2), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.Account.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		body := map[string]any{"email": args[1]}
		if verified, err := command.Flags().GetBool("verified"); err == nil { // only add has it
			body["email_verified"] = verified
		}
		if _, err := c.Do(command.Context(), http.MethodPost, path+"/emails"+suffix, nil, body); err != nil {
			return err
		}
		c.Say(command, "%s", done)
		return nil
	}}
}
