// Package brand is the commands "cardea brand …": how pages look.
package brand

import (
	"context"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Command is the noun brand with its verbs.
func Command(c *cmd.Connection) *cobra.Command {
	return cmd.Brand.Command("How the pages look: of the tenant, or those that lead to an application", show(c), set(c), logo(c), reset(c))
}

// whole names the tenant's own brand.
const whole = "tenant"

// at is the path of a brand: of the tenant, or of an application by its id or name.
func at(ctx context.Context, c *cmd.Connection, text string) (string, error) {
	if text != whole {
		id, err := cmd.Client.Resolve(ctx, c, text)
		if err != nil {
			return "", err
		}
		text = id
	}
	return cmd.Brand.Path + "/" + url.PathEscape(text), nil
}
