package account

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Fields of the form of preferences.
const (
	FieldLanguage = "language" // a part.Locale, or "" for the browser's
	FieldTheme    = "theme"    // an account.Theme
)

// Preferences is the form of the language and the theme, a part of the profile page.
type Preferences struct {
	Action   string
	Language part.Locale // "" for the browser's
	Theme    account.Theme
}

// Option is one of several of which one is chosen.
type Option struct {
	Value   string
	Label   part.Key // "" where Name is the label
	Name    string
	Chosen  bool
	Foreign string // language of Name
}

// Languages are the options of the language.
func (p Preferences) Languages() []Option {
	out := []Option{{Label: "preferences.language.browser", Chosen: p.Language == ""}}
	for _, l := range part.Locales() {
		out = append(out, Option{Value: string(l), Name: l.Name(), Chosen: l == p.Language, Foreign: string(l)})
	}
	return out
}

// Themes are the options of the theme.
func (p Preferences) Themes() []Option {
	return []Option{
		{Value: string(account.ThemeSystem), Label: "preferences.theme.system", Chosen: p.Theme == account.ThemeSystem},
		{Value: string(account.ThemeLight), Label: "preferences.theme.light", Chosen: p.Theme == account.ThemeLight},
		{Value: string(account.ThemeDark), Label: "preferences.theme.dark", Chosen: p.Theme == account.ThemeDark},
	}
}
