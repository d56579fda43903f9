package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/id"
)

// Dialect is the database behind a Store.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Mode is how a transaction is isolated from others on PostgreSQL; on SQLite all run alone.
type Mode int

const (
	// Serializable transactions behave as if alone; store runs fn again after a conflict.
	Serializable Mode = iota
	// Conditional transactions run at read committed: every invariant of theirs is one
	// statement whose row count decides.
	Conditional
)

// Options says which database to open. Exactly one of Path and URL is set.
type Options struct {
	Path  string       // SQLite file; its folder exists
	URL   string       // PostgreSQL URL
	Conns int          // PostgreSQL connections, default 8; SQLite readers, default 4
	Clock clock.Clock  // default clock.System
	Log   *slog.Logger // default slog.Default()
}

// engine is what the two databases do differently.
type engine interface {
	write(ctx context.Context, tenant id.Tenant, mode Mode, fn func(*Tx) error) error
	read(ctx context.Context, tenant id.Tenant, fn func(*Reader) error) error
	horizon(r *Reader) (int64, error)
	close() error
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect  Dialect
	engine   engine
	clock    clock.Clock
	log      *slog.Logger
	versions versions
}

// Open opens the database and checks that it answers. It does not migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Store{clock: o.Clock, log: o.Log}
	var err error
	switch {
	case (o.Path == "") == (o.URL == ""):
		return nil, errors.New("store: exactly one of a SQLite path and a PostgreSQL URL is needed")
	case o.Path != "":
		s.dialect = SQLite
		s.engine, err = openSQLite(s, o)
	case strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://"):
		s.dialect = Postgres
		s.engine, err = openPostgres(ctx, s, o)
	default:
		return nil, errors.New("store: the database URL must begin with postgres://")
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return s, nil
}

// Close waits for the running transactions and closes the database.
func (s *Store) Close() error {
	s.versions.stop()
	return s.engine.close()
}

// Dialect says which database this is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.clock() }

// Write runs fn in a transaction for one tenant and returns nil once its writes are on disk. fn
// may run more than once and must do nothing but read and write rows. Only guard and
// migrations call Write.
func (s *Store) Write(ctx context.Context, tenant id.Tenant, mode Mode, fn func(*Tx) error) error {
	return s.engine.write(ctx, tenant, mode, fn)
}

// Read runs fn with a connection that reads committed rows of one tenant. Each statement sees
// what was committed when it began.
func (s *Store) Read(ctx context.Context, tenant id.Tenant, fn func(*Reader) error) error {
	return s.engine.read(ctx, tenant, fn)
}
