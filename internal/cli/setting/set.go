package setting

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func set(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{
		Use: "set SETTING MEMBER=VALUE...", Short: "Change members of a setting",
		Long:    "Change members of a setting. A value is JSON, or else a text: true, 14, '[\"example.com\"]', Hello.",
		Example: "  cardea setting set registration open=true",
		Args:    cobra.MinimumNArgs(2),
	}
	command.RunE = func(command *cobra.Command, args []string) error {
		patch := map[string]any{}
		for _, pair := range args[1:] {
			member, text, found := strings.Cut(pair, "=")
			if !found || member == "" {
				return cmd.Usage("%q is not MEMBER=VALUE. `cardea setting show %s` lists the members.", pair, args[0])
			}
			if _, twice := patch[member]; twice {
				return cmd.Usage("%s is given twice.", member)
			}
			var value any = text
			if json.Valid([]byte(text)) {
				value = json.RawMessage(text)
			}
			patch[member] = value
		}
		path, err := cmd.Setting.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPatch, path, nil, patch)
		if err != nil {
			return err
		}
		return c.Print(command, a.Body)
	}
	return command
}
