package group

import (
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func add(c *cmd.Connection) *cobra.Command {
	return move(c, "add", "Add an account to a group", http.MethodPut, "Added.")
}

// move lets an account join or leave a group.
func move(c *cmd.Connection, verb, short, method, done string) *cobra.Command {
	return &cobra.Command{Use: verb + " GROUP ACCOUNT", Short: short, Args: cobra.ExactArgs(2), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.Group.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		who, err := cmd.Account.Resolve(command.Context(), c, args[1])
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), method, path+"/members/"+url.PathEscape(who), nil, nil); err != nil {
			return err
		}
		c.Say(command, "%s", done)
		return nil
	}}
}
