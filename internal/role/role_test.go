package role_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, role.Migrations}
	operator = caller.Local("")
)

// each gives fn a guard, in whose world every account has the role that its id names, and a
// second tenant.
func each(t *testing.T, fn func(t *testing.T, g *guard.Guard, other id.Tenant)) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(func(_ *store.Reader, q policy.Request, f *policy.Facts) error {
			f.CallerRoles = []string{q.Caller.ID}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		other, err := tenant.Create(t.Context(), g, operator, id.Default, tenant.Tenant{Name: "other"})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, g, other.ID)
	})
}

var code = guardtest.Code

func second[T any](_ T, err error) error { return err }

func TestLifeOfARole(t *testing.T) {
	each(t, func(t *testing.T, g *guard.Guard, _ id.Tenant) {
		ctx := t.Context()
		calendar := id.New("res", g.Store().Now())
		made, err := role.Create(ctx, g, operator, id.Default, role.Role{Name: "editor", Permissions: []role.Permission{{calendar, "write"}, {calendar, "read"}, {calendar, "write"}}})
		if err != nil || len(made.Permissions) != 2 {
			t.Fatalf("%+v %v", made, err)
		}
		if seen, err := role.Look(ctx, g, operator, id.Default, made.ID); err != nil || fmt.Sprint(seen) != fmt.Sprint(made) {
			t.Fatalf("made %+v\nseen %+v %v", made, seen, err)
		}
		wish := made
		wish.Name, wish.Permissions = "reader", []role.Permission{{calendar, "read"}}
		changed, err := role.Update(ctx, g, operator, id.Default, wish)
		if err != nil || changed.Version != 2 {
			t.Fatalf("%+v %v", changed, err)
		}
		if seen, err := role.Look(ctx, g, operator, id.Default, made.ID); err != nil || fmt.Sprint(seen) != fmt.Sprint(changed) {
			t.Errorf("changed %+v\nseen %+v %v", changed, seen, err)
		}
		if err := second(role.Update(ctx, g, operator, id.Default, wish)); code(err) != "conflict" {
			t.Errorf("an old version: %v", err)
		}
		if err := second(role.Create(ctx, g, operator, id.Default, role.Role{Name: "reader"})); code(err) != "conflict" {
			t.Errorf("the name again: %v", err)
		}
		if err := role.Delete(ctx, g, operator, id.Default, made.ID); err != nil {
			t.Fatal(err)
		}
		// AD11: the name made again is another role and holds nothing.
		again, err := role.Create(ctx, g, operator, id.Default, role.Role{Name: "reader"})
		if err != nil || again.ID == made.ID {
			t.Fatalf("%+v %v", again, err)
		}
		if seen, err := role.Look(ctx, g, operator, id.Default, again.ID); err != nil || len(seen.Permissions) != 0 {
			t.Errorf("%+v %v", seen, err)
		}
	})
}

func TestWhatIsNoRole(t *testing.T) {
	each(t, func(t *testing.T, g *guard.Guard, _ id.Tenant) {
		res := id.New("res", g.Store().Now())
		for field, list := range map[string][]role.Role{
			"name":        {{Name: "owner"}, {Name: "admin"}, {Name: "auditor"}, {Name: ""}, {Name: "Owner"}, {Name: "a b"}, {Name: "a\x00"}, {Name: "-a"}, {Name: strings.Repeat("a", 65)}},
			"description": {{Name: "a", Description: strings.Repeat("a", 301)}, {Name: "a", Description: "a\nb"}, {Name: "a", Description: "\xff"}},
			"permissions": {{Name: "a", Permissions: []role.Permission{{"calendar", "read"}}}, {Name: "a", Permissions: []role.Permission{{res, ""}}}, {Name: "a", Permissions: []role.Permission{{res, "a b"}}},
				{Name: "a", Permissions: []role.Permission{{res, "a\x00"}}}, {Name: "a", Permissions: slices.Repeat([]role.Permission{{res, "x"}}, role.MaxPermissions+1)}},
		} {
			for _, r := range list {
				var p *guard.Problem
				if err := second(role.Create(t.Context(), g, operator, id.Default, r)); !errors.As(err, &p) || p.Code != "invalid" || p.Field != field {
					t.Errorf("%+.80v: want %s refused, got %v", r, field, err)
				}
			}
		}
	})
}

