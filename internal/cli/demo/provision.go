package demo

import (
	"context"
	"fmt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/app"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
)

// person is somebody who may sign in to the demonstration.
type person struct {
	username, given, family, role, may string
	password                           string
}

// cast is what the demonstration is made of.
type cast struct {
	people         []*person
	calendar, hire client.Client
	calendarSecret secret.Secret
	hireSecret     secret.Secret
	calendarURL    string
	hireURL        string
	calendarAPI    resource.Resource
}

// The permissions of MyCalApp's API, and the scopes that need them.
const (
	readPermission  = "events.read"
	writePermission = "events.write"
)

// provision makes two applications, an API, two roles and two people, as an administrator
// would.
func provision(ctx context.Context, a *app.App, calendarURL, hireURL string) (*cast, error) {
	who, g, tenant := caller.Local("demo"), a.Guard, id.Default
	c := &cast{calendarURL: calendarURL, hireURL: hireURL, people: []*person{
		{username: "wendy", given: "Wendy", family: "Writer", role: "calendar-editor", may: "may read and write events"},
		{username: "rob", given: "Rob", family: "Reader", role: "calendar-reader", may: "may only read them"},
	}}
	var err error
	c.calendar, c.calendarSecret, err = client.Create(ctx, g, who, a.Root, tenant, client.Client{Name: "MyCalApp", Metadata: client.Metadata{
		RedirectURIs: uris(calendarURL + "/callback"), PostLogoutURIs: uris(calendarURL + "/"), FirstParty: true,
		Scopes: oauth.Scopes(oauth.ScopeOpenID, oauth.ScopeProfile),
	}})
	if err != nil {
		return nil, fmt.Errorf("register MyCalApp: %w", err)
	}
	c.calendarAPI, err = resource.Create(ctx, g, who, tenant, resource.Resource{
		Audience: oauth.Resource(calendarURL + "/api"), Name: "MyCalApp", Client: string(c.calendar.ID),
		Scopes: []resource.Scope{
			{Name: "read:events", Description: "See the events in your calendar", Permission: readPermission},
			{Name: "write:events", Description: "Add events to your calendar", Permission: writePermission},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("register MyCalApp's API: %w", err)
	}
	c.hire, c.hireSecret, err = client.Create(ctx, g, who, a.Root, tenant, client.Client{Name: "HireMe123", Metadata: client.Metadata{
		RedirectURIs: uris(hireURL + "/callback"), Resources: []oauth.Resource{c.calendarAPI.Audience},
		Scopes: oauth.Scopes(oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeOfflineAccess, "read:events", "write:events"),
	}})
	if err != nil {
		return nil, fmt.Errorf("register HireMe123: %w", err)
	}
	permission := func(names ...string) (out []role.Permission) {
		for _, n := range names {
			out = append(out, role.Permission{Resource: string(c.calendarAPI.ID), Name: n})
		}
		return out
	}
	for name, may := range map[string][]role.Permission{
		"calendar-editor": permission(readPermission, writePermission),
		"calendar-reader": permission(readPermission),
	} {
		r, err := role.Create(ctx, g, who, tenant, role.Role{Name: name, Permissions: may})
		if err != nil {
			return nil, fmt.Errorf("make the role %s: %w", name, err)
		}
		for _, p := range c.people {
			if p.role == name {
				if err := p.join(ctx, a, who, r); err != nil {
					return nil, fmt.Errorf("make %s's account: %w", p.username, err)
				}
			}
		}
	}
	return c, nil
}

func (p *person) join(ctx context.Context, a *app.App, who caller.Caller, r role.Role) error {
	made, err := account.Create(ctx, a.Guard, who, id.Default, account.New{
		Username: p.username, Email: p.username + "@example.com", EmailVerified: true,
		Claims: account.Claims{Name: p.given + " " + p.family, GivenName: p.given, FamilyName: p.family},
	})
	if err != nil {
		return err
	}
	if p.password, err = passphrase(); err != nil {
		return err
	}
	if err := a.SetPassword(ctx, who, id.Default, made.ID, secret.Of(p.password)); err != nil {
		return err
	}
	return membership.Bind(ctx, a.Guard, who, id.Default, membership.Role(r.ID), membership.Subject{Account: made.ID})
}

func uris(list ...string) (out []oauth.RegisteredURI) {
	for _, u := range list {
		parsed, err := oauth.ParseRedirectURI(u)
		if err != nil {
			panic("demo: " + u + ": " + err.Error()) // made of our own constants
		}
		out = append(out, parsed)
	}
	return out
}
