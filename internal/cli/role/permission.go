package role

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Permission is the right to do something at an API.
type Permission struct {
	Resource string `json:"resource"`
	Name     string `json:"name"`
}

// permission reads RESOURCE:PERMISSION. Audiences and permissions hold colons themselves, so
// the API is the longest beginning that is one.
func permission(command *cobra.Command, c *cmd.Connection, text string) (Permission, error) {
	var failure error
	for i := len(text) - 1; i > 0; i-- {
		if text[i] != ':' || i == len(text)-1 {
			continue
		}
		id, err := cmd.Resource.Resolve(command.Context(), c, text[:i])
		if strings.HasPrefix(id, "res_") && strings.Contains(id, ":") {
			continue // an id has no colon
		}
		if err == nil {
			return Permission{id, text[i+1:]}, nil
		}
		var f *cmd.Failure
		if !errors.As(err, &f) || f.Code != cmd.ExitNotFound {
			return Permission{}, err
		}
		failure = err
	}
	if failure != nil {
		return Permission{}, &cmd.Failure{Code: cmd.ExitNotFound, Text: "No API is named by " + text + ". Write RESOURCE:PERMISSION, and see: cardea resource list"}
	}
	return Permission{}, cmd.Usage("A permission is RESOURCE:PERMISSION, such as calendar:events:read, not %q.", text)
}
