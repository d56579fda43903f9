package api

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// Tenant is a tenant as the API shows it.
type Tenant struct{ tenant.Tenant }

func (t Tenant) version() int64 { return t.Tenant.Version }

// TenantSettings is what may be changed of a tenant.
type TenantSettings struct {
	// DisplayName is what people read on its pages; the name if not given.
	DisplayName string `json:"display_name,omitempty"`
	// MFAEnforced demands a second factor at every sign-in.
	MFAEnforced bool `json:"mfa_enforced,omitempty"`
}

// NewTenant is the wish for a tenant.
type NewTenant struct {
	// Name is in the path /t/{name} and the issuer; it never changes.
	Name string `json:"name"`
	TenantSettings
}

func tenantEndpoints() []endpoint {
	return []endpoint{
		list("tenant.list", "/tenants", tenant.ListAll, "List the tenants. In the default tenant only.", nil,
			func(c *call, after string, limit int) ([]tenant.Tenant, error) {
				return tenant.Page(c.ctx(), c.api.Guard, c.who, c.tenant, id.Tenant(after), limit)
			}, func(t tenant.Tenant) string { return string(t.ID) }),
		create("tenant.create", "/tenants", tenant.Add, "Create a tenant. In the default tenant only.", func(c *call, in NewTenant) (Tenant, error) {
			t, err := tenant.Create(c.ctx(), c.api.Guard, c.who, c.tenant, tenant.Tenant{Name: in.Name, DisplayName: in.DisplayName, MFAEnforced: in.MFAEnforced})
			return Tenant{t}, err
		}),
		get("tenant.show", "/tenants/{id}", tenant.Show, "Look at a tenant, by id or by name.", nil, func(c *call) (Tenant, error) {
			return tenantOf(c)
		}),
		change("tenant.update", "/tenants/{id}", tenant.Change, "Change a tenant's settings.", func(c *call) (TenantSettings, int64, error) {
			t, err := tenantOf(c)
			return TenantSettings{t.DisplayName, t.MFAEnforced}, t.Version, err
		}, func(c *call, in TenantSettings, version int64) (Tenant, error) {
			target, err := tenantRef(c)
			if err != nil {
				return Tenant{}, err
			}
			t, err := tenant.Update(c.ctx(), c.api.Guard, c.who, c.tenant, tenant.Tenant{ID: target, DisplayName: in.DisplayName, MFAEnforced: in.MFAEnforced, Version: version})
			return Tenant{t}, err
		}),
		act("tenant.disable", http.MethodPost, "/tenants/{id}/disable", tenant.TurnOff, "Disable a tenant: it serves nobody until it is enabled again.", onTenant(tenant.Disable)),
		act("tenant.enable", http.MethodPost, "/tenants/{id}/enable", tenant.TurnOn, "Enable a disabled tenant.", onTenant(tenant.Enable)),
		act("tenant.delete", http.MethodDelete, "/tenants/{id}", tenant.Remove, "Delete a tenant with everything in it; only its log stays.", onTenant(tenant.Delete)),
	}
}

func tenantOf(c *call) (Tenant, error) {
	target, err := tenantRef(c)
	if err != nil {
		return Tenant{}, err
	}
	t, err := tenant.Look(c.ctx(), c.api.Guard, c.who, c.tenant, target)
	return Tenant{t}, err
}

// tenantRef is the tenant that the path names by id or by name. Names are in public issuers;
// whether the caller may know more is decided by the use case.
func tenantRef(c *call) (id.Tenant, error) {
	text := c.r.PathValue("id")
	if tenant.CheckName(text) != nil || text == string(id.Default) {
		return id.Tenant(text), nil
	}
	var found tenant.Tenant
	err := c.api.Guard.Store().Read(c.ctx(), c.tenant, func(r *store.Reader) (err error) {
		found, err = tenant.ByName(r, text)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return id.Tenant(text), nil // the use case says that there is none
	}
	return found.ID, err
}
