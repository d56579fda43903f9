package app

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/authorize"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	"github.com/cardea-iam/cardea/internal/oauth/logout"
	"github.com/cardea-iam/cardea/internal/oauth/metadata"
	"github.com/cardea-iam/cardea/internal/oauth/token"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/reputation"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/setup"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	uiaccount "github.com/cardea-iam/cardea/internal/ui/account"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// rooms makes the rooms that are more than functions over rows.
func (a *App) rooms() error {
	a.Notify = notify.New(a.Root, a.Config.PublicURL, a.Tenants)
	if a.Config.Mail.Inbox {
		a.inbox = inbox.New(a.Guard)
	}
	hasher, err := argon.New(argon.Config{Current: password.Pepper(a.Root)})
	if err != nil {
		return err
	}
	rules, err := policy.New(a.Config.Password.MinLength, a.Config.Password.MinLengthWithMFA)
	if err != nil {
		return err
	}
	if a.puzzles, err = puzzle.New(a.Root, a.Store.Now, puzzle.Default()); err != nil {
		return err
	}
	if a.Passwords, err = password.New(a.Guard, a.Root, a.Tenants, password.Options{Hasher: hasher, Policy: rules, Strain: a.puzzles, Warn: a.failures, Changed: a.passwordChanged}); err != nil {
		return err
	}
	if err := a.codes(); err != nil {
		return err
	}
	if a.Assurance, err = a.assuranceRoom(); err != nil {
		return err
	}
	a.imports = imports.New(a.Guard, a.Passwords)
	a.Lifecycle = lifecycle.New(a.Guard, endSessions, revokeGrants, a.Notify.Forget, interaction.Disprove, mailbox.Forget, approval.Forget, outofband.Forget)
	a.Lifecycle.Traces = []lifecycle.Effect{interaction.Forget, issued.Forget, a.Passwords.Forget, a.Throttle.Forget, outofband.Forget, mailbox.Forget, registration.Forget}
	a.Lifecycle.Letters = a.leaving()
	a.Setup = setup.New(a.Guard, a.Root, a.Passwords.Initial)
	l := a.Config.Lifetimes
	life := session.Lifetimes{
		Limit: session.Limit{Idle: l.SessionIdle, Absolute: l.SessionAbsolute},
		AAL2:  session.Limit{Idle: l.AAL2Idle, Absolute: l.AAL2Absolute}, AAL3: session.Limit{Idle: l.AAL3Idle, Absolute: l.AAL3Absolute},
	}
	if a.Passkeys, err = passkey.New(a.Guard, a.Root, passkey.Options{
		PublicURL: a.Config.PublicURL, Tenants: a.Tenants, Settings: setting.NewDirectory(a.Store), Others: a.besidePasskeys, Warn: a.passkeyChanged,
	}); err != nil {
		return err
	}
	a.Registration = registration.New(registration.Options{Guard: a.Guard, Root: a.Root, Mailbox: a.Mailbox, Letters: a.Notify, Choose: a.firstPassword})
	if a.signin, err = signin.New(signin.Options{
		Guard: a.Guard, Tenants: a.Tenants, Lifetimes: life, Assurance: a.Assurance, Devices: a.Passwords,
		Offers: credential.Offered, Unusual: a.unusual, Asking: []signin.Asking{a.Registration},
	}, a.factors()...); err != nil {
		return err
	}
	a.joining()
	a.Brands = brand.New(a.Guard, part.Words{})
	a.visits = &visit.Room{Brands: a.Brands, Guard: a.Guard, Browser: browser.New(a.Store, a.Root), Tenants: a.Tenants, Clients: a.Clients, SignIn: a.signin}
	a.pages = notice.NewPages(a.visits)
	return nil
}

// factors are the ways to prove who one is, in the order in which they are asked for. Recovery codes
// are what is left when the others are not at hand.
func (a *App) factors() []signin.Factor {
	return []signin.Factor{a.Passwords, a.Passkeys, a.TOTP, a.Approvals, a.Phone.SMS(), a.Phone.Voice(), a.Email, a.Recovery}
}

// besidePasskeys are the factors but passkeys: what a person proves or signs in with without one.
func (a *App) besidePasskeys() (out []passkey.Way) {
	for _, f := range a.factors() {
		if f.Kind() != factor.Passkey {
			out = append(out, f)
		}
	}
	return out
}

// passkeyChanged tells a person what happened to one of their passkeys.
func (a *App) passkeyChanged(tx *store.Tx, tenant id.Tenant, who account.ID, what passkey.Notice, name string) error {
	switch what {
	case passkey.Added:
		return a.Notify.Warn(tx, tenant, who, notify.FactorAdded, notify.Values{"factor": string(factor.Passkey)})
	case passkey.Cloned:
		return a.Notify.Warn(tx, tenant, who, notify.PasskeyCloned, notify.Values{"name": name})
	case passkey.Removed:
	}
	return a.factorRemoved(tx, tenant, who, factor.Passkey)
}

