package account

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func recoveryLink(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "recovery-link ACCOUNT", Short: "Make a link with which a person gets back into the account, once", Args: cobra.ExactArgs(1)}
	without := command.Flags().Bool("without-factors", false, "the link also takes the account's passkeys and codes away")
	mail := command.Flags().Bool("mail", false, "send the link to the primary address in place of printing it")
	command.RunE = func(command *cobra.Command, args []string) error {
		path, err := cmd.Account.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		answer, err := c.Do(command.Context(), http.MethodPost, path+"/recovery-link", nil, map[string]any{"without_factors": *without, "mail": *mail})
		if err != nil {
			return err
		}
		var made struct {
			Link      string    `json:"link"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		if err := json.Unmarshal(answer.Body, &made); err != nil {
			return err
		}
		if made.Link == "" {
			made.Link = "The link is on its way by mail."
		}
		c.Say(command, "%s\nIt works once, until %s.", made.Link, made.ExpiresAt.Format(time.RFC3339))
		return nil
	}
	return command
}
