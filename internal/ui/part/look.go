package part

import (
	"net/url"
	"regexp"
)

// BrandPrefix is the path, below a tenant's root, under which style sheets and
// pictures of brands are served.
const BrandPrefix = "/brand/"

// Layout is where things stand on pages before the account; "" is the card.
type Layout string

// Look is how pages differ from the built-in ones. Nothing in it becomes
// markup: paths that are not those of a brand are ignored.
type Look struct {
	// StylePath, LogoPath, LogoDarkPath and IconPath are below BrandPrefix of the
	// tenant's root; empty for none.
	StylePath, LogoPath, LogoDarkPath, IconPath string
	// Layout is card, side or plain.
	Layout Layout
	// HelpURL is an https address; empty shows no link.
	HelpURL string
	// Wording is nil for the built-in words.
	Wording *Wording
}

var brandPath = regexp.MustCompile(`^(/t/[a-z0-9-]+)?` + BrandPrefix + `[a-z0-9-]+\.(css|png)$`)

func branded(path string) string {
	if brandPath.MatchString(path) {
		return path
	}
	return ""
}

// Style is the path of the style sheet.
func (l Look) Style() string { return branded(l.StylePath) }

// Logo is the path of the picture at the head of the page.
func (l Look) Logo() string { return branded(l.LogoPath) }

// LogoDark is the path of the picture in its place in the dark scheme.
func (l Look) LogoDark() string { return branded(l.LogoDarkPath) }

// Icon is the path of the picture in the browser's tab.
func (l Look) Icon() string { return branded(l.IconPath) }

// Class is the layout's class, "" for the card.
func (l Look) Class() string {
	switch l.Layout {
	case "side":
		return "layout-side"
	case "plain":
		return "layout-plain"
	}
	return ""
}

// Help is the address of the help link.
func (l Look) Help() string {
	if u, err := url.Parse(l.HelpURL); err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return l.HelpURL
}

// wording are the owner's words of the page that embeds the base.
func (b Base) wording() *Wording { return b.Look.Wording }
