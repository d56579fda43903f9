package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
)

// Migrations are the date-named .sql files of one room, read by Gather.
type Migrations struct {
	Room  string
	Files fs.FS // holds migrations/*.sql
}

type migration struct{ name, sql, checksum string }

// Migrate brings the schema up to date. It only moves forward: a file that was applied and has
// changed since is an error. Several nodes may call it at once; one works, the others wait.
//
// A line of a file that ends in "-- sqlite" or "-- postgres" counts for that database alone.
func (s *Store) Migrate(ctx context.Context, rooms []Migrations) error {
	todo, err := gather(rooms)
	if err != nil {
		return err
	}
	return s.Write(ctx, id.AllTenants, Conditional, func(tx *Tx) error {
		if s.dialect == Postgres {
			if _, err := tx.Exec("SELECT pg_advisory_xact_lock(4711093)"); err != nil {
				return err
			}
		}
		for _, table := range []string{
			"CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
			"CREATE TABLE IF NOT EXISTS store_version (topic TEXT PRIMARY KEY, n BIGINT NOT NULL)",
			"CREATE TABLE IF NOT EXISTS store_lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence BIGINT NOT NULL, until BIGINT NOT NULL)",
		} {
			if _, err := tx.Exec(table); err != nil {
				return err
			}
		}
		for _, m := range todo {
			if err := apply(tx, m); err != nil {
				return fmt.Errorf("migration %s: %w", m.name, err)
			}
		}
		if s.dialect == Postgres {
			return raiseTenantWalls(tx)
		}
		return nil
	})
}

func gather(rooms []Migrations) ([]migration, error) {
	var all []migration
	for _, room := range rooms {
		names, err := fs.Glob(room.Files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			text, err := fs.ReadFile(room.Files, n)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(text)
			all = append(all, migration{name: path.Base(n), sql: string(text), checksum: hex.EncodeToString(sum[:])})
		}
	}
	// By date; rooms of one date in the order in which they are listed, for references.
	slices.SortStableFunc(all, func(a, b migration) int { return strings.Compare(date(a.name), date(b.name)) })
	return all, nil
}

func date(name string) string { d, _, _ := strings.Cut(name, "_"); return d }

func apply(tx *Tx, m migration) error {
	var seen string
	err := tx.One([]any{&seen}, "SELECT checksum FROM schema_migration WHERE name = $1", m.name)
	if err == nil {
		if seen != m.checksum {
			return fmt.Errorf("was applied with another text (checksum %.12s, now %.12s): migrations are never edited, add a new one", seen, m.checksum)
		}
		return nil
	}
	if err != ErrNotFound { //nolint:errorlint // One returns it bare
		return err
	}
	for _, sql := range statements(m.sql, tx.store.dialect) {
		if _, err := tx.Exec(sql); err != nil {
			return fmt.Errorf("%w\n%s", err, sql)
		}
	}
	_, err = tx.Exec("INSERT INTO schema_migration (name, checksum, applied_at) VALUES ($1, $2, $3)", m.name, m.checksum, tx.Now())
	return err
}

// statements keeps the dialect's lines and splits the text at semicolons that end a line.
func statements(sql string, d Dialect) []string {
	other := "-- " + string(Postgres)
	if d == Postgres {
		other = "-- " + string(SQLite)
	}
	var out []string
	var b strings.Builder
	for line := range strings.Lines(sql) {
		line = strings.TrimRight(line, " \n\t")
		if strings.HasSuffix(line, other) {
			continue
		}
		code, _, _ := strings.Cut(line, "--")
		code = strings.TrimRight(code, " \t")
		if code == "" {
			continue
		}
		b.WriteString(code + "\n")
		if strings.HasSuffix(code, ";") {
			out = append(out, b.String())
			b.Reset()
		}
	}
	if strings.TrimSpace(b.String()) != "" {
		out = append(out, b.String())
	}
	return out
}

// raiseTenantWalls puts row-level security on every table that has a tenant: a connection sees
// and writes the rows of the tenant it was set to, and system jobs those of all.
func raiseTenantWalls(tx *Tx) error {
	tables, err := Collect(tx.Read(), func(r Row) (string, error) {
		var name string
		return name, r.Scan(&name)
	}, `SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
	    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND NOT c.relrowsecurity ORDER BY 1`)
	if err != nil {
		return err
	}
	for _, t := range tables {
		for _, sql := range []string{
			"ALTER TABLE %s ENABLE ROW LEVEL SECURITY",
			"ALTER TABLE %s FORCE ROW LEVEL SECURITY",
			"CREATE POLICY tenant_wall ON %s USING (current_setting('cardea.tenant', true) IN (tenant, '*'))",
		} {
			if _, err := tx.Exec(fmt.Sprintf(sql, t)); err != nil {
				return err
			}
		}
	}
	return nil
}
