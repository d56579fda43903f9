package membership_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
)

// AU25: the last owner stays, whichever way the role is held.
func TestAU25_TheLastOwnerStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.hasOwner() {
			t.Fatal("a fresh tenant has an owner")
		}
		ann, bob, chiefs := w.person("ann", "owner"), w.person("bob"), w.group("chiefs")
		if err := w.unbind(as(ann), "owner", just(ann)); !errors.Is(err, membership.ErrLastOwner) {
			t.Fatalf("unbound: %v", err)
		}
		w.ok(w.bind(as(ann), "owner", all(chiefs)))
		if err := w.unbind(as(ann), "owner", just(ann)); !errors.Is(err, membership.ErrLastOwner) {
			t.Fatalf("unbound, the group being empty: %v", err)
		}
		w.ok(w.join(as(ann), chiefs, bob))
		w.ok(w.unbind(as(ann), "owner", just(ann)))
		for name, err := range map[string]error{
			"leave":            w.leave(operator, chiefs, bob),
			"unbind the group": w.unbind(as(bob), "owner", all(chiefs)),
			"delete the group": membership.Delete(t.Context(), w.Guard, operator, id.Default, chiefs),
		} {
			if code(err) != "conflict" || w.roles(bob) != "owner" {
				t.Errorf("%s: %v", name, err)
			}
		}
		carl := w.person("carl", "owner")
		w.disable(carl, true)
		if err := w.leave(operator, chiefs, bob); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("the other owner is disabled: %v", err)
		}
		w.disable(carl, false)
		w.ok(w.leave(operator, chiefs, bob))
		if !w.hasOwner() || w.roles(bob) != "" {
			t.Errorf("owner %v, bob holds %q", w.hasOwner(), w.roles(bob))
		}
	})
}

// AD13: role × mutation of rights. After any of them nobody's built-in roles exceed the actor's.
func TestAD13_NobodyGivesMoreThanTheyHave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		res := id.New("res", w.Store().Now())
		w.person("root", "owner")
		for _, actor := range []membership.Role{"owner", "admin", "auditor", "none"} {
			var builtin []membership.Role
			if actor.Builtin() {
				builtin = append(builtin, actor)
			}
			me := w.person("me-"+string(actor), builtin...)
			reader := w.role("reader-"+string(actor), res, "read")
			team := w.group("team-" + string(actor))
			others := map[membership.Role]account.ID{}
			governing := map[membership.Role]membership.GroupID{}
			for _, r := range []membership.Role{"owner", "admin", "auditor"} {
				others[r] = w.person(string(r+"-")+string(actor), r)
				governing[r] = w.group(string(r+"s-") + string(actor))
				w.ok(w.bind(operator, r, all(governing[r])))
				w.ok(w.join(operator, governing[r], others[r]))
			}
			plain := w.person("plain-" + string(actor))
			may := map[string]bool{}
			try := func(kind string, err error) {
				t.Helper()
				if err != nil && code(err) != "access_denied" && (kind != "delete governing" || code(err) != "conflict") {
					t.Errorf("%s: %s: %v", actor, kind, err)
				}
				if err == nil {
					may[kind] = true
				}
			}
			for _, r := range []membership.Role{"owner", "admin", "auditor"} {
				for _, s := range []membership.Subject{just(plain), all(team)} {
					try("govern", w.bind(as(me), r, s))
					if actor == "owner" {
						try("govern", w.unbind(as(me), r, s))
					}
				}
				try("govern", w.join(as(me), governing[r], plain))
				try("govern", w.leave(as(me), governing[r], others[r]))
				try("govern", w.unbind(as(me), r, just(others[r])))
				try("delete governing", membership.Delete(ctx, w.Guard, as(me), id.Default, governing[r]))
				if actor != "owner" {
					try("govern", w.join(as(me), governing[r], me))
					if r != actor {
						try("govern", w.bind(as(me), r, just(me)))
					}
				}
			}
			try("administer", w.join(as(me), team, plain))
			try("administer", w.bind(as(me), reader, just(plain)))
			try("administer", w.bind(as(me), reader, all(team)))
			try("inspect", second(membership.Page(ctx, w.Guard, as(me), id.Default, membership.GroupFilter{}, "", 10)))
			try("inspect", second(membership.PageMembers(ctx, w.Guard, as(me), id.Default, team, "", 10)))
			try("inspect", second(membership.PageBindings(ctx, w.Guard, as(me), id.Default, membership.BindingFilter{}, membership.Binding{}, 10)))
			want := map[membership.Role]string{"owner": "map[administer:true govern:true inspect:true]", "admin": "map[administer:true inspect:true]", "auditor": "map[inspect:true]", "none": "map[]"}[actor]
			if got := fmt.Sprint(may); got != want {
				t.Errorf("%s may %s, want %s", actor, got, want)
			}
			if actor != "owner" {
				for _, who := range []account.ID{me, plain} {
					for _, r := range strings.Fields(w.roles(who)) {
						if membership.Role(r).Builtin() && membership.Role(r) != actor {
							t.Errorf("%s brought about that %s holds %s", actor, who, r)
						}
					}
				}
			}
		}
	})
}

// A disabled owner keeps the rank: an admin cannot change the account and wake it up.
func TestAD13_ADisabledOwnerKeepsTheRank(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin, owner := w.person("admin", "admin"), w.person("owner", "owner")
		w.person("other", "owner")
		w.disable(owner, true)
		if err := second(account.AddEmail(t.Context(), w.Guard, as(admin), id.Default, owner, "admin@a.example", true)); code(err) != "access_denied" {
			t.Errorf("an admin changed a disabled owner: %v", err)
		}
		if err := second(account.Look(t.Context(), w.Guard, as(owner), id.Default, admin)); code(err) != "access_denied" {
			t.Errorf("a disabled owner acts: %v", err)
		}
	})
}

// AD18: owners who demote each other at once leave one.
func TestAD18_DemotionsAtOnceLeaveAnOwner(t *testing.T) {
	const owners = 100
	each(t, func(t *testing.T, w *world) {
		var people []account.ID
		for i := range owners {
			people = append(people, w.person(fmt.Sprint("o", i), "owner"))
		}
		errs := make([]error, owners)
		var wg sync.WaitGroup
		for i := range owners {
			wg.Go(func() { errs[i] = w.unbind(as(people[(i+1)%owners]), "owner", just(people[i])) })
		}
		wg.Wait()
		if !w.hasOwner() {
			t.Fatal("no owner is left")
		}
		left := 0
		for i, who := range people {
			holds := w.roles(who) == "owner"
			if holds {
				left++
			}
			if c := code(errs[i]); c == "ok" && holds || c != "ok" && !holds || c != "ok" && c != "conflict" && c != "access_denied" {
				t.Errorf("%d: %v, holds owner: %v", i, errs[i], holds)
			}
		}
		if left == owners {
			t.Error("nobody was demoted")
		}
		t.Logf("%d of %d owners are left", left, owners)
	})
}
