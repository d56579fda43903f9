package client

import (
	"crypto/subtle"
	"embed"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "client", Files: files}

// ID is a client_id: "cli_…". It can never look like an account's id (RFC 9700 §4.15).
type ID string

// Client is a registered application.
type Client struct {
	ID         ID        `json:"client_id"`
	Name       string    `json:"client_name"`
	DisabledAt time.Time `json:"disabled_at,omitzero"`
	CreatedAt  time.Time `json:"created_at"`
	Version    int64     `json:"version"`
	Metadata

	digest, oldDigest []byte // HMAC of the secrets
	oldUntil          time.Time
}

// Metadata is what an administrator decides about a client; names follow RFC 7591 §2 and OpenID
// Connect Dynamic Client Registration 1.0 §2.
type Metadata struct {
	AuthMethod     oauth.ClientAuthMethod `json:"token_endpoint_auth_method"`
	Grants         []oauth.GrantType      `json:"grant_types"`
	RedirectURIs   []oauth.RegisteredURI  `json:"redirect_uris,omitempty"`
	PostLogoutURIs []oauth.RegisteredURI  `json:"post_logout_redirect_uris,omitempty"`
	Scopes         oauth.ScopeSet         `json:"scope"`                   // the most it may ask for
	Resources      []oauth.Resource       `json:"resources,omitempty"`     // the APIs it may ask for
	PKCEOptional   bool                   `json:"pkce_optional,omitempty"` // confidential OpenID clients only
	IDTokenAlg     string                 `json:"id_token_signed_response_alg"`
	UserinfoAlg    string                 `json:"userinfo_signed_response_alg,omitempty"` // "" is plain JSON
	SubjectType    oauth.SubjectType      `json:"subject_type"`
	Sector         string                 `json:"sector_identifier,omitempty"` // host; "" is the redirect URIs' host
	FirstParty     bool                   `json:"first_party,omitempty"`       // no consent page
	DefaultMaxAge  int64                  `json:"default_max_age,omitempty"`   // seconds; 0 for none
	ClientURI      string                 `json:"client_uri,omitempty"`
	LogoURI        string                 `json:"logo_uri,omitempty"`
	PolicyURI      string                 `json:"policy_uri,omitempty"`
	TermsURI       string                 `json:"tos_uri,omitempty"`
}

// Public reports whether the client can keep no secret (RFC 6749 §2.1).
func (c Client) Public() bool { return c.AuthMethod == oauth.ClientAuthNone }

// May reports whether the client may use a grant.
func (c Client) May(g oauth.GrantType) bool { return slices.Contains(c.Grants, g) }

// NeedsPKCE reports whether an authorization request without a challenge is refused: always,
// but for confidential clients marked otherwise (OAuth 2.1 §7.5.1).
func (c Client) NeedsPKCE() bool { return c.Public() || !c.PKCEOptional }

// MayReach reports whether the client may ask for tokens of an API.
func (c Client) MayReach(audience oauth.Resource) bool { return slices.Contains(c.Resources, audience) }

// ImpersonableRedirect reports whether other programs on the person's machine could receive at
// the redirect target: then consent is asked each time (RFC 8252 §8.6).
func ImpersonableRedirect(u oauth.RegisteredURI) bool { return u.IsLoopback() || u.IsPrivateScheme() }

// Proves reports whether text is the client's secret, or the one before it while that is still
// accepted. Every malformed or empty text is not.
func (c Client) Proves(root *secret.Root, text string, now time.Time) bool {
	token, err := secret.ClientSecret.Parse(text)
	if err != nil || c.Public() {
		return false
	}
	digest := root.Digest(secret.ClientSecret, token)
	if len(c.digest) == len(digest) && subtle.ConstantTimeCompare(c.digest, digest) == 1 {
		return true
	}
	return len(c.oldDigest) == len(digest) && now.Before(c.oldUntil) && subtle.ConstantTimeCompare(c.oldDigest, digest) == 1
}

// SectorIdentifier is the host under which pairwise subjects are made (OpenID Connect Core 1.0
// §8.1).
func (c Client) SectorIdentifier() string {
	if c.Sector != "" || len(c.RedirectURIs) == 0 {
		return c.Sector
	}
	u, err := url.Parse(c.RedirectURIs[0].String())
	if err != nil {
		return ""
	}
	return u.Host
}

