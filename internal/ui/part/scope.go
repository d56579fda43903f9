package part

// API is a resource with the scopes of it that a page speaks about.
type API struct {
	Name   string // the resource's display name: "MyCalApp"
	Scopes []Scope
}

// Scope is one permission in plain words.
type Scope struct {
	Name    string // as in the protocol: "write:events"
	Text    string // the resource's plain-language description
	Granted bool   // the person allowed it before
}

// Label is the description, or the protocol's name where there is none: a
// scope is never left out of a page for want of words.
func (s Scope) Label() string {
	if s.Text != "" {
		return s.Text
	}
	return s.Name
}

// Claims is a scope of OpenID Connect Core 1.0 §5.4 or §11 in plain words.
type Claims struct {
	Name   string
	Title  Key // empty for a scope that the standard does not define
	Detail Key // may be empty
	Icon   string
}

// ExplainScopes tells what the OpenID Connect scopes give away. Scopes that
// the standard does not define are kept, under their own name.
func ExplainScopes(names []string) []Claims {
	out := make([]Claims, 0, len(names))
	for _, name := range names {
		c := Claims{Name: name, Icon: "key"}
		switch name {
		case "openid":
			c.Title, c.Detail, c.Icon = "scope.openid", "scope.openid.detail", "person"
		case "profile":
			c.Title, c.Detail, c.Icon = "scope.profile", "scope.profile.detail", "card"
		case "email":
			c.Title, c.Icon = "scope.email", "mail"
		case "address":
			c.Title, c.Icon = "scope.address", "home"
		case "phone":
			c.Title, c.Icon = "scope.phone", "phone"
		case "offline_access":
			c.Title, c.Detail, c.Icon = "scope.offline", "scope.offline.detail", "clock"
		}
		out = append(out, c)
	}
	return out
}
