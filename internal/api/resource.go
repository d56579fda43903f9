package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
)

// Resource is a protected API as the administration shows it.
type Resource struct{ resource.Resource }

func (r Resource) version() int64 { return r.Version }

// ResourceSettings is what may be changed of a protected API.
type ResourceSettings struct {
	// Audience is the absolute URI that names the API in requests (RFC 8707) and tokens.
	Audience string `json:"audience"`
	// Name is what people read on the consent page.
	Name string `json:"name"`
	// Format of its access tokens: jwt (the default) or opaque.
	Format string `json:"token_format,omitempty"`
	// Algorithm signs its access tokens: ES256 (the default), EdDSA, PS256 or RS256.
	Algorithm string `json:"token_alg,omitempty"`
	// Seconds is the life of its access tokens: 10 to 86400, 600 if not given.
	Seconds int64 `json:"token_seconds,omitempty"`
	// Client is the client_id that may introspect its tokens.
	Client string `json:"client,omitempty"`
	// Scopes is all its scopes.
	Scopes []resource.Scope `json:"scopes,omitempty"`
}

func (s ResourceSettings) wish() resource.Resource {
	return resource.Resource{Audience: oauth.Resource(s.Audience), Name: s.Name, Format: resource.TokenFormat(s.Format), Algorithm: s.Algorithm,
		Seconds: s.Seconds, Lifetime: time.Duration(min(max(s.Seconds, -1), 1<<31)) * time.Second, Client: s.Client, Scopes: s.Scopes}
}

var errNoResource = guard.NotFound("There is no such API. `cardea resource list` shows those that there are.")

func resourceID(c *call) (resource.ID, error) {
	return path[resource.ID](c, "id", "res", errNoResource)
}

func resourceEndpoints() []endpoint {
	return []endpoint{
		list("resource.list", "/resources", resource.ListAll, "List the protected APIs.", nil,
			func(c *call, after string, limit int) ([]resource.Resource, error) {
				return resource.Page(c.ctx(), c.api.Guard, c.who, c.tenant, resource.ID(after), limit)
			}, func(r resource.Resource) string { return string(r.ID) }),
		create("resource.create", "/resources", resource.Add, "Register a protected API with its scopes.", func(c *call, in ResourceSettings) (Resource, error) {
			r, err := resource.Create(c.ctx(), c.api.Guard, c.who, c.tenant, in.wish())
			if r.Scopes == nil {
				r.Scopes = []resource.Scope{}
			}
			return Resource{r}, err
		}),
		get("resource.show", "/resources/{id}", resource.Show, "Look at a protected API.", nil, lookResource),
		change("resource.update", "/resources/{id}", resource.Change, "Change a protected API or its scopes.", func(c *call) (ResourceSettings, int64, error) {
			r, err := lookResource(c)
			return ResourceSettings{string(r.Audience), r.Name, string(r.Format), r.Algorithm, r.Seconds, r.Client, r.Scopes}, r.Version, err
		}, func(c *call, in ResourceSettings, version int64) (Resource, error) {
			was, err := lookResource(c)
			if err != nil {
				return was, err
			}
			wish := in.wish()
			wish.ID, wish.Version, wish.DisabledAt = was.ID, version, was.DisabledAt
			if _, err := resource.Update(c.ctx(), c.api.Guard, c.who, c.tenant, wish); err != nil {
				return Resource{}, err
			}
			return lookResource(c)
		}),
		act("resource.delete", http.MethodDelete, "/resources/{id}", resource.Remove, "Delete a protected API: its tokens end.", func(c *call) error {
			which, err := resourceID(c)
			if err != nil {
				return err
			}
			return resource.Delete(c.ctx(), c.api.Guard, c.who, c.tenant, which)
		}),
	}
}

func lookResource(c *call) (Resource, error) {
	which, err := resourceID(c)
	if err != nil {
		return Resource{}, err
	}
	r, err := resource.Look(c.ctx(), c.api.Guard, c.who, c.tenant, which)
	return Resource{r}, err
}
