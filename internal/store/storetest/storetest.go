// Package storetest gives tests a migrated database of each kind: SQLite always, PostgreSQL
// where its programs or an address (CARDEA_TEST_POSTGRES) are there. With CI set, a missing
// PostgreSQL fails the test.
package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/store"
)

// Each runs fn as a subtest on each database, freshly made and migrated.
func Each(t *testing.T, rooms []store.Migrations, fn func(t *testing.T, s *store.Store)) {
	EachAt(t, clock.System, rooms, fn)
}

// EachAt is Each with a clock.
func EachAt(t *testing.T, c clock.Clock, rooms []store.Migrations, fn func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachOptions(t, func(t *testing.T, o store.Options) {
		o.Clock = c
		o.Log = slog.New(slog.DiscardHandler)
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := s.Migrate(t.Context(), rooms); err != nil {
			t.Fatal(err)
		}
		fn(t, s)
	})
}

// EachOptions runs fn as a subtest with where to find an empty database of each kind.
func EachOptions(t *testing.T, fn func(t *testing.T, o store.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		fn(t, store.Options{Path: filepath.Join(t.TempDir(), "cardea.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		fn(t, store.Options{URL: Postgres(t)})
	})
}

// Postgres makes an empty PostgreSQL database that is dropped after the test, and returns its
// URL. The role that it names is no superuser, so that row-level security holds.
func Postgres(t *testing.T) string {
	t.Helper()
	admin, err := cluster()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("PostgreSQL is needed in CI: %v", err)
		}
		t.Skipf("no PostgreSQL: %v", err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	run := func(sql string) {
		c, err := pgx.Connect(context.Background(), admin)
		if err != nil {
			t.Fatalf("connect to PostgreSQL: %v", err)
		}
		defer c.Close(context.Background()) //nolint:errcheck // a test's connection
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	run("CREATE DATABASE " + name)
	t.Cleanup(func() { run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func explain(step string, err error, output []byte) error {
	return fmt.Errorf("%s: %w\n%s", step, err, output)
}

// BenchPostgres is the database that benchmarks may fill, "" for none: the test cluster does not
// sync to disk and would flatter.
func BenchPostgres() string { return os.Getenv("CARDEA_BENCH_POSTGRES") }
