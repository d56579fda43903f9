package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cardea-iam/cardea/internal/id"
)

// conflictTries bounds how often a serializable transaction is run.
const conflictTries = 24

// pgEngine is a pool of connections, each of which knows the tenant that row-level security
// shows it.
type pgEngine struct {
	store *Store
	pool  *pgxpool.Pool
}

// tenantKey is where a connection remembers the tenant it was last set to.
const tenantKey = "cardea.tenant"

func openPostgres(ctx context.Context, s *Store, o Options) (engine, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Conns == 0 {
		o.Conns = 8
	}
	if !strings.Contains(o.URL, "pool_max_conns") {
		cfg.MaxConns = int32(o.Conns) //nolint:gosec // a small number
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "cardea"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = "10000"
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "30000"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	e := &pgEngine{store: s, pool: pool}
	return e, nil
}

func (e *pgEngine) close() error {
	e.pool.Close()
	return nil
}

// acquire takes a connection and points row-level security at the tenant, which costs nothing
// where the connection served the same tenant before.
func (e *pgEngine) acquire(ctx context.Context, tenant id.Tenant) (*pgxpool.Conn, error) {
	c, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	data := c.Conn().PgConn().CustomData()
	if data[tenantKey] == tenant {
		return c, nil
	}
	delete(data, tenantKey)
	if _, err := c.Exec(ctx, "SELECT set_config('cardea.tenant', $1, false)", string(tenant)); err != nil {
		c.Release()
		return nil, err
	}
	data[tenantKey] = tenant
	return c, nil
}

func (e *pgEngine) read(ctx context.Context, tenant id.Tenant, fn func(*Reader) error) error {
	c, err := e.acquire(ctx, tenant)
	if err != nil {
		return err
	}
	defer c.Release()
	return fn(&Reader{ctx: ctx, conn: pgConn{c.Conn()}, store: e.store, tenant: tenant, now: e.store.clock()})
}

// horizon is the smallest id among this database's running transactions. The snapshot's own xmin
// would wait for those of other databases too, a backup's or a report's. backend_xid has 32 bits:
// the rest follows from the snapshot's 64. All nodes connect as one role, so none is hidden.
func (e *pgEngine) horizon(r *Reader) (n int64, err error) {
	err = r.One([]any{&n}, `WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS id)
		SELECT min(id) FROM (SELECT id FROM next
			UNION ALL SELECT next.id - ((next.id - a.backend_xid::text::bigint) & 4294967295) FROM pg_stat_activity a, next
			WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL
			AND ((next.id - a.backend_xid::text::bigint) & 4294967295) < 2147483648) AS running`)
	return n, err
}

func (e *pgEngine) write(ctx context.Context, tenant id.Tenant, mode Mode, fn func(*Tx) error) error {
	begin := "BEGIN ISOLATION LEVEL SERIALIZABLE; SAVEPOINT job; SELECT pg_current_xact_id()::text"
	if mode == Conditional {
		begin = "BEGIN ISOLATION LEVEL READ COMMITTED; SAVEPOINT job; SELECT pg_current_xact_id()::text"
	}
	for try := 1; ; try++ {
		err := e.attempt(ctx, tenant, begin, fn)
		if !isConflict(err) || try == conflictTries {
			return err
		}
		select {
		case <-time.After(jitter(time.Millisecond << min(try, 6))):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

func (e *pgEngine) attempt(ctx context.Context, tenant id.Tenant, begin string, fn func(*Tx) error) error {
	c, err := e.acquire(ctx, tenant)
	if err != nil {
		return err
	}
	defer c.Release()
	order, err := beginPostgres(ctx, c.Conn(), begin)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{
		Reader: Reader{ctx: ctx, conn: pgConn{c.Conn()}, store: e.store, tenant: tenant, now: e.store.clock()},
		order:  order,
		undo: func() error {
			_, err := c.Exec(ctx, "ROLLBACK TO SAVEPOINT job")
			return err
		},
	}
	if err := safely(fn, tx); err != nil {
		e.rollback(c)
		return err
	}
	if err := commitPostgres(ctx, c.Conn(), tx.last); err != nil {
		e.rollback(c)
		return fmt.Errorf("commit: %w", err)
	}
	tx.committed()
	return nil
}

// commitPostgres sends the last statements and the commit in one round trip.
func commitPostgres(ctx context.Context, c *pgx.Conn, last []statement) error {
	var batch pgx.Batch
	for _, s := range last {
		args, err := pgArguments(s.args)
		if err != nil {
			return err
		}
		batch.Queue(s.sql, args...)
	}
	batch.Queue("COMMIT")
	results := c.SendBatch(ctx, &batch)
	var tag pgconn.CommandTag
	var err error
	for range batch.Len() {
		if tag, err = results.Exec(); err != nil {
			break
		}
	}
	if closing := results.Close(); err == nil {
		err = closing
	}
	if err == nil && tag.String() != "COMMIT" { // PostgreSQL answers ROLLBACK to the COMMIT of a failed transaction
		err = errors.New("the transaction had failed before")
	}
	return err
}

// rollback ends the transaction also when the caller has gone; a connection that does not
// answer is closed.
func (e *pgEngine) rollback(c *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := c.Exec(ctx, "ROLLBACK"); err != nil {
		_ = c.Conn().Close(ctx) // the pool drops a closed connection
	}
}

// beginPostgres opens the transaction, its savepoint and asks for its id in one round trip.
func beginPostgres(ctx context.Context, c *pgx.Conn, begin string) (int64, error) {
	results, err := c.PgConn().Exec(ctx, begin).ReadAll()
	if err != nil {
		return 0, err
	}
	last := results[len(results)-1]
	var order int64
	_, err = fmt.Sscan(string(last.Rows[0][0]), &order)
	return order, err
}

type pgConn struct{ c *pgx.Conn }

func (p pgConn) exec(ctx context.Context, sql string, args []any) (int64, error) {
	values, err := pgArguments(args)
	if err != nil {
		return 0, err
	}
	tag, err := p.c.Exec(ctx, sql, values...)
	return tag.RowsAffected(), err
}

func (p pgConn) query(ctx context.Context, sql string, args []any, each func(Row) error) error {
	values, err := pgArguments(args)
	if err != nil {
		return err
	}
	rows, err := p.c.Query(ctx, sql, values...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(pgRow{rows}); err != nil {
			return err
		}
	}
	return rows.Err()
}

func pgArguments(args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, a := range args {
		v, err := argument(a)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

type pgRow struct{ rows pgx.Rows }

// Scan gives strings, byte slices and integers to pgx and converts the rest as SQLite's side
// does, so that both databases fill a row's type alike.
func (r pgRow) Scan(dest ...any) error {
	values, err := r.rows.Values()
	if err != nil {
		return err
	}
	if len(values) != len(dest) {
		return fmt.Errorf("store: %d columns, %d destinations", len(values), len(dest))
	}
	for i, d := range dest {
		v := values[i]
		switch n := v.(type) {
		case int32:
			v = int64(n)
		case int16:
			v = int64(n)
		}
		if err := assign(d, v); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// jitter returns a random duration below limit, so that those who met do not meet again.
func jitter(limit time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		return limit
	}
	return time.Duration(n.Int64())
}
