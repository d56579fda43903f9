package tenant_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// A room that tenant has never heard of: a tree of three tables with references.
var strangers = store.Migrations{Room: "stranger", Files: fstest.MapFS{"migrations/20261122_stranger.sql": {Data: []byte(`
CREATE TABLE a_leaf_of (tenant TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, id));
CREATE TABLE z_branch (tenant TEXT NOT NULL, id TEXT NOT NULL, root TEXT NOT NULL, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, root) REFERENCES a_leaf_of (tenant, id));
CREATE TABLE m_leaf (tenant TEXT NOT NULL, id TEXT NOT NULL, branch TEXT NOT NULL, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, branch) REFERENCES z_branch (tenant, id));
`)}}}

var schema = []store.Migrations{audit.Migrations, tenant.Migrations, strangers}

// everyoneIs gives every calling account the roles named in its id: "owner-1" is an owner.
func everyoneIs(_ *store.Reader, q policy.Request, f *policy.Facts) error {
	role, _, _ := strings.Cut(q.Caller.ID, "-")
	f.CallerRoles = []string{role}
	return nil
}

func open(t *testing.T, s *store.Store) *guard.Guard {
	t.Helper()
	engine, err := policy.New(everyoneIs)
	if err != nil {
		t.Fatal(err)
	}
	return guard.New(s, engine)
}

func person(name string) caller.Caller { return caller.Person(name, "", "", "", "") }

var operator = caller.Local("")

var code = guardtest.Code

