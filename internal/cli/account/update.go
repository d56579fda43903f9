package account

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Account.Update(c, "Change an account's username or claims", settings)
}

// settings are the username and the standard claims (OpenID Connect Core 1.0 §5.1).
func settings(_ *cobra.Command, b *cmd.Body) {
	b.Text("username", "username", "what the person signs in with")
	b.Text("name", "name", "full name")
	b.Text("given-name", "given_name", "given name")
	b.Text("family-name", "family_name", "family name")
	b.Text("middle-name", "middle_name", "middle name")
	b.Text("nickname", "nickname", "nickname")
	b.Text("profile", "profile", "address of a page about the person")
	b.Text("picture", "picture", "address of a picture of the person")
	b.Text("website", "website", "address of the person's own page")
	b.Text("gender", "gender", "female, male or another word")
	b.Text("birthdate", "birthdate", "YYYY-MM-DD, 0000-MM-DD or YYYY")
	b.Text("zoneinfo", "zoneinfo", "time zone, such as Europe/Paris")
	b.Text("locale", "locale", "language, such as en-GB")
	b.Text("phone-number", "phone_number", "telephone number, such as +14255551212")
}
