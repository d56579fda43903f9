package app

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata. A difference is a change that a reviewer should
// see: go test ./internal/app -run Golden -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant: go test ./internal/app -run Golden -update\n%s", name, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n was %s\n is  %s", i+1, a, b)
		}
	}
	return ""
}

func opened(t *testing.T) *App {
	t.Helper()
	cfg, err := config.Load("", nil, map[string]string{"data": filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func TestGoldenRoutes(t *testing.T) {
	var b, public strings.Builder
	for _, r := range opened(t).Server.Routes() {
		if strings.HasPrefix(r.Name, "asset.") {
			continue // their paths change with their bytes
		}
		permission := r.Action
		if permission == "" {
			permission = "public"
			fmt.Fprintf(&public, "%s %s: %s\n", r.Method, r.Path, r.Public)
		}
		fmt.Fprintf(&b, "%-6s %-50s %s\n", r.Method, r.Path, permission)
	}
	golden(t, "routes.txt", sorted(b.String()))
	golden(t, "routes-without-permission.txt", sorted(public.String()))
}

func sorted(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func TestGoldenActions(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Actions\n<!-- go test ./internal/app -run Golden -update -->\nEvery verb of the server: the permission that policy decides on, and the type of the event in the log.\n\n| action | class | what it does |\n|---|---|---|\n")
	for _, a := range guard.Actions() {
		mode := ""
		if a.Mode == store.Conditional {
			mode = " (conditional)"
		}
		fmt.Fprintf(&b, "| `%s` | %s%s | %s |\n", a.Name, a.Class, mode, a.Doc)
	}
	golden(t, "../../../docs/actions.md", b.String())
}

// TestGoldenRoles is the whole matrix of who may do what by the built-in policies.
func TestGoldenRoles(t *testing.T) {
	engine, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	person := caller.Person("acc_1", "", "", "", "")
	columns := []struct {
		name  string
		who   caller.Caller
		facts policy.Facts
	}{
		{"nobody", caller.Nobody("", ""), policy.Facts{}},
		{"client", caller.Application("cli_1", "", ""), policy.Facts{}},
		{"person", person, policy.Facts{ResourceOwner: "acc_2"}},
		{"own", person, policy.Facts{ResourceOwner: "acc_1"}},
		{"auditor", person, policy.Facts{CallerRoles: []string{"auditor"}, ResourceOwner: "acc_2"}},
		{"admin", person, policy.Facts{CallerRoles: []string{"admin"}, ResourceOwner: "acc_2"}},
		{"admin>admin", person, policy.Facts{CallerRoles: []string{"admin"}, ResourceOwner: "acc_2", ResourceRoles: []string{"admin"}}},
		{"admin>owner", person, policy.Facts{CallerRoles: []string{"admin"}, ResourceOwner: "acc_2", ResourceRoles: []string{"owner"}}},
		{"owner", person, policy.Facts{CallerRoles: []string{"owner"}, ResourceOwner: "acc_2"}},
		{"operator", caller.Local(""), policy.Facts{}},
		{"system", caller.Job("x"), policy.Facts{}},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s", "")
	for _, c := range columns {
		fmt.Fprintf(&b, "%-12s", c.name)
	}
	b.WriteString("\n")
	for _, a := range guard.Actions() {
		fmt.Fprintf(&b, "%-28s", a.Name)
		for _, c := range columns {
			cell := "-"
			if engine.Decide(policy.Request{Caller: c.who, Action: a.Name, Class: a.Class, Kind: a.Kind, Resource: "x"}, c.facts).Allowed {
				cell = "yes"
			}
			fmt.Fprintf(&b, "%-12s", cell)
		}
		b.WriteString("\n")
	}
	golden(t, "roles.txt", trimLines(b.String()))
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestGoldenSchema(t *testing.T) {
	storetest.Each(t, Schema, func(t *testing.T, s *store.Store) {
		sql := "SELECT type || ' ' || name || coalesce(char(10) || sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
		if s.Dialect() == store.Postgres {
			sql = `SELECT t FROM (
				SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' default ' || column_default, '') AS t
					FROM information_schema.columns WHERE table_schema = 'public'
				UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
				UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
				UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || qual FROM pg_policies
				UNION ALL SELECT 'table ' || relname || ' row security ' || relrowsecurity || ' forced ' || relforcerowsecurity FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
			) AS all_of_it ORDER BY t COLLATE "C"`
		}
		var lines []string
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) (err error) {
			lines, err = store.Collect(r, func(row store.Row) (l string, err error) { return l, row.Scan(&l) }, sql)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		golden(t, "schema-"+string(s.Dialect())+".txt", strings.Join(lines, "\n")+"\n")
	})
}

// TestAD10_EveryTableHasAWall fails for a table without a tenant that is not one of the few that
// belong to the installation.
func TestAD10_EveryTableHasAWall(t *testing.T) {
	storetest.Each(t, Schema, func(t *testing.T, s *store.Store) {
		if s.Dialect() != store.Postgres {
			t.Skip("row-level security is PostgreSQL's")
		}
		installation := []string{"event_cursor", "schema_migration", "store_lease", "store_version", "tenant"}
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) error {
			open, err := store.Collect(r, func(row store.Row) (n string, err error) { return n, row.Scan(&n) },
				"SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT relforcerowsecurity ORDER BY 1")
			if !slices.Equal(open, installation) {
				t.Errorf("tables without a wall: %v, want %v", open, installation)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
