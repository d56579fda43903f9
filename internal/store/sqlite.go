package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	sqlite "modernc.org/sqlite"

	"github.com/cardea-iam/cardea/internal/id"
)

const (
	batchLimit   = 256     // transactions that share a commit
	orderReserve = 1 << 20 // orders taken from the file at once
)

// sqliteEngine is one writer goroutine and a pool of readers over one file.
type sqliteEngine struct {
	store   *Store
	jobs    chan *job
	readers chan *sqliteConn
	done    chan struct{}

	closing sync.RWMutex
	closed  bool
}

type job struct {
	tenant id.Tenant
	fn     func(*Tx) error
	tx     *Tx
	answer chan error
}

// The file is opened with: WAL and FULL, so that a commit is on disk when it returns; foreign
// keys on; what is deleted overwritten; BEGIN IMMEDIATE by hand; 5 s patience for a backup that holds the file.
const sqlitePragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(ON)&_pragma=secure_delete(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(4000)"

func openSQLite(s *Store, o Options) (engine, error) {
	if o.Conns == 0 {
		o.Conns = 4
	}
	dsn := (&url.URL{Scheme: "file", Opaque: url.PathEscape(o.Path)}).String()
	dsn = strings.ReplaceAll(dsn, "%2F", "/") + sqlitePragmas
	writer, err := newSQLiteConn(dsn)
	if err != nil {
		return nil, err
	}
	order, err := openOrder(writer)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{store: s, jobs: make(chan *job, batchLimit), readers: make(chan *sqliteConn, o.Conns), done: make(chan struct{})}
	for range o.Conns {
		c, err := newSQLiteConn(dsn + "&_pragma=query_only(ON)")
		if err != nil {
			return nil, err
		}
		e.readers <- c
	}
	go e.run(writer, order)
	return e, nil
}

func (e *sqliteEngine) write(_ context.Context, tenant id.Tenant, _ Mode, fn func(*Tx) error) error {
	e.closing.RLock()
	if e.closed {
		e.closing.RUnlock()
		return errors.New("store: the database is closed")
	}
	j := &job{tenant: tenant, fn: fn, answer: make(chan error, 1)}
	e.jobs <- j
	e.closing.RUnlock()
	return <-j.answer
}

func (e *sqliteEngine) read(ctx context.Context, tenant id.Tenant, fn func(*Reader) error) error {
	var c *sqliteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	return fn(&Reader{ctx: context.Background(), conn: c, store: e.store, tenant: tenant, now: e.store.clock()})
}

// horizon is beyond every order: the one writer commits in order, so what is visible is final.
func (e *sqliteEngine) horizon(*Reader) (int64, error) { return 1<<63 - 1, nil }

func (e *sqliteEngine) close() error {
	e.closing.Lock()
	if e.closed {
		e.closing.Unlock()
		return nil
	}
	e.closed = true
	close(e.jobs)
	e.closing.Unlock()
	<-e.done
	for range cap(e.readers) {
		c := <-e.readers
		c.close()
	}
	return nil
}

// run is the writer: it takes a transaction, then all that wait, commits them together and
// answers each.
func (e *sqliteEngine) run(c *sqliteConn, order *orders) {
	defer close(e.done)
	defer c.close()
	batch := make([]*job, 0, batchLimit)
	for first := range e.jobs {
		batch = batch[:0]
		err := c.plain("BEGIN IMMEDIATE")
		if err == nil {
			err = order.ready(c)
		}
		if err != nil {
			_ = c.plain("ROLLBACK") // nothing was written
			first.answer <- fmt.Errorf("begin: %w", err)
			continue
		}
		waits, whole := e.one(c, order, first)
		if waits {
			batch = append(batch, first)
		}
		runtime.Gosched() // lets requests that are ready reach the queue and share this commit
	gather:
		for whole && len(batch) < batchLimit {
			select {
			case j, ok := <-e.jobs:
				if !ok {
					break gather
				}
				if waits, whole = e.one(c, order, j); waits {
					batch = append(batch, j)
				}
			default:
				break gather
			}
		}
		err = c.plain("COMMIT")
		if err != nil {
			_ = c.plain("ROLLBACK") // a failed COMMIT may have left the transaction open
			err = fmt.Errorf("commit: %w", err)
			order.forget()
		}
		for _, j := range batch {
			if err == nil {
				j.tx.committed()
			}
			j.answer <- err
		}
	}
}

// one runs a job in its savepoint and reports whether it waits for the commit. A job that
// failed has been answered and has left no trace. whole is false when SQLite has rolled the
// whole transaction back by itself, as it does when the disk is full or fails: then the commit
// fails as well and all who wait for it hear so.
func (e *sqliteEngine) one(c *sqliteConn, order *orders, j *job) (waits, whole bool) {
	if err := c.plain("SAVEPOINT job"); err != nil {
		j.answer <- err
		return false, false
	}
	j.tx = &Tx{
		Reader: Reader{ctx: context.Background(), conn: c, store: e.store, tenant: j.tenant, now: e.store.clock()},
		order:  order.take(),
		undo:   func() error { return c.plain("ROLLBACK TO job") },
	}
	err := safely(j.fn, j.tx)
	if err != nil {
		if rollback := c.plain("ROLLBACK TO job"); rollback != nil {
			j.answer <- errors.Join(err, rollback)
			return false, false
		}
	}
	if release := c.plain("RELEASE job"); release != nil {
		j.answer <- errors.Join(err, release)
		return false, false
	}
	if err != nil {
		j.answer <- err
		return false, true
	}
	return true, true
}

// safely turns a panic of fn into an error, so that one caller's mistake does not stop the
// writer that all share.
func safely(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

// orders hands out transaction orders that never repeat, also after a crash: the file holds a
// number that none has reached.
type orders struct{ next, limit int64 }

func openOrder(c *sqliteConn) (*orders, error) {
	if err := c.plain("CREATE TABLE IF NOT EXISTS store_order (one INTEGER PRIMARY KEY CHECK (one = 1), reserved INTEGER NOT NULL)"); err != nil {
		return nil, err
	}
	if err := c.plain("INSERT INTO store_order VALUES (1, 0) ON CONFLICT DO NOTHING"); err != nil {
		return nil, err
	}
	return &orders{}, nil
}

// ready reserves orders inside the running transaction if fewer than a batch are left.
func (o *orders) ready(c *sqliteConn) error {
	if o.limit-o.next > batchLimit {
		return nil
	}
	return c.query(context.Background(), "UPDATE store_order SET reserved = reserved + $1 RETURNING reserved", []any{int64(orderReserve)}, func(r Row) error {
		if err := r.Scan(&o.limit); err != nil {
			return err
		}
		o.next = o.limit - orderReserve
		return nil
	})
}

func (o *orders) take() int64 { o.next++; return o.next }

// forget drops the reservation, which a failed commit has undone.
func (o *orders) forget() { o.next, o.limit = 0, 0 }

// sqliteConn is a connection with its prepared statements. One goroutine uses it at a time.
type sqliteConn struct {
	raw   driver.Conn
	stmts map[string]*sqliteStmt
}

type sqliteStmt struct {
	raw   driver.Stmt
	order []int // argument of each ? in the text
}

func newSQLiteConn(dsn string) (*sqliteConn, error) {
	raw, err := (&sqlite.Driver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{raw: raw, stmts: map[string]*sqliteStmt{}}, nil
}

func (c *sqliteConn) close() {
	for _, s := range c.stmts {
		_ = s.raw.Close() // the connection goes next
	}
	_ = c.raw.Close() // everything acknowledged is on disk already
}

func (c *sqliteConn) prepare(sql string) (*sqliteStmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	text, order := positional(sql)
	raw, err := c.raw.(driver.ConnPrepareContext).PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", sql, err)
	}
	s := &sqliteStmt{raw: raw, order: order}
	c.stmts[sql] = s
	return s, nil
}

// positional rewrites $n, outside of quotes, into ? and returns which argument each takes: the
// driver binds ? by position without looking names up.
func positional(sql string) (string, []int) {
	var b strings.Builder
	var order []int
	quoted := false
	for i := 0; i < len(sql); i++ {
		ch := sql[i]
		if ch == '\'' {
			quoted = !quoted
		}
		if ch != '$' || quoted {
			b.WriteByte(ch)
			continue
		}
		j := i + 1
		for j < len(sql) && sql[j] >= '0' && sql[j] <= '9' {
			j++
		}
		n, err := strconv.Atoi(sql[i+1 : j])
		if err != nil {
			b.WriteByte(ch)
			continue
		}
		b.WriteByte('?')
		order = append(order, n-1)
		i = j - 1
	}
	return b.String(), order
}

func (s *sqliteStmt) bind(args []any) ([]driver.NamedValue, error) {
	values := make([]driver.NamedValue, len(s.order))
	for i, n := range s.order {
		if n >= len(args) {
			return nil, fmt.Errorf("store: the statement wants $%d and was given %d arguments", n+1, len(args))
		}
		v, err := argument(args[n])
		if err != nil {
			return nil, err
		}
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return values, nil
}

func (c *sqliteConn) plain(sql string) error {
	_, err := c.exec(context.Background(), sql, nil)
	return err
}

func (c *sqliteConn) exec(ctx context.Context, sql string, args []any) (int64, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	values, err := s.bind(args)
	if err != nil {
		return 0, err
	}
	res, err := s.raw.(driver.StmtExecContext).ExecContext(ctx, values)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *sqliteConn) query(ctx context.Context, sql string, args []any, each func(Row) error) error {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	values, err := s.bind(args)
	if err != nil {
		return err
	}
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(ctx, values)
	if err != nil {
		return err
	}
	row := sqliteRow{values: make([]driver.Value, len(rows.Columns()))}
	for {
		err = rows.Next(row.values)
		if err == io.EOF {
			return rows.Close()
		}
		if err == nil {
			err = each(&row)
		}
		if err != nil {
			_ = rows.Close() // err tells more
			return err
		}
	}
}

type sqliteRow struct{ values []driver.Value }

func (r *sqliteRow) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("store: %d columns, %d destinations", len(r.values), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r.values[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}
