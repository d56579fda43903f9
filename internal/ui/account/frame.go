// Package account is a person's own pages: overview, profile, password, the
// sessions that are open, and the apps that act on their behalf.
package account

import (
	"embed"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Paths of the pages, below the tenant's root.
const (
	PathOverview = "/account"
	PathProfile  = "/account/profile"
	PathPassword = "/account/password"
	PathSessions = "/account/sessions"
	PathApps     = "/account/apps"
)

// Done is what the page reports after a change, once.
type Done = part.Key

// The changes that are reported.
const (
	ProfileSaved    Done = "account.done.profile"
	PasswordChanged Done = "account.done.password"
	SessionEnded    Done = "account.done.session"
	OthersEnded     Done = "account.done.others"
	AccessWithdrawn Done = "account.done.withdrawn"
)

// Frame is what the account pages share: who is signed in, the navigation, and
// what was just done.
type Frame struct {
	part.Base
	Person part.Person
	// SignOutAction takes the POST that signs out.
	SignOutAction string
	// Done is shown above the page; empty shows nothing.
	Done Done
}

// DoneMessage is the line above the page, nil if nothing was done.
func (f Frame) DoneMessage() *part.Message {
	if f.Done == "" {
		return nil
	}
	return part.Say(f.Done)
}

// NavItem is one entry of the navigation.
type NavItem struct {
	URL     string
	Label   part.Key
	Icon    string
	Current bool
}

// nav is the navigation with one entry marked.
func (f Frame) nav(current string) []NavItem {
	items := []NavItem{
		{URL: PathOverview, Label: "account.nav.overview", Icon: "home"},
		{URL: PathProfile, Label: "account.nav.profile", Icon: "card"},
		{URL: PathPassword, Label: "account.nav.password", Icon: "lock"},
		{URL: PathSessions, Label: "account.nav.sessions", Icon: "computer"},
		{URL: PathApps, Label: "account.nav.apps", Icon: "apps"},
	}
	for i := range items {
		items[i].Current = items[i].URL == current
		items[i].URL = f.Root + items[i].URL
	}
	return items
}

// URL is the address of one of the paths for this tenant.
func (f Frame) URL(path string) string { return f.Root + path }
