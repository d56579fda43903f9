package app

import (
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

// P6: a table of either database is in what a person can download, or says why not.
func TestP6_EveryTableIsExportedOrSaysWhyNot(t *testing.T) {
	excuses := map[string]string{}
	for _, e := range notExported {
		excuses[e[0]] = e[1]
	}
	storetest.Each(t, Schema, func(t *testing.T, s *store.Store) {
		sql := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
		if s.Dialect() == store.Postgres {
			sql = "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY 1"
		}
		var tables []string
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) (err error) {
			tables, err = store.Collect(r, func(row store.Row) (n string, err error) { return n, row.Scan(&n) }, sql)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var exported, names []string
		for _, e := range Exports(audit.NewLog(nil), &passkey.Room{}) {
			exported = append(exported, e.Tables...)
			names = append(names, e.Name)
		}
		for _, name := range tables {
			switch reason, excused := excuses[name]; {
			case slices.Contains(exported, name) && excused:
				t.Errorf("table %s is exported and excused (%s)", name, reason)
			case !slices.Contains(exported, name) && reason == "":
				t.Errorf("table %s: name it in a room's Exports, or in notExported with the reason", name)
			}
		}
		for _, name := range exported {
			if !slices.Contains(tables, name) {
				t.Errorf("the export names %s, which is no table", name)
			}
		}
		if s.Dialect() == store.SQLite { // its tables are those of both
			for name := range excuses {
				if !slices.Contains(tables, name) {
					t.Errorf("notExported has %s, which is no table", name)
				}
			}
		}
		for _, e := range Exports(audit.NewLog(nil), &passkey.Room{}) { // of somebody who is not there
			if err := s.Read(t.Context(), id.Default, func(r *store.Reader) error {
				items, next, err := e.Page(r, id.Default, "acc_none", "")
				if len(items) > 0 || next != "" {
					t.Errorf("%s of nobody: %v", e.Name, items)
				}
				return err
			}); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
		slices.Sort(names)
		if len(slices.Compact(names)) != len(Exports(audit.NewLog(nil), &passkey.Room{})) {
			t.Error("two sections have one name")
		}
	})
}
