package assurance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// show prints the policy's text as it is: it can be kept in a file and given to update.
func show(c *cmd.Connection) *cobra.Command {
	return &cobra.Command{Use: "show POLICY", Short: "Look at a policy, by id or name", Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := cmd.Policy.At(command.Context(), c, args[0])
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
		var p struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			Source  string `json:"source"`
			Enabled bool   `json:"enabled"`
			Builtin bool   `json:"builtin"`
			Version int64  `json:"version"`
		}
		if err := json.Unmarshal(a.Body, &p); err != nil {
			return &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no policy: " + err.Error()}
		}
		what := map[bool]string{true: "on", false: "off"}[p.Enabled]
		if p.Builtin {
			what += ", built in"
		} else {
			what += fmt.Sprintf(", %s, version %d", p.Name, p.Version)
		}
		out := "// " + cmd.Visible(p.ID+": "+what) + "\n"
		for line := range strings.Lines(p.Source) {
			out += cmd.Visible(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "  ")) + "\n"
		}
		_, err = fmt.Fprint(command.OutOrStdout(), out)
		return err
	}}
}
