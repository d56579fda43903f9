package invitation

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func revoke(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "revoke INVITATION", Short: "Take an invitation back: its link stops working", Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.Invitation.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
		c.Say(command, "Revoked.")
		return nil
	}}
}
