package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// With 100,000 sessions of one tenant each page of them is found by an index, in order: nothing is
// read but the page.
func TestAU28_PagesOfSessionsAreFoundByIndex(t *testing.T) {
	storetest.Each(t, []store.Migrations{tenant.Migrations, account.Migrations, setting.Migrations, session.Migrations}, func(t *testing.T, s *store.Store) {
		now := s.Now()
		write := func(fn func(*store.Tx) error) {
			t.Helper()
			if err := s.Write(t.Context(), id.Default, store.Serializable, fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO account (tenant, id, username, username_key, claims, created_at, updated_at, epoch, version)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
				SELECT 'default', 'acc_' || i, 'u' || i, 'u' || i, '{}', 0, 0, 1, 1 FROM n`); err != nil {
				return err
			}
			digest := "CAST('d' || i AS BLOB)"
			if s.Dialect() == store.Postgres {
				digest = "CAST('d' || i AS BYTEA)"
			}
			_, err := tx.Exec(`INSERT INTO session (tenant, id, digest, account, epoch, facts, address, agent, created_at, seen_at, idle_seconds, expires_at)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
				SELECT 'default', 'ses_' || (100000 + i), `+digest+`, 'acc_' || (1 + i % 1000), 1, '[]', '', '', $1, $1, 86400, $2 FROM n`, now, now.Add(24*time.Hour))
			return err
		})
		write(func(tx *store.Tx) error { _, err := tx.Exec("ANALYZE"); return err })
		if err := s.Read(t.Context(), id.Default, func(r *store.Reader) error {
			for name, q := range session.PlansForTest(r) {
				var plan []string
				explain := "EXPLAIN "
				if s.Dialect() == store.SQLite {
					explain = "EXPLAIN QUERY PLAN "
				}
				if err := r.Each(func(row store.Row) error {
					var line string
					into := []any{&line}
					if s.Dialect() == store.SQLite {
						var a, b, c int64
						into = []any{&a, &b, &c, &line}
					}
					err := row.Scan(into...)
					plan = append(plan, line)
					return err
				}, explain+q.SQL, q.Args...); err != nil {
					return err
				}
				text := strings.Join(plan, "\n")
				for _, bad := range []string{"SCAN s", "Seq Scan on session", "Sort", "TEMP B-TREE"} {
					if strings.Contains(text, bad) {
						t.Errorf("%s: %s\n%s", name, bad, text)
					}
				}
				if !strings.Contains(text, "session") && !strings.Contains(text, "SEARCH s") {
					t.Errorf("%s: no plan:\n%s", name, text)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		// And the pages are what they say: newest first, each once.
		seen, before := 0, session.ID("")
		for range 3 {
			var list []session.Session
			if err := s.Read(t.Context(), id.Default, func(r *store.Reader) (err error) {
				list, err = session.List(r, id.Default, before, session.MaxPage)
				return err
			}); err != nil || len(list) != session.MaxPage {
				t.Fatal(len(list), err)
			}
			for _, x := range list {
				if before != "" && x.ID >= before {
					t.Fatalf("%s behind %s", x.ID, before)
				}
				before = x.ID
				seen++
			}
		}
		if seen != 600 || before != "ses_199401" {
			t.Errorf("%d sessions, the last %s", seen, before)
		}
	})
}
