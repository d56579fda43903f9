package role

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func grant(c *cmd.Connection) *cobra.Command {
	return edit(c, "grant", "Add permissions to a role", "Granted.", func(have []Permission, p Permission) []Permission {
		if slices.Contains(have, p) {
			return have
		}
		return append(have, p)
	})
}

// edit changes the permissions of a role, if nobody else did meanwhile.
func edit(c *cmd.Connection, verb, short, done string, apply func([]Permission, Permission) []Permission) *cobra.Command {
	return &cobra.Command{Use: verb + " ROLE RESOURCE:PERMISSION…", Short: short, Args: cobra.MinimumNArgs(2), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.Role.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		var role struct {
			Permissions []Permission `json:"permissions"`
			Version     int64        `json:"version"`
		}
		if err := json.Unmarshal(a.Body, &role); err != nil {
			return &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no role: " + err.Error()}
		}
		wish := append([]Permission{}, role.Permissions...)
		for _, text := range args[1:] {
			p, err := permission(command, c, text)
			if err != nil {
				return err
			}
			wish = apply(wish, p)
		}
		if a, err = c.DoIf(command.Context(), http.MethodPatch, path, role.Version, map[string]any{"permissions": wish}); err != nil {
			return err
		}
		if c.JSON {
			return c.Print(command, a.Body)
		}
		c.Say(command, "%s", done)
		return nil
	}}
}
