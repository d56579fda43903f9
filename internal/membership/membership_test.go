package membership_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, role.Migrations, membership.Migrations}
	operator = caller.Local("")
)

// world is a database whose policy knows what membership's own Facts say.
type world struct {
	*guard.Guard
	t     *testing.T
	other id.Tenant
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{Guard: guard.New(s, engine), t: t}
		other, err := tenant.Create(t.Context(), w.Guard, operator, id.Default, tenant.Tenant{Name: "other"})
		if err != nil {
			t.Fatal(err)
		}
		w.other = other.ID
		fn(t, w)
	})
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// person makes an account with built-in roles.
func (w *world) person(name string, roles ...membership.Role) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.Guard, operator, id.Default, account.New{Username: name})
	w.ok(err)
	for _, r := range roles {
		w.ok(w.bind(operator, r, membership.Subject{Account: a.ID}))
	}
	return a.ID
}

func (w *world) group(name string) membership.GroupID {
	w.t.Helper()
	g, err := membership.Create(w.t.Context(), w.Guard, operator, id.Default, membership.Group{Name: name})
	w.ok(err)
	return g.ID
}

func (w *world) role(name, resource string, permissions ...string) membership.Role {
	w.t.Helper()
	r := role.Role{Name: name}
	for _, p := range permissions {
		r.Permissions = append(r.Permissions, role.Permission{Resource: resource, Name: p})
	}
	made, err := role.Create(w.t.Context(), w.Guard, operator, id.Default, r)
	w.ok(err)
	return membership.Role(made.ID)
}

func (w *world) bind(c caller.Caller, r membership.Role, s membership.Subject) error {
	return membership.Bind(w.t.Context(), w.Guard, c, id.Default, r, s)
}

func (w *world) unbind(c caller.Caller, r membership.Role, s membership.Subject) error {
	return membership.Unbind(w.t.Context(), w.Guard, c, id.Default, r, s)
}

func (w *world) join(c caller.Caller, g membership.GroupID, a account.ID) error {
	return membership.Join(w.t.Context(), w.Guard, c, id.Default, g, a)
}

func (w *world) leave(c caller.Caller, g membership.GroupID, a account.ID) error {
	return membership.Leave(w.t.Context(), w.Guard, c, id.Default, g, a)
}

func (w *world) disable(who account.ID, yes bool) {
	w.t.Helper()
	w.ok(w.Store().Write(w.t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
		at := tx.Now()
		if !yes {
			at = time.Time{}
		}
		return account.SetDisabled(tx, id.Default, who, at)
	}))
}

func (w *world) roles(who account.ID) string {
	w.t.Helper()
	var out []string
	w.ok(w.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) error {
		list, err := membership.RolesOf(r, id.Default, who)
		for _, x := range list {
			out = append(out, string(x))
		}
		return err
	}))
	return strings.Join(out, " ")
}

func (w *world) permissions(in id.Tenant, who account.ID, resource string) (out string) {
	w.t.Helper()
	w.ok(w.Store().Read(w.t.Context(), in, func(r *store.Reader) error {
		list, err := membership.Permissions(r, in, who, resource)
		out = strings.Join(list, " ")
		return err
	}))
	return out
}

func (w *world) hasOwner() (yes bool) {
	w.t.Helper()
	w.ok(w.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		yes, err = membership.HasOwner(r, id.Default)
		return err
	}))
	return yes
}

func as(who account.ID) caller.Caller { return caller.Person(string(who), "", "", "", "") }

func just(who account.ID) membership.Subject { return membership.Subject{Account: who} }

func all(g membership.GroupID) membership.Subject { return membership.Subject{Group: g} }

var code = guardtest.Code

func second[T any](_ T, err error) error { return err }

func TestPermissionsComeThroughRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		calendar, mail := id.New("res", w.Store().Now()), id.New("res", w.Store().Now())
		reader, editor, poster := w.role("reader", calendar, "read"), w.role("editor", calendar, "read", "write"), w.role("poster", mail, "send")
		ann, bob, team := w.person("ann"), w.person("bob"), w.group("team")
		w.ok(w.bind(operator, reader, just(ann)))
		w.ok(w.bind(operator, editor, all(team)))
		w.ok(w.bind(operator, poster, all(team)))
		check := func(step, onCalendar, onMail, bobs string) {
			t.Helper()
			if a, b, c := w.permissions(id.Default, ann, calendar), w.permissions(id.Default, ann, mail), w.permissions(id.Default, bob, calendar); a != onCalendar || b != onMail || c != bobs {
				t.Errorf("%s: calendar %q, mail %q; bob %q", step, a, b, c)
			}
		}
		check("at first", "read", "", "")
		w.ok(w.join(operator, team, ann))
		w.ok(w.join(operator, team, bob))
		check("in the team", "read write", "send", "read write")
		if got := w.permissions(w.other, ann, calendar); got != "" {
			t.Errorf("in another tenant: %q", got)
		}
		w.disable(ann, true)
		check("disabled", "", "", "read write")
		w.disable(ann, false)
		w.ok(role.Delete(t.Context(), w.Guard, operator, id.Default, role.ID(editor)))
		check("without the role", "read", "send", "")
		w.ok(w.leave(operator, team, ann))
		check("out of the team", "read", "", "")
		w.ok(w.unbind(operator, reader, just(ann)))
		check("unbound", "", "", "")
		w.ok(w.join(operator, team, ann))
		w.ok(membership.Delete(t.Context(), w.Guard, operator, id.Default, team))
		check("the team is gone", "", "", "")
	})
}

