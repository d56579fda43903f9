package api

import (
	"context"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
)

// onTenant runs a use case on the tenant that the path names.
func onTenant(do func(context.Context, *guard.Guard, caller.Caller, id.Tenant, id.Tenant) error) func(*call) error {
	return func(c *call) error {
		target, err := tenantRef(c)
		if err != nil {
			return err
		}
		return do(c.ctx(), c.api.Guard, c.who, c.tenant, target)
	}
}

// onID runs a use case on what the path names by id. Use cases refuse malformed ids.
func onID[ID ~string](do func(context.Context, *guard.Guard, caller.Caller, id.Tenant, ID) error) func(*call) error {
	return func(c *call) error {
		return do(c.ctx(), c.api.Guard, c.who, c.tenant, ID(c.r.PathValue("id")))
	}
}
