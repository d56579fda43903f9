package own

import (
	"embed"
	"io/fs"
	"strings"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Paths of the pages, below the tenant's root.
const (
	PathOverview = "/account"
	PathProfile  = "/account/profile"
	PathAddress  = "/account/addresses"
	PathPassword = "/account/password"
	PathSecurity = "/account/security"
	PathSessions = "/account/sessions"
	PathApps     = "/account/apps"
	PathActivity = "/account/activity"
	PathData     = "/account/data"
	PathSignOut  = "/signout"
	PathSwitch   = "/signin/switch"
	PathApprove  = "/account/approve" // a sign-in on another device; no entry of the navigation
)

// navigation is one entry a page, in order. A page below one of them marks its parent.
var navigation = []NavItem{
	{URL: PathOverview, Label: "account.nav.overview", Icon: "home"},
	{URL: PathProfile, Label: "account.nav.profile", Icon: "card"},
	{URL: PathAddress, Label: "addresses.title", Icon: "mail"},
	{URL: PathPassword, Label: "account.nav.password", Icon: "lock"},
	{URL: PathSecurity, Label: "security.title", Icon: "shield"},
	{URL: PathSessions, Label: "account.nav.sessions", Icon: "computer"},
	{URL: PathApps, Label: "account.nav.apps", Icon: "apps"},
	{URL: PathActivity, Label: "activity.title", Icon: "clock"},
	{URL: PathData, Label: "data.title", Icon: "download"},
}

// NavItem is one entry of the navigation.
type NavItem struct {
	URL     string
	Label   part.Key
	Icon    string
	Current bool
}

// Frame is what the pages share: who is signed in, the navigation, and what was just done. Pages
// embed it and are parsed by Parse.
type Frame struct {
	part.Base
	Person part.Person
	// Page is the page's path below the tenant's root: the navigation marks it, or the entry above it.
	Page string
	// SwitchURL leads to the accounts of this browser, and to others.
	SwitchURL string
	// SignOutAction takes the POST that signs out.
	SignOutAction string
	// ApproveURL leads to a sign-in that waits for the person's approval; empty for none.
	ApproveURL string
	// Done is shown above the page, once, after a change; empty shows nothing.
	Done part.Key
}

// DoneMessage is the line above the page, nil if nothing was done.
func (f Frame) DoneMessage() *part.Message {
	if f.Done == "" {
		return nil
	}
	return part.Say(f.Done)
}

// Nav is the navigation with the page's entry marked.
func (f Frame) Nav() []NavItem {
	items, here := make([]NavItem, len(navigation)), -1
	for i, item := range navigation {
		items[i] = item
		items[i].URL = f.Root + item.URL
		if above := item.URL == f.Page || strings.HasPrefix(f.Page, item.URL+"/"); above && (here < 0 || len(item.URL) > len(navigation[here].URL)) {
			here = i
		}
	}
	if here >= 0 {
		items[here].Current = true
	}
	return items
}

// Paths lists the pages of the navigation.
func Paths() []string {
	var out []string
	for _, item := range navigation {
		out = append(out, item.URL)
	}
	return out
}

// URL is the address of one of the paths for this tenant.
func (f Frame) URL(path string) string { return f.Root + path }

// Parse declares a page of the frame, made of the named files.
func Parse(pages fs.FS, names ...string) *part.Template {
	return part.ParseLayers(part.Layer{FS: files, Names: []string{"frame.html"}}, part.Layer{FS: pages, Names: names})
}