// AD09 and AD20: an id of another tenant, and any other text, names no role; filters are values.
func TestAD09_RolesOfAnotherTenant(t *testing.T) {
	each(t, func(t *testing.T, g *guard.Guard, other id.Tenant) {
		ctx := t.Context()
		made, err := role.Create(ctx, g, operator, id.Default, role.Role{Name: "editor"})
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []role.ID{made.ID, "", "owner", "rol_'; DROP TABLE role; --", "rol_\x00", "\xff"} {
			for name, err := range map[string]error{
				"look":   second(role.Look(ctx, g, operator, other, target)),
				"update": second(role.Update(ctx, g, operator, other, role.Role{ID: target, Name: "x", Version: 1})),
				"delete": role.Delete(ctx, g, operator, other, target),
			} {
				if code(err) != "not_found" {
					t.Errorf("%s %q: %v", name, target, err)
				}
			}
			if target == made.ID {
				continue
			}
			for _, f := range []role.Filter{{Name: string(target) + "'"}, {Resource: string(target) + "'"}} {
				if list, err := role.Page(ctx, g, operator, id.Default, f, "", 10); err != nil || len(list) != 0 {
					t.Errorf("%+v: %d roles, %v", f, len(list), err)
				}
			}
		}
		if seen, err := role.Look(ctx, g, operator, id.Default, made.ID); err != nil || fmt.Sprint(seen) != fmt.Sprint(made) {
			t.Errorf("it changed: %+v %v", seen, err)
		}
	})
}

func TestAD13_WhoMayDoWhatToRoles(t *testing.T) {
	each(t, func(t *testing.T, g *guard.Guard, _ id.Tenant) {
		ctx := t.Context()
		for actor, want := range map[string]string{"owner": "create update look list delete", "admin": "create update look list delete", "auditor": "look list", "none": ""} {
			target, err := role.Create(ctx, g, operator, id.Default, role.Role{Name: "target-" + actor})
			if err != nil {
				t.Fatal(err)
			}
			c := caller.Person(actor, "", "", "", "")
			var did []string
			for _, v := range []struct {
				name string
				do   func() error
			}{
				{"create", func() error { return second(role.Create(ctx, g, c, id.Default, role.Role{Name: "by-" + actor})) }},
				{"update", func() error { return second(role.Update(ctx, g, c, id.Default, target)) }},
				{"look", func() error { return second(role.Look(ctx, g, c, id.Default, target.ID)) }},
				{"list", func() error { return second(role.Page(ctx, g, c, id.Default, role.Filter{}, "", 1)) }},
				{"delete", func() error { return role.Delete(ctx, g, c, id.Default, target.ID) }},
			} {
				if err := v.do(); err == nil {
					did = append(did, v.name)
				} else if code(err) != "access_denied" {
					t.Errorf("%s %s: %v", actor, v.name, err)
				}
			}
			if got := strings.Join(did, " "); got != want {
				t.Errorf("%s did %q, want %q", actor, got, want)
			}
		}
	})
}

func TestListFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, g *guard.Guard, _ id.Tenant) {
		ctx, res := t.Context(), id.New("res", g.Store().Now())
		for i := range 5 {
			r := role.Role{Name: fmt.Sprint("r", i)}
			if i%2 == 0 {
				r.Permissions = []role.Permission{{res, "read"}}
			}
			if _, err := role.Create(ctx, g, operator, id.Default, r); err != nil {
				t.Fatal(err)
			}
		}
		count := func(f role.Filter) (n int) {
			for after := role.ID(""); ; {
				page, err := role.Page(ctx, g, operator, id.Default, f, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					return n
				}
				n, after = n+len(page), page[len(page)-1].ID
			}
		}
		if a, b, c := count(role.Filter{}), count(role.Filter{Resource: res}), count(role.Filter{Name: "r3"}); a != 5 || b != 3 || c != 1 {
			t.Errorf("%d %d %d", a, b, c)
		}
	})
}
