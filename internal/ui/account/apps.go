package account

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
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
	own.Frame
	Apps []ConnectedApp
}

var apps = own.Parse(files, "apps.html")

// Render writes the page.
func (p *Apps) Render(w io.Writer) error { return apps.Execute(w, p.Locale, p) }

// Withdraw asks whether to take an app's access back. Its form posts nothing
// but Hidden: Action names the consent.
type Withdraw struct {
	own.Frame
	App    ConnectedApp
	Action string
}

var withdraw = own.Parse(files, "withdraw.html")

// Render writes the page.
func (p *Withdraw) Render(w io.Writer) error { return withdraw.Execute(w, p.Locale, p) }
