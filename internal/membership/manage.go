package membership

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// MaxPage is the most that a page of a list holds.
const MaxPage = 200

var (
	// ErrNoGroup is the refusal that meets a wish about a group that does not exist.
	ErrNoGroup = guard.NotFound("There is no such group. `cardea group list` shows those that there are.")

	errMoved     = guard.Conflict("Somebody changed this group meanwhile. Look at it again and repeat your change.")
	errTaken     = &guard.Problem{Code: "conflict", Field: "name", Public: "Another group has this name. Choose another."}
	errGoverns   = guard.Conflict("This group holds a built-in role. An owner takes the role from it first.")
	errRoleMoved = guard.Conflict("The roles of this group changed meanwhile. Try again.")
	errIsMember  = guard.Conflict("The account belongs to this group already.")
	errNoMember  = guard.NotFound("The account does not belong to this group.")
	errLimit     = guard.Invalid("limit", "Ask for 1 to 200 at a time.")
	errAfter     = guard.Invalid("after", "Give the last of the page before.")
)

// Create makes a group. Refusals: invalid, conflict (the name is taken).
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in Group) (Group, error) {
	if err := in.normalize(); err != nil {
		return in, err
	}
	in.CreatedAt, in.Version = g.Store().Now(), 1
	in.ID = GroupID(id.New("grp", in.CreatedAt))
	err := g.Do(ctx, c, AddGroup.On(tenant, in.ID, &GroupDetail{in.Name}), func(tx *store.Tx) error {
		return settle(tx, insertGroup(tx, tenant, in), ErrNoGroup, errTaken)
	})
	return in, err
}

// Update gives the group in.ID the name and description of in, if it still has in.Version.
// Refusals: invalid, not_found, conflict (the name is taken, or somebody else changed the group
// meanwhile).
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in Group) (Group, error) {
	if err := in.ID.Check(); err != nil {
		return in, err
	}
	if err := in.normalize(); err != nil {
		return in, err
	}
	var out Group
	err := g.Do(ctx, c, ChangeGroup.On(tenant, in.ID, &GroupDetail{in.Name}), func(tx *store.Tx) error {
		was, err := Get(tx.Read(), tenant, in.ID)
		if err != nil {
			return settle(tx, err, ErrNoGroup, errTaken)
		}
		out = in
		out.CreatedAt, out.Version = was.CreatedAt, was.Version+1
		return settle(tx, updateGroup(tx, tenant, in), errMoved, errTaken)
	})
	return out, err
}

// Delete removes a group; its members lose what it held. Refusals: not_found, conflict (it holds
// a built-in role).
func Delete(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID) error {
	if err := group.Check(); err != nil {
		return err
	}
	return g.Do(ctx, c, RemoveGroup.On(tenant, group, nil), func(tx *store.Tx) error {
		governs, err := governing(tx.Read(), tenant, group)
		if err != nil {
			return err
		}
		if governs {
			return errGoverns
		}
		return settle(tx, removeGroup(tx, tenant, group), ErrNoGroup, errTaken)
	})
}

// Join adds an account to a group; an owner's act if the group holds a built-in role. Refusals:
// not_found, conflict (it belongs to it already).
func Join(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID, who account.ID) error {
	return move(ctx, g, c, tenant, group, who, JoinGroup, Enlist, func(tx *store.Tx) error {
		err := join(tx, tenant, group, who)
		if store.IsMissingReference(err) {
			return account.ErrNone
		}
		return settle(tx, err, errNoMember, errIsMember)
	})
}

// Leave takes an account out of a group; an owner's act if the group holds a built-in role.
// Refusals: not_found, conflict (the last owner).
func Leave(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID, who account.ID) error {
	return move(ctx, g, c, tenant, group, who, LeaveGroup, Dismiss, func(tx *store.Tx) error {
		return KeepOwner(tx, tenant, func() error {
			return settle(tx, leave(tx, tenant, group, who), errNoMember, errIsMember)
		})
	})
}

// move does what changes the members of a group, as governance if the group governs. The group
// is looked at before, to know what to ask policy, and again inside.
func move(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID, who account.ID,
	plain, governance guard.Action[GroupID, MemberDetail], fn func(tx *store.Tx) error,
) error {
	if err := group.Check(); err != nil {
		return err
	}
	if err := who.Check(); err != nil {
		return err
	}
	var governs bool
	if err := g.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		governs, err = governing(r, tenant, group)
		return err
	}); err != nil {
		return err
	}
	action := plain
	if governs {
		action = governance
	}
	return g.Do(ctx, c, action.On(tenant, group, &MemberDetail{who}), func(tx *store.Tx) error {
		if _, err := Get(tx.Read(), tenant, group); err != nil {
			return settle(tx, err, ErrNoGroup, errTaken)
		}
		now, err := governing(tx.Read(), tenant, group)
		if err != nil {
			return err
		}
		if now != governs {
			return errRoleMoved
		}
		return fn(tx)
	})
}

// Look returns a group to whoever may inspect. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID) (out Group, err error) {
	if err := group.Check(); err != nil {
		return out, err
	}
	err = g.See(ctx, c, ShowGroup.On(tenant, group, nil), func(r *store.Reader) error {
		out, err = Get(r, tenant, group)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNoGroup
		}
		return err
	})
	return out, err
}

// Page lists up to limit groups behind an id for whoever may inspect. Refusal: invalid (limit,
// after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, f GroupFilter, after GroupID, limit int) (out []Group, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	if after != "" && after.Check() != nil {
		return nil, errAfter
	}
	err = g.See(ctx, c, ListGroups.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant, f, after, limit)
		return err
	})
	return out, err
}

// PageMembers lists up to limit members of a group behind an account for whoever may inspect.
// Refusals: invalid (limit, after), not_found.
func PageMembers(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, group GroupID, after account.ID, limit int) (out []Member, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	if after != "" && after.Check() != nil {
		return nil, errAfter
	}
	if err := group.Check(); err != nil {
		return nil, err
	}
	err = g.See(ctx, c, ShowGroup.On(tenant, group, nil), func(r *store.Reader) error {
		if _, err := Get(r, tenant, group); errors.Is(err, store.ErrNotFound) {
			return ErrNoGroup
		} else if err != nil {
			return err
		}
		out, err = Members(r, tenant, group, after, limit)
		return err
	})
	return out, err
}

// settle turns what the database says into refusals and tells the caches of a change.
func settle(tx *store.Tx, err error, none, taken error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return none
	case store.IsDuplicate(err):
		return taken
	case err != nil:
		return err
	}
	return tx.Touch(Topic)
}
