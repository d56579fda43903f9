package signin

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func explain(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "explain ID", Short: "Say in plain words why a sign-in went as it did", Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.SignIn.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.Print(command, a.Body)
		}
		var s struct {
			Explanation []string `json:"explanation"`
		}
		if err := json.Unmarshal(a.Body, &s); err != nil {
			return &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no sign-in: " + err.Error()}
		}
		for _, line := range s.Explanation {
			if _, err := fmt.Fprintln(command.OutOrStdout(), cmd.Visible(line)); err != nil {
				return err
			}
		}
		return nil
	}}
}
