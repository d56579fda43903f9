package key

import (
	"net/http"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func rotate(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "rotate", Short: "Publish a new signing key, which is used in time; or use it at once", Args: cobra.NoArgs}
	b := cmd.NewBody(command)
	b.Text("alg", "alg", "ES256 (the default), RS256, PS256 or EdDSA")
	b.Flag("now", "now", "sign with the new key at once, before relying parties learned of it")
	b.Flag("drop", "drop", "--now, and nothing that the former key signed counts any more: for a key that leaked")
	command.RunE = func(command *cobra.Command, _ []string) error {
		body, err := b.Object()
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPost, "/keys/rotate", nil, body)
		if err != nil {
			return b.Explain(err)
		}
		return c.Print(command, a.Body)
	}
	return command
}
