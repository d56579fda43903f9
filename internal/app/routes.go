package app

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/api"
	"github.com/cardea-iam/cardea/internal/export"
	"github.com/cardea-iam/cardea/internal/oauth/introspect"
	"github.com/cardea-iam/cardea/internal/oauth/revoke"
	"github.com/cardea-iam/cardea/internal/oauth/userinfo"
	uiaccount "github.com/cardea-iam/cardea/internal/ui/account"
	uiaddress "github.com/cardea-iam/cardea/internal/ui/address"
	uiapproval "github.com/cardea-iam/cardea/internal/ui/approval"
	uibrand "github.com/cardea-iam/cardea/internal/ui/brand"
	uicode "github.com/cardea-iam/cardea/internal/ui/code"
	uiconsent "github.com/cardea-iam/cardea/internal/ui/consent"
	uidata "github.com/cardea-iam/cardea/internal/ui/data"
	uiinbox "github.com/cardea-iam/cardea/internal/ui/inbox"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	uipasskey "github.com/cardea-iam/cardea/internal/ui/passkey"
	uirecovery "github.com/cardea-iam/cardea/internal/ui/recovery"
	uiregistration "github.com/cardea-iam/cardea/internal/ui/registration"
	uisecurity "github.com/cardea-iam/cardea/internal/ui/security"
	uisignin "github.com/cardea-iam/cardea/internal/ui/signin"
	"github.com/cardea-iam/cardea/internal/web"
)

// routes is every door of the server.
func (a *App) routes() []web.Route {
	clients := a.clientAuth()
	visits, pages := a.visits, a.pages
	authorize := a.authorizeRoom(pages)
	desk := &own.Desk{Visits: visits, Translate: pages.Translate}
	secondFactors := &uisecurity.Codes{Desk: desk, TOTP: a.TOTP, Recovery: a.Recovery}
	phones := &uisecurity.Phones{Desk: desk, Phone: a.Phone}
	approvals := &uiapproval.Room{Desk: desk, Visits: visits, Approvals: a.Approvals, Place: a.Assurance.Place, Translate: pages.Translate}
	desk.Asks = approvals.Asks
	var development []web.Route
	if a.inbox != nil {
		development = (&uiinbox.Room{Visits: visits, Inbox: a.inbox, Translate: pages.Translate}).Routes()
	}
	return slices.Concat(
		development,
		a.metadataRoom().Routes(),
		authorize.Routes(),
		a.logoutRoom(pages).Routes(),
		a.tokenRoom(clients).Routes(),
		introspect.New(a.Store, a.Root, a.Mint, clients).Routes(),
		revoke.New(a.Guard, a.Root, a.Mint, clients).Routes(),
		userinfo.New(a.Store, a.Mint, a.Ring).Routes(),
		(&uisignin.Room{Visits: visits, Passwords: a.Passwords, Registers: a.registers, Puzzles: a.puzzles, Translate: pages.Translate}).Routes(),
		(&uiregistration.Room{Visits: visits, Registration: a.Registration, Passwords: a.Passwords, Translate: pages.Translate}).Routes(),
		(&uirecovery.Room{Visits: visits, Recovery: a.Recover, Passwords: a.Passwords, Translate: pages.Translate}).Routes(),
		(&uiaddress.Room{Desk: desk, Addresses: a.Addresses}).Routes(),
		(&uipasskey.Room{Visits: visits, Passkeys: a.Passkeys, Translate: pages.Translate}).Routes(),
		(&uisecurity.Room{Desk: desk, Passkeys: a.Passkeys, Codes: secondFactors, Phones: phones}).Routes(),
		a.Passkeys.Routes(),
		(&uiconsent.Room{Visits: visits, Asker: authorize, Translate: pages.Translate}).Routes(),
		(&uiaccount.Room{Desk: desk, Visits: visits, Passwords: a.Passwords, Resources: a.APIs, Assurance: a.Assurance, Standing: a.standing}).Routes(),
		(&uibrand.Room{Visits: visits, Brands: a.Brands, Translate: pages.Translate}).Routes(),
		(&uicode.Room{Visits: visits, TOTP: a.TOTP, Recovery: a.Recovery, Email: a.Email, Phone: a.Phone, Translate: pages.Translate}).Routes(),
		phones.Routes(),
		approvals.Routes(),
		secondFactors.Routes(),
		(&uidata.Room{Desk: desk, Visits: visits, Exports: export.New(a.Guard, a.Config.PublicURL, Exports(a.Guard.Log(), a.Passkeys)), Lifecycle: a.Lifecycle}).Routes(),
		api.New(api.Deps{
			Guard: a.Guard, Root: a.Root, Ring: a.Ring, Lifecycle: a.Lifecycle, Passwords: a.Passwords,
			Assurance: a.Assurance, FactorRemoved: a.factorRemoved, Brands: a.Brands, Imports: a.imports, Tenants: a.Tenants, Registration: a.Registration, Recovery: a.Recover,
		}).Routes(),
		(&notice.Room{Pages: pages, Setup: a.Setup, MinLength: a.Config.Password.MinLength}).Routes(),
	)
}

func rate(perSecond, burst int) web.Rate {
	return web.Rate{Count: perSecond, Per: time.Second, Burst: burst}
}

// unrouted answers what has no route: a page to a browser that asks for one, else plain text.
func (a *App) unrouted(w http.ResponseWriter, r *web.Request, err error) bool {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		return a.pages.Translate(w, r, err)
	}
	return web.PlainErrors(w, r, err)
}
