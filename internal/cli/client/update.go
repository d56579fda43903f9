package client

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Client.Update(c, "Change a client; a list that is given replaces the former one", settings)
}

func settings(command *cobra.Command, b *cmd.Body) {
	b.Text("name", "client_name", "what people read on the consent page")
	b.List("grant", "grant_types", "authorization_code, refresh_token (both by default) or client_credentials")
	b.List("redirect-uri", "redirect_uris", "where people return to after signing in")
	b.List("post-logout-uri", "post_logout_redirect_uris", "where people may return to after signing out")
	b.Words("scope", "scope", "a scope that it may ask for; OpenID Connect's own by default")
	b.List("resource", "resources", "audience of an API that it may ask for")
	b.Text("auth-method", "token_endpoint_auth_method", "client_secret_basic (the default), client_secret_post or none")
	public := command.Flags().Bool("public", false, "it can keep no secret: short for --auth-method none")
	b.Late("token_endpoint_auth_method", func() (any, error) {
		if !*public {
			return nil, nil //nolint:nilnil // not given
		}
		if command.Flags().Changed("auth-method") {
			return nil, cmd.Usage("--public says --auth-method none: give one of them.")
		}
		return "none", nil
	})
	b.Flag("pkce-optional", "pkce_optional", "a confidential OpenID client may ask without PKCE")
	b.Flag("first-party", "first_party", "no consent page")
	b.Text("id-token-alg", "id_token_signed_response_alg", "RS256 (the default), PS256, ES256 or EdDSA")
	b.Text("userinfo-alg", "userinfo_signed_response_alg", "sign the answers of userinfo; plain JSON by default")
	b.Text("subject-type", "subject_type", "public (the default) or pairwise")
	b.Text("sector", "sector_identifier", "host under which pairwise subjects are made")
	b.Seconds("default-max-age", "default_max_age", "how old a sign-in may be, such as 12h")
	b.Text("client-uri", "client_uri", "home page")
	b.Text("logo-uri", "logo_uri", "logo")
	b.Text("policy-uri", "policy_uri", "how people's data is handled")
	b.Text("tos-uri", "tos_uri", "terms of service")
}
