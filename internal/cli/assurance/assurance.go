// Package assurance is the commands "cardea assurance …": the policies of sign-in.
package assurance

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun assurance with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Command("Policies of sign-in: which proof is enough", list(c), show(c), create(c), update(c), simulate(c), enable(c), disable(c), remove(c))
}

func list(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.List(c, "List the policies of sign-in, the built-in ones first", []cmd.Column{
		{Heading: "ID", Member: "id"}, {Heading: "NAME", Member: "name", Show: name}, {Heading: "ENABLED", Member: "enabled"}, {Heading: "SAYS", Member: "says"},
	})
}

// name leaves out the names of the built-in policies, which are their ids.
func name(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) != nil || len(s) > 7 && s[:7] == "signin-" {
		return "-"
	}
	return cmd.Visible(s)
}

func enable(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Act(c, "enable", "Switch a policy on", http.MethodPost, "/enable", "On.")
}

func disable(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Act(c, "disable", "Switch a policy off, also a built-in one", http.MethodPost, "/disable", "Off.")
}

func remove(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Delete(c, "Remove a policy of your own")
}
