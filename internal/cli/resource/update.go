package resource

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Resource.Update(c, "Change a protected API; --scope replaces all its scopes", func(command *cobra.Command, b *cmd.Body) { settings(c, command, b) })
}

func settings(c *cmd.Connection, command *cobra.Command, b *cmd.Body) {
	b.Text("audience", "audience", "absolute URI that names the API in requests and tokens")
	b.Text("name", "name", "what people read on the consent page")
	b.Each("scope", "scopes", "NAME=DESCRIPTION or NAME[PERMISSION]=DESCRIPTION: what people read, and what they must hold for it", func(text string) (any, error) { return scope(text) })
	b.Text("format", "token_format", "format of its access tokens: jwt (the default) or opaque")
	b.Text("alg", "token_alg", "algorithm of its access tokens: ES256 (the default), EdDSA, PS256 or RS256")
	b.Seconds("lifetime", "token_seconds", "life of its access tokens, 10s to 24h (default 10m)")
	client := command.Flags().String("introspect-by", "", "client that may introspect its tokens, by id or name")
	b.Late("client", func() (any, error) {
		if !command.Flags().Changed("introspect-by") {
			return nil, nil //nolint:nilnil // not given
		}
		if *client == "" {
			return "", nil
		}
		return cmd.Client.Resolve(command.Context(), c, *client)
	})
}
