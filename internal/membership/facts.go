package membership

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// ErrLastOwner is the refusal of a change that would leave the tenant without an owner.
var ErrLastOwner = guard.Conflict("This is the tenant's last owner. Make another enabled account an owner first.")

// Facts is the policy.Loader of built-in roles: the caller's, and those of the person whom the
// resource belongs to. It comes behind the loaders that tell whose something is.
func Facts(r *store.Reader, q policy.Request, f *policy.Facts) (err error) {
	if q.Caller.Kind == caller.Account {
		if f.CallerRoles, err = builtinRoles(r, r.Tenant(), account.ID(q.Caller.ID), true); err != nil {
			return err
		}
	}
	if f.ResourceOwner != "" {
		f.ResourceRoles, err = builtinRoles(r, r.Tenant(), account.ID(f.ResourceOwner), false)
	}
	return err
}

var _ policy.Loader = Facts

// KeepOwner runs a change and refuses it with ErrLastOwner if the tenant had an owner before and
// has none after. It holds against changes at the same time because its transactions are
// serializable.
func KeepOwner(tx *store.Tx, tenant id.Tenant, change func() error) error {
	had, err := owned(tx.Read(), tenant)
	if err != nil {
		return err
	}
	if err := change(); err != nil || !had {
		return err
	}
	has, err := owned(tx.Read(), tenant)
	if err == nil && !has {
		return ErrLastOwner
	}
	return err
}

// MakeOwner binds the role owner inside of another guarded operation: the set-up that makes the
// first administrator.
func MakeOwner(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	if err := bind(tx, tenant, Role(policy.Owner), Subject{Account: who}); err != nil {
		return err
	}
	return tx.Touch(Topic)
}

// HasOwner tells whether an enabled account governs the tenant: whether set-up is over.
func HasOwner(r *store.Reader, tenant id.Tenant) (bool, error) { return owned(r, tenant) }
