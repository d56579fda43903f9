// Package consent is the page on which a person decides what an app may do on
// their behalf. Nothing that was asked for is left out of it: what would be
// given stands above, what cannot be given stands below, each in plain words.
package consent

import (
	"embed"
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Names of the field that the page posts and its two values.
const (
	FieldDecision = "decision"
	Approve       = "approve"
	Deny          = "deny"
)

// Page asks for consent. Its form posts [FieldDecision]; what is decided upon
// is the stored interaction, never anything in the form.
type Page struct {
	part.Base
	App    part.App
	Person part.Person
	// SwitchURL leads to signing in as somebody else; empty hides it.
	SwitchURL string
	// Action is the local path that takes the decision.
	Action string
	// Identity are the requested OpenID Connect scopes, as in the protocol.
	Identity []string
	// APIs are the resources with the scopes that approval would grant.
	APIs []part.API
	// Withheld are the scopes which the app asked for and which the person may
	// not grant, because their account has no such right.
	Withheld []part.API
}

var page = part.Parse(files, "consent.html")

// Render writes the page.
func (p *Page) Render(w io.Writer) error { return page.Execute(w, p.Locale, p) }

// Claims are the OpenID Connect scopes in words.
func (p *Page) Claims() []part.Claims { return part.ExplainScopes(p.Identity) }

// Nothing says that approval would grant nothing at all.
func (p *Page) Nothing() bool { return len(p.Identity) == 0 && len(p.APIs) == 0 }

// AccountURL is the page on which consent is withdrawn.
func (p *Page) AccountURL() string { return p.Root + "/account/apps" }