func found(t *testing.T, g *guard.Guard, name string) tenant.Tenant {
	t.Helper()
	made, err := tenant.Create(t.Context(), g, operator, id.Default, tenant.Tenant{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestLifeOfATenant(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		g, ctx, d := open(t, s), t.Context(), tenant.NewDirectory(s)
		first, err := d.ByID(ctx, id.Default)
		if err != nil || first.Name != "default" {
			t.Fatalf("%+v %v", first, err)
		}
		if _, err := d.ByName(ctx, "acme"); !errors.Is(err, tenant.ErrNone) || !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("before it is made: %v", err)
		}
		made := found(t, g, "acme")
		if got, err := d.ByName(ctx, "acme"); err != nil || got != made {
			t.Fatalf("%+v, made %+v: %v", got, made, err)
		}
		if _, err := tenant.Create(ctx, g, operator, id.Default, tenant.Tenant{Name: "acme"}); code(err) != "conflict" {
			t.Errorf("the name again: %v", err)
		}
		wish := made
		wish.DisplayName, wish.MFAEnforced = "ACME Ltd", true
		changed, err := tenant.Update(ctx, g, operator, id.Default, wish)
		if err != nil || changed.Version != 2 {
			t.Fatalf("%+v %v", changed, err)
		}
		if got, err := d.ByID(ctx, made.ID); err != nil || got != changed {
			t.Errorf("found %+v, changed %+v: %v", got, changed, err)
		}
		if _, err := tenant.Update(ctx, g, operator, id.Default, wish); code(err) != "conflict" {
			t.Errorf("an old version: %v", err)
		}
		if err := tenant.Disable(ctx, g, operator, id.Default, made.ID); err != nil {
			t.Fatal(err)
		}
		for _, look := range []func() (tenant.Tenant, error){
			func() (tenant.Tenant, error) { return d.ByName(ctx, "acme") },
			func() (tenant.Tenant, error) { return d.ByID(ctx, made.ID) },
		} {
			if _, err := look(); !errors.Is(err, tenant.ErrNone) {
				t.Errorf("disabled, but found: %v", err)
			}
		}
		if err := tenant.Enable(ctx, g, operator, id.Default, made.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ByName(ctx, "acme"); err != nil {
			t.Errorf("enabled again: %v", err)
		}
		for _, none := range []id.Tenant{id.Tenant(id.New("ten", s.Now())), "ten_none", "", "*", "ten_\x00", "default' OR 1=1 --", "\xff"} {
			_, lookErr := tenant.Look(ctx, g, operator, id.Default, none)
			_, updateErr := tenant.Update(ctx, g, operator, id.Default, tenant.Tenant{ID: none})
			for name, err := range map[string]error{
				"disable": tenant.Disable(ctx, g, operator, id.Default, none),
				"enable":  tenant.Enable(ctx, g, operator, id.Default, none),
				"delete":  tenant.Delete(ctx, g, operator, id.Default, none),
				"look":    lookErr,
				"update":  updateErr,
			} {
				if code(err) != "not_found" {
					t.Errorf("%s %q: %v", name, none, err)
				}
			}
		}
		if err := tenant.Disable(ctx, g, operator, id.Default, id.Default); code(err) != "conflict" {
			t.Errorf("disable the default tenant: %v", err)
		}
	})
}

func TestNames(t *testing.T) {
	for _, good := range []string{"a", "a1", "acme-eu", strings.Repeat("a", 40)} {
		if err := tenant.CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "-a", "a-", "a--b", "A", "ä", "a b", "a/b", "a.b", "a\n", strings.Repeat("a", 41)} {
		if code(tenant.CheckName(bad)) != "invalid" {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestListPages(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		g := open(t, s)
		for _, n := range []string{"a", "b", "c"} {
			found(t, g, n)
		}
		var names []string
		for after := id.Tenant(""); ; {
			page, err := tenant.Page(t.Context(), g, person("auditor-1"), id.Default, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, x := range page {
				names = append(names, x.Name)
				after = x.ID
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != "a b c default" {
			t.Fatal(got)
		}
		for _, limit := range []int{-1, 0, 201} {
			if _, err := tenant.Page(t.Context(), g, operator, id.Default, "", limit); code(err) != "invalid" {
				t.Errorf("limit %d: %v", limit, err)
			}
		}
	})
}

// Role × mutation: what the roles of the default tenant, and of another, may do to tenants.
func TestAD13_WhoGovernsTenants(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		g, ctx := open(t, s), t.Context()
		own, other := found(t, g, "own"), found(t, g, "other")
		verbs := []struct {
			name string
			do   func(c caller.Caller, in id.Tenant, target tenant.Tenant) error
		}{
			{"create", func(c caller.Caller, in id.Tenant, _ tenant.Tenant) error {
				_, err := tenant.Create(ctx, g, c, in, tenant.Tenant{Name: "new"})
				return err
			}},
			{"update", func(c caller.Caller, in id.Tenant, x tenant.Tenant) error {
				now, err := tenant.Look(ctx, g, operator, id.Default, x.ID)
				if err != nil {
					return err
				}
				_, err = tenant.Update(ctx, g, c, in, now)
				return err
			}},
			{"look", func(c caller.Caller, in id.Tenant, x tenant.Tenant) error {
				_, err := tenant.Look(ctx, g, c, in, x.ID)
				return err
			}},
			{"list", func(c caller.Caller, in id.Tenant, _ tenant.Tenant) error {
				_, err := tenant.Page(ctx, g, c, in, "", 10)
				return err
			}},
			{"disable", func(c caller.Caller, in id.Tenant, x tenant.Tenant) error { return tenant.Disable(ctx, g, c, in, x.ID) }},
			{"enable", func(c caller.Caller, in id.Tenant, x tenant.Tenant) error { return tenant.Enable(ctx, g, c, in, x.ID) }},
			{"delete", func(c caller.Caller, in id.Tenant, x tenant.Tenant) error { return tenant.Delete(ctx, g, c, in, x.ID) }},
		}
		const all = "create update look list disable enable delete"
		for _, c := range []struct {
			who     caller.Caller
			in      id.Tenant
			target  tenant.Tenant
			allowed string
		}{
			{person("owner-1"), own.ID, own, "update look"},
			{person("owner-1"), own.ID, other, ""},
			{person("admin-1"), own.ID, own, "look"},
			{person("auditor-1"), own.ID, other, ""},
			{person("admin-1"), id.Default, other, "look list"},
			{person("auditor-1"), id.Default, other, "look list"},
			{person("nobody-1"), id.Default, other, ""},
			{caller.Nobody("", ""), id.Default, other, ""},
			{caller.Application("owner", "", ""), id.Default, other, ""},
			{person("owner-1"), id.Default, own, all},
			{operator, other.ID, other, strings.Replace(all, "create ", "", 1)}, // "new" is there by now
		} {
			var did []string
			for _, v := range verbs {
				if v.do(c.who, c.in, c.target) == nil {
					did = append(did, v.name)
				}
			}
			if got := strings.Join(did, " "); got != c.allowed {
				t.Errorf("%s of %s on %s did %q, want %q", c.who.Subject(), c.in, c.target.Name, got, c.allowed)
			}
		}
	})
}

func fill(t *testing.T, s *store.Store, x id.Tenant) {
	t.Helper()
	if err := s.Write(t.Context(), x, store.Serializable, func(tx *store.Tx) error {
		for _, sql := range []string{
			"INSERT INTO a_leaf_of (tenant, id) VALUES ($1, 'r')",
			"INSERT INTO z_branch (tenant, id, root) VALUES ($1, 'b', 'r')",
			"INSERT INTO m_leaf (tenant, id, branch) VALUES ($1, 'l', 'b')",
		} {
			if _, err := tx.Exec(sql, x); err != nil {
				return err
			}
		}
		return audit.NewLog(nil).Append(tx, 1, audit.Event{Tenant: x, Action: "x.do", Outcome: audit.Done, Caller: operator, Resource: "r", Detail: []byte("{}")})
	}); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *store.Store, x id.Tenant) map[string]int {
	t.Helper()
	out := map[string]int{}
	if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) error {
		for _, table := range []string{"a_leaf_of", "z_branch", "m_leaf", "event"} {
			var n int
			if err := r.One([]any{&n}, "SELECT count(*) FROM "+table+" WHERE tenant = $1", x); err != nil {
				return err
			}
			out[table] = n
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAD12_DeletedTenantLeavesNothingButItsLog(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		g, ctx := open(t, s), t.Context()
		gone, stays := found(t, g, "gone"), found(t, g, "stays")
		fill(t, s, gone.ID)
		fill(t, s, stays.ID)
		if err := tenant.Delete(ctx, g, person("owner-1"), id.Default, gone.ID); err != nil {
			t.Fatal(err)
		}
		for table, n := range count(t, s, gone.ID) {
			if want := map[string]int{"event": 1}[table]; n != want {
				t.Errorf("%s: %d rows of the deleted tenant, want %d", table, n, want)
			}
		}
		for table, n := range count(t, s, stays.ID) {
			if n != 1 {
				t.Errorf("%s: %d rows of the other tenant", table, n)
			}
		}
		if _, err := tenant.Look(ctx, g, operator, id.Default, gone.ID); code(err) != "not_found" {
			t.Errorf("the row is there: %v", err)
		}
		if err := tenant.Delete(ctx, g, operator, id.Default, id.Default); code(err) != "conflict" {
			t.Errorf("delete the default tenant: %v", err)
		}
		// AD11: a tenant of the same name is another tenant.
		if again := found(t, g, "gone"); again.ID == gone.ID {
			t.Error("the id was used again")
		}
		// The wall stands again: what follows on the same connection sees its own tenant alone.
		var seen int
		if err := s.Read(ctx, stays.ID, func(r *store.Reader) error {
			return r.One([]any{&seen}, "SELECT count(*) FROM a_leaf_of WHERE tenant = $1", stays.ID)
		}); err != nil || seen != 1 {
			t.Errorf("%d rows, %v", seen, err)
		}
	})
}

func TestCalled(t *testing.T) {
	for want, is := range map[string]tenant.Tenant{
		"Cardea":     {ID: id.Default, DisplayName: "Default"}, // nobody gave it a name
		"Example AG": {ID: id.Default, DisplayName: "Example AG"},
		"Default":    {ID: "ten_1", DisplayName: "Default"}, // somebody did
	} {
		if got := is.Called(); got != want {
			t.Errorf("%s %q is called %q, want %q", is.ID, is.DisplayName, got, want)
		}
	}
}
