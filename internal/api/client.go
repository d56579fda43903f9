package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
)

// ClientSettings is what may be changed of a client. Names follow RFC 7591 §2 and OpenID
// Connect Dynamic Client Registration 1.0 §2.
type ClientSettings struct {
	// Name is what people read on the consent page.
	Name string `json:"client_name"`
	// AuthMethod is none (a public client), client_secret_basic (the default) or client_secret_post.
	AuthMethod string `json:"token_endpoint_auth_method,omitempty"`
	// Grants are authorization_code, refresh_token (both by default) and client_credentials.
	Grants []string `json:"grant_types,omitempty"`
	// RedirectURIs are compared byte by byte (RFC 9700 §4.1.3); loopback ports are free (RFC 8252 §7.3).
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	// PostLogoutURIs are where people may return after signing out.
	PostLogoutURIs []string `json:"post_logout_redirect_uris,omitempty"`
	// Scope is the most that the client may ask for, separated by spaces.
	Scope string `json:"scope,omitempty"`
	// Resources are the audience URIs of the APIs that it may ask for.
	Resources []string `json:"resources,omitempty"`
	// PKCEOptional lets a confidential OpenID client ask without PKCE.
	PKCEOptional bool `json:"pkce_optional,omitempty"`
	// IDTokenAlg is RS256 (the default), PS256, ES256 or EdDSA.
	IDTokenAlg string `json:"id_token_signed_response_alg,omitempty"`
	// UserinfoAlg signs the answers of userinfo; plain JSON if not given.
	UserinfoAlg string `json:"userinfo_signed_response_alg,omitempty"`
	// SubjectType is public (the default) or pairwise.
	SubjectType string `json:"subject_type,omitempty"`
	// Sector is the host under which pairwise subjects are made; the redirect URIs' if not given.
	Sector string `json:"sector_identifier,omitempty"`
	// FirstParty leaves out the consent page.
	FirstParty bool `json:"first_party,omitempty"`
	// DefaultMaxAge is how old a sign-in may be, in seconds; 0 for any age.
	DefaultMaxAge int64 `json:"default_max_age,omitempty"`
	// ClientURI is the application's home page.
	ClientURI string `json:"client_uri,omitempty"`
	// LogoURI is the application's logo.
	LogoURI string `json:"logo_uri,omitempty"`
	// PolicyURI is how the application handles people's data.
	PolicyURI string `json:"policy_uri,omitempty"`
	// TermsURI is the application's terms of service.
	TermsURI string `json:"tos_uri,omitempty"`
}

// Client is a client as the API shows it: never its secret.
type Client struct {
	// ID is the client_id.
	ID client.ID `json:"client_id"`
	ClientSettings
	// DisabledAt is when the client was stopped.
	DisabledAt time.Time `json:"disabled_at,omitzero"`
	// CreatedAt is when the client was registered.
	CreatedAt time.Time `json:"created_at"`
	// Version grows with every change; it is the entity tag.
	Version int64 `json:"version"`
}

func (c Client) version() int64 { return c.Version }

// NewClient is a client that was just registered.
type NewClient struct {
	Client
	// Secret is shown this once and stored nowhere. A public client has none.
	Secret string `json:"client_secret,omitempty"`
}

// RotateSecret says how to change a secret.
type RotateSecret struct {
	// Grace is how long the former secret is still accepted, in seconds; 24 hours if not given.
	Grace *int64 `json:"grace,omitempty"`
}

// ClientSecret is a new secret.
type ClientSecret struct {
	// ID is the client_id.
	ID client.ID `json:"client_id"`
	// Secret is shown this once and stored nowhere.
	Secret string `json:"client_secret"`
	// FormerUntil is how long the former secret is still accepted.
	FormerUntil time.Time `json:"former_secret_until"`
}

func clientEndpoints() []endpoint {
	return []endpoint{
		list("client.list", "/clients", client.ListAll, "List the clients.", nil, func(c *call, after string, limit int) ([]Client, error) {
			found, err := client.Page(c.ctx(), c.api.Guard, c.who, c.tenant, client.ID(after), limit)
			out := make([]Client, len(found))
			for i, x := range found {
				out[i] = showClient(x)
			}
			return out, err
		}, func(x Client) string { return string(x.ID) }),
		create("client.create", "/clients", client.Add, "Register a client. The answer holds its secret, this once.", func(c *call, in ClientSettings) (NewClient, error) {
			wish, err := in.parse()
			if err != nil {
				return NewClient{}, err
			}
			made, text, err := client.Create(c.ctx(), c.api.Guard, c.who, c.api.Root, c.tenant, wish)
			if err != nil {
				return NewClient{}, err
			}
			return NewClient{showClient(made), text.Reveal()}, nil
		}),
		get("client.show", "/clients/{id}", client.Show, "Look at a client.", nil, lookClient),
		change("client.update", "/clients/{id}", client.Change, "Change a client. One that becomes confidential needs a new secret next.", func(c *call) (ClientSettings, int64, error) {
			x, err := lookClient(c)
			return x.ClientSettings, x.Version, err
		}, updateClient),
		create("client.rotate_secret", "/clients/{id}/secret", client.Rotate, "Give a client a new secret. The answer holds it, this once.", rotateSecret),
		act("client.disable", http.MethodPost, "/clients/{id}/disable", client.Disable, "Stop a client: its tokens end at once.", stopClient(true)),
		act("client.enable", http.MethodPost, "/clients/{id}/enable", client.Enable, "Let a stopped client work again.", stopClient(false)),
		act("client.delete", http.MethodDelete, "/clients/{id}", client.Remove, "Delete a client and all its tokens.", func(c *call) error {
			return withClient(c, client.Delete)
		}),
	}
}

