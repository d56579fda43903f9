package role

import (
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func bind(c *cmd.Connection) *cobra.Command {
	return hold(c, "bind", "Give a role to an account or a group", http.MethodPut, "Bound.")
}

// hold gives or takes a role; owner, admin and auditor are roles too.
func hold(c *cmd.Connection, verb, short, method, done string) *cobra.Command {
	var role, account, group string
	command := &cobra.Command{Use: verb, Short: short, Args: cobra.NoArgs}
	command.Flags().StringVar(&role, "role", "", "the role, by id or name, or owner, admin or auditor (required)")
	command.Flags().StringVar(&account, "account", "", "the account, by id or username")
	command.Flags().StringVar(&group, "group", "", "the group, by id or name")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if role == "" || (account == "") == (group == "") {
			return cmd.Usage("Give --role and one of --account and --group.")
		}
		what, err := roleID(command, c, role)
		if err != nil {
			return err
		}
		noun, name := cmd.Account, account
		if group != "" {
			noun, name = cmd.Group, group
		}
		who, err := noun.Resolve(command.Context(), c, name)
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), method, "/roles/"+url.PathEscape(what)+"/bindings/"+url.PathEscape(who), nil, nil); err != nil {
			return err
		}
		c.Say(command, "%s", done)
		return nil
	}
	return command
}

func roleID(command *cobra.Command, c *cmd.Connection, text string) (string, error) {
	switch text {
	case "owner", "admin", "auditor":
		return text, nil
	}
	return cmd.Role.Resolve(command.Context(), c, text)
}