// normalize fills defaults and says what is wrong with a client that someone wishes to have.
func (c *Client) normalize() error {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > 200 || strings.ContainsFunc(c.Name, func(r rune) bool {
		return r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	}) {
		return guard.Invalid("client_name", "Give the application a name of at most 200 bytes without control characters: people read it on the consent page.")
	}
	if c.AuthMethod == "" {
		c.AuthMethod = oauth.ClientAuthBasic
	}
	if _, err := oauth.ParseClientAuthMethod(string(c.AuthMethod)); err != nil {
		return guard.Invalid("token_endpoint_auth_method", "The authentication method is none, client_secret_basic or client_secret_post.")
	}
	if len(c.Grants) == 0 {
		c.Grants = []oauth.GrantType{oauth.GrantAuthorizationCode, oauth.GrantRefreshToken}
	}
	for _, g := range c.Grants {
		if _, err := oauth.ParseGrantType(string(g)); err != nil {
			return guard.Invalid("grant_types", "Grants are authorization_code, refresh_token and client_credentials.")
		}
	}
	if c.May(oauth.GrantClientCredentials) && c.Public() {
		return guard.Invalid("grant_types", "A client without a secret cannot use client_credentials (RFC 6749 §4.4).")
	}
	if c.May(oauth.GrantAuthorizationCode) && len(c.RedirectURIs) == 0 {
		return guard.Invalid("redirect_uris", "A client that signs people in needs a redirect URI: add --redirect-uri, or choose --grant client_credentials.")
	}
	if c.PKCEOptional && c.Public() {
		return guard.Invalid("pkce_optional", "A public client always proves PKCE.")
	}
	if c.Scopes.IsEmpty() {
		if c.May(oauth.GrantAuthorizationCode) {
			c.Scopes = oauth.Scopes(oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, oauth.ScopeAddress, oauth.ScopePhone, oauth.ScopeOfflineAccess)
		}
	}
	if c.SubjectType == "" {
		c.SubjectType = oauth.SubjectPublic
	}
	if _, err := oauth.ParseSubjectType(string(c.SubjectType)); err != nil {
		return guard.Invalid("subject_type", "The subject type is public or pairwise.")
	}
	if err := c.normalizeSector(); err != nil {
		return err
	}
	if c.IDTokenAlg == "" {
		c.IDTokenAlg = "RS256" // OpenID Connect Core 1.0 §2, its default
	}
	for field, alg := range map[string]string{"id_token_signed_response_alg": c.IDTokenAlg, "userinfo_signed_response_alg": c.UserinfoAlg} {
		switch alg {
		case "RS256", "ES256", "EdDSA", "PS256":
		case "":
		default:
			return guard.Invalid(field, "The algorithm is RS256, PS256, ES256 or EdDSA.")
		}
	}
	if c.DefaultMaxAge < 0 {
		return guard.Invalid("default_max_age", "A number of seconds is not negative.")
	}
	for field, link := range map[string]string{"client_uri": c.ClientURI, "logo_uri": c.LogoURI, "policy_uri": c.PolicyURI, "tos_uri": c.TermsURI} {
		if link == "" {
			continue
		}
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" && !(u.Scheme == "http" && u.Hostname() == "localhost") || u.Host == "" || len(link) > 1000 {
			return guard.Invalid(field, "A link is an https URL of at most 1000 bytes.")
		}
	}
	return nil
}

// normalizeSector demands one host for pairwise subjects (OpenID Connect Core 1.0 §8.1).
func (c *Client) normalizeSector() error {
	if c.SubjectType != oauth.SubjectPairwise || c.Sector != "" {
		return nil
	}
	hosts := map[string]bool{}
	for _, r := range c.RedirectURIs {
		if u, err := url.Parse(r.String()); err == nil {
			hosts[u.Host] = true
		}
	}
	if len(hosts) > 1 {
		return guard.Invalid("sector_identifier", "The redirect URIs have several hosts: name the one under which subjects are made with --sector.")
	}
	return nil
}