var errNoClient = guard.NotFound("There is no such application. `cardea client list` shows those that there are.")

func clientID(c *call) (client.ID, error) { return path[client.ID](c, "id", "cli", errNoClient) }

func withClient(c *call, do func(context.Context, *guard.Guard, caller.Caller, id.Tenant, client.ID) error) error {
	which, err := clientID(c)
	if err != nil {
		return err
	}
	return do(c.ctx(), c.api.Guard, c.who, c.tenant, which)
}

func lookClient(c *call) (Client, error) {
	which, err := clientID(c)
	if err != nil {
		return Client{}, err
	}
	found, err := client.Look(c.ctx(), c.api.Guard, c.who, c.tenant, which)
	return showClient(found), err
}

func updateClient(c *call, in ClientSettings, version int64) (Client, error) {
	wish, err := in.parse()
	if err != nil {
		return Client{}, err
	}
	if wish.ID, err = clientID(c); err != nil {
		return Client{}, err
	}
	wish.Version = version
	if _, err := client.Update(c.ctx(), c.api.Guard, c.who, c.tenant, wish); err != nil {
		return Client{}, err
	}
	return lookClient(c)
}

func rotateSecret(c *call, in RotateSecret) (ClientSecret, error) {
	which, err := clientID(c)
	if err != nil {
		return ClientSecret{}, err
	}
	grace := SecretGrace
	if in.Grace != nil {
		if *in.Grace < 0 || *in.Grace > int64(30*24*time.Hour/time.Second) {
			return ClientSecret{}, guard.Invalid("grace", "The former secret is accepted for 0 seconds to 30 days.")
		}
		grace = time.Duration(*in.Grace) * time.Second
	}
	text, err := client.RotateSecret(c.ctx(), c.api.Guard, c.who, c.api.Root, c.tenant, which, grace)
	if err != nil {
		return ClientSecret{}, err
	}
	return ClientSecret{which, text.Reveal(), c.api.Guard.Store().Now().Add(grace)}, nil
}

func stopClient(disabled bool) func(*call) error {
	return func(c *call) error {
		which, err := clientID(c)
		if err != nil {
			return err
		}
		return client.SetDisabled(c.ctx(), c.api.Guard, c.who, c.tenant, which, disabled)
	}
}

// parse turns the words of a request into a client; the room checks what they mean together.
func (s ClientSettings) parse() (x client.Client, err error) {
	x.Name = s.Name
	m := &x.Metadata
	m.AuthMethod, m.PKCEOptional, m.IDTokenAlg, m.UserinfoAlg = oauth.ClientAuthMethod(s.AuthMethod), s.PKCEOptional, s.IDTokenAlg, s.UserinfoAlg
	m.SubjectType, m.Sector, m.FirstParty, m.DefaultMaxAge = oauth.SubjectType(s.SubjectType), s.Sector, s.FirstParty, s.DefaultMaxAge
	m.ClientURI, m.LogoURI, m.PolicyURI, m.TermsURI = s.ClientURI, s.LogoURI, s.PolicyURI, s.TermsURI
	for _, g := range s.Grants {
		m.Grants = append(m.Grants, oauth.GrantType(g))
	}
	if m.RedirectURIs, err = parseURIs("redirect_uris", s.RedirectURIs); err != nil {
		return x, err
	}
	if m.PostLogoutURIs, err = parseURIs("post_logout_redirect_uris", s.PostLogoutURIs); err != nil {
		return x, err
	}
	if m.Scopes, err = oauth.ParseScopes(s.Scope); err != nil {
		return x, guard.Invalid("scope", "Scopes are printable ASCII words, separated by single spaces (RFC 6749 §3.3).")
	}
	for i, r := range s.Resources {
		parsed, err := oauth.ParseResource(r)
		if err != nil {
			return x, guard.Invalid("resources."+strconv.Itoa(i), "An API's audience is an absolute URI without fragment.")
		}
		m.Resources = append(m.Resources, parsed)
	}
	return x, nil
}

func parseURIs(field string, texts []string) (out []oauth.RegisteredURI, err error) {
	for i, text := range texts {
		u, err := oauth.ParseRedirectURI(text)
		if err != nil {
			return nil, guard.Invalid(field+"."+strconv.Itoa(i), err.Error())
		}
		out = append(out, u)
	}
	return out, nil
}

func showClient(x client.Client) Client {
	s := ClientSettings{
		Name: x.Name, AuthMethod: string(x.AuthMethod), Scope: x.Scopes.String(), PKCEOptional: x.PKCEOptional,
		IDTokenAlg: x.IDTokenAlg, UserinfoAlg: x.UserinfoAlg, SubjectType: string(x.SubjectType), Sector: x.Sector,
		FirstParty: x.FirstParty, DefaultMaxAge: x.DefaultMaxAge,
		ClientURI: x.ClientURI, LogoURI: x.LogoURI, PolicyURI: x.PolicyURI, TermsURI: x.TermsURI,
		Grants: texts(x.Grants), Resources: texts(x.Resources),
	}
	for _, u := range x.RedirectURIs {
		s.RedirectURIs = append(s.RedirectURIs, u.String())
	}
	for _, u := range x.PostLogoutURIs {
		s.PostLogoutURIs = append(s.PostLogoutURIs, u.String())
	}
	return Client{ID: x.ID, ClientSettings: s, DisabledAt: x.DisabledAt, CreatedAt: x.CreatedAt, Version: x.Version}
}

func texts[S ~string](list []S) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}
