package client

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func rotateSecret(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "rotate-secret CLIENT", Short: "Give a client a new secret, which is printed this once", Args: cobra.ExactArgs(1)}
	b := cmd.NewBody(command)
	b.Seconds("grace", "grace", "how long the former secret is still accepted (default 24h; 0s ends it at once)")
	command.RunE = func(command *cobra.Command, args []string) error {
		body, err := b.Object()
		if err != nil {
			return err
		}
		path, err := cmd.Client.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPost, path+"/secret", nil, body)
		if err != nil {
			return b.Explain(err)
		}
		return c.Keep(command, a.Body)
	}
	return command
}
