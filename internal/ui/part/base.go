package part

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Product is the name of the program, as pages print it.
const Product = "Cardea"

// Base is what every page needs. Pages embed it.
type Base struct {
	// Locale is the language of the page, from [Negotiate].
	Locale Locale
	// TenantName is the tenant's display name. Empty shows the product's.
	TenantName string
	// Root is the path under which the tenant's pages live: "" for the default
	// tenant, "/t/name" for others.
	Root string
	// Path is the path and query by which this page can be asked for again
	// with GET; the language links are made of it. Empty shows no such links.
	Path string
	// RequestID names the request in logs. Only error pages print it.
	RequestID string
	// Now is the time of the request; times are told relative to its day.
	Now time.Time
	// Zone is the zone in which times are told; nil is UTC.
	Zone *time.Location
	// Hidden are fields that every state-changing form of the page carries,
	// such as the interaction's handle.
	Hidden []Field
	// Look is how the tenant's pages, or those of the app that leads here, differ
	// from the built-in ones; the zero value is those.
	Look Look
}

// Field is a form field that people do not see.
type Field struct{ Name, Value string }

// Tenant is the name at the head of the page.
func (b Base) Tenant() string {
	if b.TenantName != "" {
		return b.TenantName
	}
	return Product
}

// LanguageLink leads to the same page in another language.
type LanguageLink struct {
	Locale  Locale
	URL     string
	Current bool
}

// Languages are the links of the language switch; none if Path is not a local
// path.
func (b Base) Languages() []LanguageLink {
	if !isLocalPath(b.Path) {
		return nil
	}
	u, err := url.Parse(b.Path)
	if err != nil {
		return nil
	}
	current := b.Locale
	if current == "" {
		current = English
	}
	query := u.Query()
	var links []LanguageLink
	for _, l := range Locales() {
		query.Set(LocaleParam, string(l))
		u.RawQuery = query.Encode()
		links = append(links, LanguageLink{Locale: l, URL: u.String(), Current: l == current})
	}
	return links
}

// When prepares a time for the "moment" component.
func (b Base) When(t time.Time) Moment {
	zone := b.Zone
	if zone == nil {
		zone = time.UTC
	}
	return Moment{At: t.In(zone), Now: b.Now.In(zone)}
}

// App is a client as people know it.
type App struct {
	// Name is the client's display name.
	Name string
	// LogoPath is a path of our own origin that serves the client's logo;
	// anything else is ignored. Empty shows the first letter of the name.
	LogoPath string
	// Verified says that an administrator vouches for the client.
	Verified bool
	// Host is the host (and port) of the redirect target.
	Host string
	// PrivacyURL and TermsURL are the client's own documents; optional.
	PrivacyURL string
	TermsURL   string
}

// Logo is LogoPath if it stays on our origin.
func (a App) Logo() string {
	if isLocalPath(a.LogoPath) {
		return a.LogoPath
	}
	return ""
}

// Initial is the letter shown in place of a logo.
func (a App) Initial() string { return initial(a.Name) }

// Hue picks one of the six avatar colours, always the same for one name.
func (a App) Hue() int { return hue(a.Name) }

// Person is an account as its owner knows it.
type Person struct {
	Name     string // display name; may be empty
	Username string
	Email    string // may be empty
	// PicturePath is a path of our own origin that serves the person's picture;
	// anything else is ignored. Empty shows the first letter of the name.
	PicturePath string
}

// Picture is PicturePath if it stays on our origin.
func (p Person) Picture() string {
	if isLocalPath(p.PicturePath) {
		return p.PicturePath
	}
	return ""
}

// Display is the name by which a page addresses the person.
func (p Person) Display() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Username
}

// Detail is what tells the account from others of the same name.
func (p Person) Detail() string {
	switch {
	case p.Email != "":
		return p.Email
	case p.Name != "":
		return p.Username
	}
	return ""
}

// Initial is the letter of the person's picture.
func (p Person) Initial() string { return initial(p.Display()) }

// Hue picks one of the six avatar colours, always the same for one person.
func (p Person) Hue() int { return hue(p.Username) }

func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

func hue(name string) int {
	const colours = 6
	sum := uint32(2166136261) // FNV-1a
	for i := range len(name) {
		sum = (sum ^ uint32(name[i])) * 16777619
	}
	return int(sum % colours)
}

// isLocalPath says that a browser resolves s to our own origin.
func isLocalPath(s string) bool {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}
