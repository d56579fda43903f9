package resource

import (
	"embed"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "resource", Files: files}

// ID identifies a resource: "res_…".
type ID string

// TokenFormat is what the access tokens of a resource look like.
type TokenFormat string

// The token formats.
const (
	JWT    TokenFormat = "jwt"    // RFC 9068; the resource verifies it by itself
	Opaque TokenFormat = "opaque" // random; the resource asks the introspection endpoint (RFC 7662)
)

// MaxLifetime is the longest that an access token of any resource may live.
const MaxLifetime = 24 * time.Hour

// Resource is a protected API.
type Resource struct {
	ID         ID             `json:"id"`
	Audience   oauth.Resource `json:"audience"`
	Name       string         `json:"name"`
	Format     TokenFormat    `json:"token_format"`
	Algorithm  string         `json:"token_alg"`        // JOSE alg of its JWTs; default ES256
	Lifetime   time.Duration  `json:"-"`                // of its access tokens; 0 is the server's default
	Seconds    int64          `json:"token_seconds"`    // Lifetime in seconds
	Client     string         `json:"client,omitempty"` // the client that may introspect its tokens; "" for none
	Scopes     []Scope        `json:"scopes"`
	DisabledAt time.Time      `json:"disabled_at,omitzero"`
	CreatedAt  time.Time      `json:"created_at"`
	Version    int64          `json:"version"`
}

// Scope is one scope of a resource.
type Scope struct {
	Name        oauth.Scope `json:"name"`
	Description string      `json:"description"`          // plain words: "See your events"
	Permission  string      `json:"permission,omitempty"` // what the person must hold; "" for nothing
}

// Scope finds a scope by name.
func (r Resource) Scope(name oauth.Scope) (Scope, bool) {
	for _, s := range r.Scopes {
		if s.Name == name {
			return s, true
		}
	}
	return Scope{}, false
}

// Set is all scopes of the resource.
func (r Resource) Set() oauth.ScopeSet {
	names := make([]oauth.Scope, len(r.Scopes))
	for i, s := range r.Scopes {
		names[i] = s.Name
	}
	return oauth.Scopes(names...)
}

// normalize fills defaults and says what is wrong with a resource that someone wishes to have.
func (r *Resource) normalize() error {
	if _, err := oauth.ParseResource(string(r.Audience)); err != nil {
		return guard.Invalid("audience", "The audience must be an absolute URI without fragment, such as https://calendar.example/api.")
	}
	r.Name = strings.TrimSpace(r.Name)
	if r.Name == "" || len(r.Name) > 200 {
		return guard.Invalid("name", "Give the API a name of at most 200 bytes: people read it on the consent page.")
	}
	if r.Format == "" {
		r.Format = JWT
	}
	if r.Format != JWT && r.Format != Opaque {
		return guard.Invalid("token_format", "The token format is jwt or opaque.")
	}
	if r.Algorithm == "" {
		r.Algorithm = "ES256"
	}
	switch r.Algorithm {
	case "ES256", "RS256", "PS256", "EdDSA":
	default:
		return guard.Invalid("token_alg", "The algorithm is ES256, EdDSA, PS256 or RS256.")
	}
	if r.Lifetime == 0 {
		r.Lifetime = time.Duration(r.Seconds) * time.Second
	}
	if r.Lifetime != 0 && (r.Lifetime < 10*time.Second || r.Lifetime > MaxLifetime) {
		return guard.Invalid("token_seconds", "Access tokens live from 10 seconds to 24 hours; 0 is the server's default.")
	}
	r.Seconds = int64(r.Lifetime / time.Second)
	seen := map[oauth.Scope]bool{}
	for _, s := range r.Scopes {
		if _, err := oauth.ParseScope(string(s.Name)); err != nil || len(oauth.ScopeClaims(s.Name)) > 0 || s.Name == oauth.ScopeOpenID || s.Name == oauth.ScopeOfflineAccess {
			return guard.Invalid("scopes", "A scope's name is printable ASCII without spaces and none of OpenID Connect's own scopes.")
		}
		if seen[s.Name] {
			return guard.Invalid("scopes", "Scope "+string(s.Name)+" is listed twice.")
		}
		seen[s.Name] = true
		if strings.TrimSpace(s.Description) == "" || len(s.Description) > 300 {
			return guard.Invalid("scopes", "Scope "+string(s.Name)+" needs a description in plain words of at most 300 bytes: people decide by it.")
		}
		if len(s.Permission) > 100 {
			return guard.Invalid("scopes", "A permission's name has at most 100 bytes.")
		}
	}
	return nil
}
