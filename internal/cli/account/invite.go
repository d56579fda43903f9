package account

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func invite(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "invite EMAIL", Short: "Invite somebody by mail to make an account; the link works for seven days", Args: cobra.ExactArgs(1)}
	name := command.Flags().String("name", "", "fills in the person's name")
	locale := command.Flags().String("locale", "", "language of the letter, such as de")
	groups := command.Flags().StringArray("group", nil, "group that the account will belong to; may be repeated")
	roles := command.Flags().StringArray("role", nil, "role that the account will have; may be repeated")
	command.RunE = func(command *cobra.Command, args []string) error {
		body := map[string]any{"email": args[0], "name": *name, "locale": *locale}
		for _, list := range []struct {
			noun   cmd.Noun
			member string
			given  []string
		}{{cmd.Group, "member_of", *groups}, {cmd.Role, "holds", *roles}} {
			var ids []string
			for _, text := range list.given {
				if list.member == "holds" && cmd.BuiltIn(text) {
					ids = append(ids, text)
					continue
				}
				found, err := list.noun.Resolve(command.Context(), c, text)
				if err != nil {
					return err
				}
				ids = append(ids, found)
			}
			if len(ids) > 0 {
				body[list.member] = ids
			}
		}
		answer, err := c.Do(command.Context(), http.MethodPost, cmd.Invitation.Path, nil, body)
		if err != nil {
			return err
		}
		var made struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(answer.Body, &made); err != nil {
			return err
		}
		c.Say(command, "Invited. The invitation is %s.", made.ID)
		return nil
	}
	return command
}
