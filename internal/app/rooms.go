package app

import (
	"context"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/metadata"
	"github.com/cardea-iam/cardea/internal/oauth/token"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// rooms makes the rooms that are more than functions over rows.
func (a *App) rooms() error {
	hasher, err := argon.New(argon.Config{Current: password.Pepper(a.Root)})
	if err != nil {
		return err
	}
	rules, err := policy.New(a.Config.Password.MinLength, a.Config.Password.MinLengthWithMFA)
	if err != nil {
		return err
	}
	if a.Passwords, err = password.New(a.Guard, a.Root, a.Tenants, password.Options{Hasher: hasher, Policy: rules}); err != nil {
		return err
	}
	a.Lifecycle = lifecycle.New(a.Guard, endSessions, revokeGrants)
	return nil
}

// endSessions and revokeGrants end what an account that leaves has running.
func endSessions(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := session.EndAll(tx, tenant, who, "")
	return err
}

func revokeGrants(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := issued.RevokeOf(tx, tenant, who, "")
	return err
}

// clientAuth authenticates clients; one file of clientauth a method.
func (a *App) clientAuth() *clientauth.Authenticator {
	return clientauth.New(a.Clients, clientauth.None{}, clientauth.Basic{Root: a.Root, Clock: a.Store.Now}, clientauth.Post{Root: a.Root, Clock: a.Store.Now})
}

// tokenRoom is the token endpoint; one file of oauth/token a grant.
func (a *App) tokenRoom(clients *clientauth.Authenticator) *token.Room {
	o := token.Options{
		Guard: a.Guard, Root: a.Root, Mint: a.Mint, Resources: a.APIs, Permits: Permits,
		Lifetimes: token.Lifetimes{RefreshIdle: a.Config.Lifetimes.RefreshIdle, RefreshAbsolute: a.Config.Lifetimes.RefreshAbsolute},
	}
	return token.New(clients, token.Code(o), token.RefreshToken(o), token.ClientCredentials(o))
}

func (a *App) metadataRoom() *metadata.Room {
	return metadata.New(a.Ring, metadata.Options{Locales: []string{"en", "de"}, Reach: 1})
}

// Permits returns the scopes of an API that its permissions let a person have: scopes never
// grant what the user may not do.
func Permits(r *store.Reader, tenant id.Tenant, who account.ID, api resource.Resource) (oauth.ScopeSet, error) {
	held, err := membership.Permissions(r, tenant, who, string(api.ID))
	if err != nil {
		return oauth.ScopeSet{}, err
	}
	var may []oauth.Scope
	for _, s := range api.Scopes {
		if s.Permission == "" || slices.Contains(held, s.Permission) {
			may = append(may, s.Name)
		}
	}
	return oauth.Scopes(may...), nil
}

// SetPassword gives an account a password on an administrator's word; its sessions end.
func (a *App) SetPassword(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text string) error {
	return a.Passwords.Set(ctx, c, tenant, who, text, true)
}