// factorRemoved tells a person that a credential is gone.
func (a *App) factorRemoved(tx *store.Tx, tenant id.Tenant, who account.ID, k factor.Kind) error {
	return a.Notify.Warn(tx, tenant, who, notify.FactorRemoved, notify.Values{"factor": string(k)})
}

// assuranceRoom decides which proof is enough, with the files that the operator gave.
func (a *App) assuranceRoom() (*assurance.Room, error) {
	places, err := geo.Open(a.log, a.Config.GeoIPFiles...)
	if err != nil {
		return nil, err
	}
	list, err := reputation.Open(a.Config.ReputationFile, a.log)
	if err != nil {
		return nil, err
	}
	return assurance.New(a.Guard, assurance.Options{Geo: places, Reputation: list})
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
		Guard: a.Guard, Root: a.Root, Mint: a.Mint, Resources: a.APIs, Permits: permits,
		Lifetimes: token.Lifetimes{RefreshIdle: a.Config.Lifetimes.RefreshIdle, RefreshAbsolute: a.Config.Lifetimes.RefreshAbsolute},
	}
	return token.New(clients, token.Code(o), token.RefreshToken(o), token.ClientCredentials(o))
}

func (a *App) metadataRoom() *metadata.Room {
	return metadata.New(a.Ring, metadata.Options{Locales: locales(), Reach: signin.Best(a.factors()...)})
}

// locales are the languages of the pages, as discovery lists them.
func locales() []string {
	var tags []string
	for _, l := range part.Locales() {
		tags = append(tags, string(l))
	}
	return tags
}

func (a *App) authorizeRoom(pages *notice.Pages) *authorize.Room {
	return &authorize.Room{
		Guard: a.Guard, Root: a.Root, Ring: a.Ring, Clients: a.Clients, Resources: a.APIs, Browser: browser.New(a.Store, a.Root),
		Pages: pages, Permits: permits, Subject: a.Mint.Subject, SID: a.Mint.SID, Suffices: a.suffices, Reach: signin.Best(a.factors()...), CodeLifetime: a.Config.Lifetimes.Code,
	}
}

// suffices asks the dispatcher whether a session is enough for an application.
func (a *App) suffices(r *web.Request, about interaction.About, s session.Session) (bool, error) {
	i := interaction.Interaction{Kind: interaction.Authorize, About: about}
	return a.signin.Suffices(r.Context(), visit.Tenant(r), i, s, visit.Arrival(r))
}

func (a *App) logoutRoom(pages *notice.Pages) *logout.Room {
	return &logout.Room{
		Guard: a.Guard, Ring: a.Ring, Clients: a.Clients, Browser: browser.New(a.Store, a.Root),
		Pages: pages, Subject: a.Mint.Subject, SID: a.Mint.SID, Home: "/account",
	}
}

// permits returns the scopes of an API that its permissions let a person have: scopes never
// grant what the user may not do.
func permits(r *store.Reader, tenant id.Tenant, who account.ID, api resource.Resource) (oauth.ScopeSet, error) {
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

// SetPassword gives an account a password on an administrator's word; its sessions and tokens end.
func (a *App) SetPassword(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, text secret.Secret) error {
	return a.Passwords.Set(ctx, c, tenant, who, text.Reveal(), true)
}

// standing is how an account is kept safe.
func (a *App) standing(r *store.Reader, tenant id.Tenant, who account.ID) (s uiaccount.Standing, err error) {
	if s.PasswordChangedAt, err = password.ChangedAt(r, tenant, who); err != nil {
		return s, err
	}
	keys, err := a.Passkeys.Keys(r, tenant, who)
	if err != nil {
		return s, err
	}
	app, err := a.TOTP.State(r, tenant, who)
	if err != nil {
		return s, err
	}
	paper, err := a.Recovery.State(r, tenant, who)
	s.Passkeys, s.Authenticator, s.PaperLeft = len(keys), !app.Since.IsZero(), paper.Left
	s.Paper = s.Passkeys > 0 || s.Authenticator
	return s, err
}

// leaving tells people what happens to an account that is deleted.
func (a *App) leaving() lifecycle.Letters {
	return lifecycle.Letters{
		DeletionAsked: func(tx *store.Tx, tenant id.Tenant, who account.ID, due time.Time) error {
			link, err := a.Notify.Link(tenant, own.PathOverview, nil)
			if err != nil {
				return err
			}
			return a.Notify.Warn(tx, tenant, who, notify.DeletionRequested, notify.Values{"date": due.Format(time.RFC3339), "link": link})
		},
		DeletionCancelled: func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
			return a.Notify.Warn(tx, tenant, who, notify.DeletionCancelled, nil)
		},
		Erased: func(tx *store.Tx, tenant id.Tenant, was account.Account) error {
			return a.Notify.Warn(tx, tenant, was.ID, notify.Erased, nil)
		},
	}
}
