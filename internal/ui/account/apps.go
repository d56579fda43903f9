package account

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// ConnectedApp is a client that acts on the person's behalf.
type ConnectedApp struct {
	part.App
	// Identity are the consented OpenID Connect scopes, as in the protocol.
	Identity []string
	// APIs are the resources with the consented scopes.
	APIs     []part.API
	Since    time.Time
	LastUsed time.Time // zero if never
	// WithdrawURL leads to the [Withdraw] page of the app.
	WithdrawURL string
}

// Claims are the OpenID Connect scopes in words.
func (a ConnectedApp) Claims() []part.Claims { return part.ExplainScopes(a.Identity) }

// Apps lists the clients to which the person gave consent.
type Apps struct {
	Frame
	Apps []ConnectedApp
}

var apps = part.Parse(files, "frame.html", "apps.html")

// Render writes the page.
func (p *Apps) Render(w io.Writer) error { return apps.Execute(w, p.Locale, p) }

// Nav is the navigation with this page marked.
func (p *Apps) Nav() []NavItem { return p.nav(PathApps) }

// Withdraw asks whether to take an app's access back. Its form posts nothing
// but Hidden: Action names the consent.
type Withdraw struct {
	Frame
	App    ConnectedApp
	Action string
}

var withdraw = part.Parse(files, "frame.html", "withdraw.html")

// Render writes the page.
func (p *Withdraw) Render(w io.Writer) error { return withdraw.Execute(w, p.Locale, p) }

// Nav is the navigation with the list of apps marked.
func (p *Withdraw) Nav() []NavItem { return p.nav(PathApps) }