func TestGroupsAndBindingsRefuse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ann, team, reader := w.person("ann"), w.group("team"), w.role("reader", id.New("res", w.Store().Now()), "read")
		noRole, noGroup, nobody := membership.Role(id.New("rol", w.Store().Now())), membership.GroupID(id.New("grp", w.Store().Now())), account.NewID(w.Store().Now())
		w.ok(w.join(operator, team, ann))
		w.ok(w.bind(operator, reader, just(ann)))
		old := must(membership.Look(ctx, w.Guard, operator, id.Default, team))
		w.ok(second(membership.Update(ctx, w.Guard, operator, id.Default, membership.Group{ID: team, Name: "crew", Version: 1})))
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"join twice":            {w.join(operator, team, ann), "conflict"},
			"join nobody":           {w.join(operator, team, nobody), "not_found"},
			"join nothing":          {w.join(operator, noGroup, ann), "not_found"},
			"join oneself":          {w.join(operator, membership.GroupID(ann), ann), "not_found"},
			"a group joins a group": {w.join(operator, team, account.ID(team)), "not_found"},
			"leave what one is not": {w.leave(operator, team, nobody), "not_found"},
			"bind twice":            {w.bind(operator, reader, just(ann)), "conflict"},
			"bind to nobody":        {w.bind(operator, reader, just(nobody)), "not_found"},
			"bind to no group":      {w.bind(operator, reader, all(noGroup)), "not_found"},
			"bind no role":          {w.bind(operator, noRole, just(ann)), "not_found"},
			"bind a strange role":   {w.bind(operator, "Owner", just(ann)), "not_found"},
			"bind to none":          {w.bind(operator, reader, membership.Subject{}), "invalid"},
			"bind to both":          {w.bind(operator, reader, membership.Subject{Account: ann, Group: team}), "invalid"},
			"unbind what is not":    {w.unbind(operator, reader, all(team)), "not_found"},
			"unbind owner":          {w.unbind(operator, "owner", just(ann)), "not_found"},
			"the name again":        {second(membership.Create(ctx, w.Guard, operator, id.Default, membership.Group{Name: "crew"})), "conflict"},
			"a strange name":        {second(membership.Create(ctx, w.Guard, operator, id.Default, membership.Group{Name: "The Crew"})), "invalid"},
			"an old version":        {second(membership.Update(ctx, w.Guard, operator, id.Default, old)), "conflict"},
			"a page of none":        {second(membership.Page(ctx, w.Guard, operator, id.Default, membership.GroupFilter{}, "", 0)), "invalid"},
		} {
			if got := code(c.err); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	})
}

func TestListsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, res := t.Context(), id.New("res", w.Store().Now())
		x, y := w.role("x", res, "read"), w.role("y", res, "read")
		var people []account.ID
		var groups []membership.GroupID
		for i := range 5 {
			people, groups = append(people, w.person(fmt.Sprint("p", i))), append(groups, w.group(fmt.Sprint("g", i)))
		}
		for i := range 5 {
			if i > 0 {
				w.ok(w.join(operator, groups[0], people[i]))
				w.ok(w.join(operator, groups[i], people[0]))
			}
			w.ok(w.bind(operator, x, just(people[i])))
			w.ok(w.bind(operator, y, all(groups[i])))
		}
		w.ok(w.bind(operator, "auditor", just(people[3])))

		bindings := func(f membership.BindingFilter) (n int) {
			seen := map[string]bool{}
			for after := (membership.Binding{}); ; {
				page := must(membership.PageBindings(ctx, w.Guard, operator, id.Default, f, after, 2))
				if len(page) == 0 {
					return len(seen)
				}
				for _, b := range page {
					seen[fmt.Sprint(b.Role, b.Subject)] = true
				}
				after = page[len(page)-1]
			}
		}
		for name, c := range map[string]struct {
			f    membership.BindingFilter
			want int
		}{
			"all": {membership.BindingFilter{}, 11}, "role": {membership.BindingFilter{Role: x}, 5}, "built-in": {membership.BindingFilter{Role: "auditor"}, 1},
			"account": {membership.BindingFilter{Account: people[3]}, 2}, "group": {membership.BindingFilter{Group: groups[2]}, 1},
			"both": {membership.BindingFilter{Role: x, Group: groups[2]}, 0},
		} {
			if got := bindings(c.f); got != c.want {
				t.Errorf("%s: %d bindings, want %d", name, got, c.want)
			}
		}
		var members []account.ID
		for after := account.ID(""); ; {
			page := must(membership.PageMembers(ctx, w.Guard, operator, id.Default, groups[0], after, 2))
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				members, after = append(members, m.Account), m.Account
			}
		}
		want := slices.Sorted(slices.Values(people[1:]))
		if !slices.Equal(members, want) {
			t.Errorf("members %v, want %v", members, want)
		}
		if list := must(membership.Page(ctx, w.Guard, operator, id.Default, membership.GroupFilter{Member: people[0]}, "", 200)); len(list) != 4 {
			t.Errorf("%d groups of one account", len(list))
		}
		if list := must(membership.Page(ctx, w.Guard, operator, id.Default, membership.GroupFilter{Name: "g3"}, "", 200)); len(list) != 1 || list[0].ID != groups[3] {
			t.Errorf("by name: %v", list)
		}
	})
}

