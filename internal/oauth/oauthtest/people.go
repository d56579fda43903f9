package oauthtest

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Redirect is the redirect URI of every client, Calendar and Tasks are APIs that MakeAPI makes.
const (
	Redirect = "https://app.example/cb"
	Calendar = "https://calendar.example/api"
	Tasks    = "https://tasks.example/api"
)

// Verifier is a code verifier, Challenge its challenge (RFC 7636 appendix B).
const Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// Challenge returns the challenge of Verifier.
func Challenge() oauth.CodeChallenge {
	c, err := oauth.ParseCodeChallenge(oauth.MethodS256, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
	if err != nil {
		panic(err)
	}
	return c
}

// App is a client with its secret, "" if it is public.
type App struct {
	client.Client
	Secret string
}

// MakeClient registers a client: confidential, all grants, all of OpenID Connect's scopes and the
// test APIs', unless change says otherwise.
func (w *World) MakeClient(change func(c *client.Client)) App {
	w.TB.Helper()
	uri, err := oauth.ParseRedirectURI(Redirect)
	w.check(err)
	c := client.Client{Name: "An app", Metadata: client.Metadata{
		AuthMethod: oauth.ClientAuthBasic, RedirectURIs: []oauth.RegisteredURI{uri}, IDTokenAlg: "ES256",
		Grants: []oauth.GrantType{oauth.GrantAuthorizationCode, oauth.GrantRefreshToken, oauth.GrantClientCredentials},
		Scopes: oauth.Scopes("openid", "profile", "email", "address", "phone", "offline_access", "read:events", "write:events", "read:tasks"),
	}}
	if change != nil {
		change(&c)
	}
	made, text, err := client.Create(context.Background(), w.Guard, Operator, w.Root, w.Tenant, c)
	w.check(err)
	return App{made, text.Reveal()}
}

// Public makes a client public.
func Public(c *client.Client) {
	c.AuthMethod = oauth.ClientAuthNone
	c.Grants = []oauth.GrantType{oauth.GrantAuthorizationCode, oauth.GrantRefreshToken}
}

// MakeAPI registers an API with the scopes read:x and write:x, of which write needs a permission.
func (w *World) MakeAPI(audience oauth.Resource, noun string, change func(r *resource.Resource)) resource.Resource {
	w.TB.Helper()
	r := resource.Resource{Audience: audience, Name: "The " + noun, Scopes: []resource.Scope{
		{Name: oauth.Scope("read:" + noun), Description: "See your " + noun},
		{Name: oauth.Scope("write:" + noun), Description: "Change your " + noun, Permission: noun + ".write"},
	}}
	if change != nil {
		change(&r)
	}
	made, err := resource.Create(context.Background(), w.Guard, Operator, w.Tenant, r)
	w.check(err)
	return made
}

// Person is an account with a session.
type Person struct {
	account.Account
	Session session.ID
}

// MakePerson makes an account and signs it in.
func (w *World) MakePerson(username string) Person {
	w.TB.Helper()
	a, err := account.Create(context.Background(), w.Guard, Operator, w.Tenant, account.New{
		Username: username, Email: username + "@example.com", EmailVerified: true, Claims: account.Claims{Name: "Ada " + username, GivenName: "Ada"},
	})
	w.check(err)
	return Person{a, w.SignIn(a)}
}

// SignIn starts a session.
func (w *World) SignIn(a account.Account) session.ID {
	w.TB.Helper()
	now := w.Clock.Now()
	s := session.Session{ID: session.ID(id.New("ses", now)), Account: a.ID, Epoch: a.Epoch, Idle: 400 * 24 * time.Hour, ExpiresAt: now.Add(400 * 24 * time.Hour)}
	digest := make([]byte, 32)
	rand.Read(digest) //nolint:errcheck // crypto/rand.Read never returns an error
	w.Write(func(tx *store.Tx) error { return session.Insert(tx, w.Tenant, s, digest, nil) })
	return s.ID
}

// Authorization is what a person gave a client, as the authorization endpoint notes it.
func (w *World) Authorization(p Person, c App, scopes string, resources ...oauth.Resource) issued.Code {
	w.TB.Helper()
	set, err := oauth.ParseScopes(scopes)
	w.check(err)
	return issued.Code{
		Client: c.ID, RedirectURI: Redirect, RedirectSent: true, Challenge: Challenge(),
		Account: p.ID, Epoch: p.Epoch, Session: string(p.Session), WithRefresh: true, IssuedAt: w.Clock.Now(),
		Terms: issued.Terms{
			Scopes: set, Resources: resources, Nonce: "n-0S6_WzA2Mj", AuthTime: w.Clock.Now().Add(-time.Minute),
			ACR: "aal1", AMR: []string{"pwd"}, SID: string(p.Session),
		},
	}
}

// Code stores an authorization and returns its code.
func (w *World) Code(c issued.Code) string {
	w.TB.Helper()
	code := secret.AuthorizationCode.Mint()
	w.Consent(c)
	w.Write(func(tx *store.Tx) error { return issued.PutCode(tx, w.Root, w.Tenant, code, c, issued.CodeLifetime) })
	return code.Reveal()
}

// Consent notes that the person, if there is one, allowed what an authorization says.
func (w *World) Consent(c issued.Code) {
	w.TB.Helper()
	w.Write(func(tx *store.Tx) error {
		if _, err := account.Get(tx.Read(), w.Tenant, c.Account); errors.Is(err, store.ErrNotFound) {
			return nil
		}
		for _, api := range append([]oauth.Resource{""}, c.Terms.Resources...) {
			if err := consent.Put(tx, w.Tenant, c.Account, c.Client, api, c.Terms.Scopes); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tokens are what a grant has led to.
type Tokens struct {
	Access, Refresh, ID string
	Grant               issued.GrantID
}

// Tokens makes a grant of an authorization and its tokens for an API, or for the issuer itself
// (the zero Resource), without the token endpoint.
func (w *World) Tokens(c App, a issued.Code, api resource.Resource) Tokens {
	w.TB.Helper()
	now := w.Clock.Now()
	g := issued.Grant{
		ID: issued.NewGrantID(now), Client: a.Client, Account: a.Account, Epoch: a.Epoch, Session: a.Session, Terms: a.Terms,
		Generation: 1, IdleUntil: now.Add(30 * 24 * time.Hour), ExpiresAt: now.Add(90 * 24 * time.Hour),
	}
	if a.Offline {
		g.Session = ""
	}
	i := w.Mint.Begin(mint.Order{
		Issuer: w.Issuer(), Client: c.Client, Resource: api, Scopes: a.Terms.Scopes, Reported: a.Terms.Scopes,
		Grant: &g, Generation: 1, WithIDToken: a.Terms.Scopes.Has(oauth.ScopeOpenID),
	}, now)
	w.Write(func(tx *store.Tx) error {
		if err := issued.InsertGrant(tx, w.Tenant, g); err != nil {
			return err
		}
		return i.Write(tx)
	})
	r, err := i.Sign(context.Background())
	w.check(err)
	return Tokens{r.AccessToken, r.RefreshToken, r.IDToken, g.ID}
}

// OwnToken makes a token of a client in its own name.
func (w *World) OwnToken(c App, api resource.Resource) string {
	w.TB.Helper()
	i := w.Mint.Begin(mint.Order{Issuer: w.Issuer(), Client: c.Client, Resource: api}, w.Clock.Now())
	w.Write(i.Write)
	r, err := i.Sign(context.Background())
	w.check(err)
	return r.AccessToken
}
