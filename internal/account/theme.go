package account

import (
	"context"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Theme is how pages look to a person.
type Theme string

// The themes.
const (
	ThemeSystem Theme = ""      // as the browser prefers
	ThemeLight  Theme = "light" // whatever the browser prefers
	ThemeDark   Theme = "dark"
)

// ParseTheme is the theme of a text; ok is false for what is none.
func ParseTheme(text string) (t Theme, ok bool) {
	switch t := Theme(text); t {
	case ThemeSystem, ThemeLight, ThemeDark:
		return t, true
	}
	return ThemeSystem, false
}

// Preference is the verb of a person's own preferences.
var Preference = guard.Declare[ID, Detail]("account.prefer", guard.Self, "Choose the language and the look of one's own pages")

// SetPreferences keeps the language (a claim of the account, BCP 47, "" for the browser's) and the
// theme in which a person sees pages. Refusals: invalid, not_found.
func SetPreferences(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who ID, locale string, theme Theme) error {
	if _, ok := ParseTheme(string(theme)); !ok {
		return guard.Invalid("theme", "A theme is light, dark, or none.")
	}
	detail := &Detail{}
	return g.Do(ctx, c, Preference.On(tenant, who, detail), func(tx *store.Tx) error {
		was, err := Get(tx.Read(), tenant, who)
		if err != nil {
			return missing(err)
		}
		next := was
		next.Claims.Locale = locale
		if err := next.Claims.Check(); err != nil {
			return err
		}
		detail.Changed = nil
		if was.Claims.Locale != locale {
			detail.Changed = append(detail.Changed, "locale")
			if err := update(tx, tenant, next); err != nil {
				return err
			}
		}
		if was.Theme != theme {
			detail.Changed = append(detail.Changed, "theme")
		}
		return tx.ExecOne("UPDATE account SET theme = $1 WHERE tenant = $2 AND id = $3", theme, tenant, who)
	})
}