// AD09 and AD20: ids of another tenant, and any other text, name nothing; nothing is written.
func TestAD09_MembershipAcrossTenants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, g := t.Context(), w.Guard
		ann, team, reader := w.person("ann"), w.group("team"), w.role("reader", id.New("res", w.Store().Now()), "read")
		w.ok(w.join(operator, team, ann))
		theirs := must(account.Create(ctx, g, operator, w.other, account.New{Username: "eve"})).ID
		theirGroup := must(membership.Create(ctx, g, operator, w.other, membership.Group{Name: "team"})).ID
		for name, err := range map[string]error{
			"our account joins their group": membership.Join(ctx, g, operator, w.other, theirGroup, ann),
			"their account joins our group": membership.Join(ctx, g, operator, w.other, team, theirs),
			"leave":                         membership.Leave(ctx, g, operator, w.other, team, ann),
			"look":                          second(membership.Look(ctx, g, operator, w.other, team)),
			"members":                       second(membership.PageMembers(ctx, g, operator, w.other, team, "", 10)),
			"update":                        second(membership.Update(ctx, g, operator, w.other, membership.Group{ID: team, Name: "x", Version: 1})),
			"delete":                        membership.Delete(ctx, g, operator, w.other, team),
			"bind our role":                 membership.Bind(ctx, g, operator, w.other, reader, just(theirs)),
			"bind to our account":           membership.Bind(ctx, g, operator, w.other, "owner", just(ann)),
			"bind to our group":             membership.Bind(ctx, g, operator, w.other, "owner", all(team)),
			"strange group":                 membership.Delete(ctx, g, operator, id.Default, "grp_' OR 1=1 --"),
			"NUL":                           membership.Join(ctx, g, operator, id.Default, "grp_\x00", ann),
			"strange account":               membership.Join(ctx, g, operator, id.Default, team, "acc_\xff"),
			"strange role":                  membership.Bind(ctx, g, operator, id.Default, "rol_' --", just(ann)),
			"strange filter":                second(membership.PageBindings(ctx, g, operator, id.Default, membership.BindingFilter{Account: "' --"}, membership.Binding{}, 10)),
		} {
			if code(err) != "not_found" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list := must(membership.PageMembers(ctx, g, operator, id.Default, team, "", 10)); len(list) != 1 {
			t.Errorf("members: %v", list)
		}
		if list := must(membership.PageBindings(ctx, g, operator, w.other, membership.BindingFilter{}, membership.Binding{}, 10)); len(list) != 0 {
			t.Errorf("bindings: %v", list)
		}
	})
}

// AD11: what is made again under the same name inherits nothing.
func TestAD11_NamesMadeAgainInheritNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, res := t.Context(), id.New("res", w.Store().Now())
		ann, team, reader := w.person("ann", "admin"), w.group("team"), w.role("reader", res, "read")
		w.ok(w.join(operator, team, ann))
		w.ok(w.bind(operator, reader, all(team)))
		w.ok(w.bind(operator, reader, just(ann)))
		w.ok(w.Store().Write(ctx, id.Default, store.Serializable, func(tx *store.Tx) error { return account.Erase(tx, id.Default, ann) }))
		if again := w.person("ann"); w.roles(again) != "" || w.roles(ann) != "" {
			t.Errorf("the account holds %q", w.roles(again))
		}
		bob := w.person("bob")
		w.ok(membership.Delete(ctx, w.Guard, operator, id.Default, team))
		w.ok(w.join(operator, w.group("team"), bob))
		if got := w.roles(bob); got != "" {
			t.Errorf("the group holds %q", got)
		}
		w.ok(w.bind(operator, reader, just(bob)))
		w.ok(role.Delete(ctx, w.Guard, operator, id.Default, role.ID(reader)))
		w.role("reader", res, "read")
		if got := w.roles(bob) + w.permissions(id.Default, bob, res); got != "" {
			t.Errorf("the role is held: %q", got)
		}
	})
}
