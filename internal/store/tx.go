package store

import (
	"context"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
)

// conn is a prepared connection of either database.
type conn interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	query(ctx context.Context, sql string, args []any, each func(Row) error) error
}

// Reader reads rows of one tenant.
type Reader struct {
	ctx    context.Context //nolint:containedctx // a Reader lives as long as the call that made it
	conn   conn
	store  *Store
	tenant id.Tenant
	now    time.Time
}

// Row is the present row of a result.
type Row interface {
	// Scan copies the columns into dest, in order: pointers to string, []byte, bool, the
	// integers, float64, time.Time, types whose kind is one of these, pointers to such pointers
	// for columns that may be NULL, or sql.Scanner.
	Scan(dest ...any) error
}

// Tenant is the tenant whose rows are in sight.
func (r *Reader) Tenant() id.Tenant { return r.tenant }

// Now is the time of the transaction, or of the Read.
func (r *Reader) Now() time.Time { return r.now }

// Each runs a query and calls fn for each row of its answer, in order, until fn fails.
func (r *Reader) Each(fn func(Row) error, sql string, args ...any) error {
	return r.conn.query(r.ctx, sql, args, fn)
}

// One runs a query and scans its first row into dest. It returns ErrNotFound if there is none.
func (r *Reader) One(dest []any, sql string, args ...any) error {
	found := false
	err := r.conn.query(r.ctx, sql, args, func(row Row) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(dest...)
	})
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}

// Collect runs a query and returns what scan makes of each row; no rows give an empty slice.
func Collect[T any](r *Reader, scan func(Row) (T, error), sql string, args ...any) ([]T, error) {
	out := []T{}
	err := r.Each(func(row Row) error {
		v, err := scan(row)
		if err == nil {
			out = append(out, v)
		}
		return err
	}, sql, args...)
	return out, err
}

// First runs a query and returns what scan makes of its first row; ErrNotFound if there is none.
func First[T any](r *Reader, scan func(Row) (T, error), sql string, args ...any) (first T, err error) {
	rows, err := Collect(r, scan, sql, args...)
	switch {
	case err != nil:
		return first, err
	case len(rows) == 0:
		return first, ErrNotFound
	}
	return rows[0], nil
}

// Horizon returns the smallest order that a transaction still running may have: whatever has a
// smaller one is final, and in sight of every Read and transaction that begins afterwards.
func (r *Reader) Horizon() (int64, error) { return r.store.engine.horizon(r) }

// Tx is a running transaction. Rooms receive one from guard and never keep it.
type Tx struct {
	Reader
	order   int64
	undo    func() error
	scars   []func(*Tx) error
	after   []func()
	touched []string
	last    []statement
}

type statement struct {
	sql  string
	args []any
}

// Read returns the transaction's reading side, for statement functions that take a Reader.
func (tx *Tx) Read() *Reader { return &tx.Reader }

// Order is the transaction's place in the log's order.
func (tx *Tx) Order() int64 { return tx.order }

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(sql string, args ...any) (int64, error) {
	return tx.conn.exec(tx.ctx, sql, args)
}

// ExecLast runs a statement whose row count nobody asks for behind all others of the
// transaction: at once on SQLite, on PostgreSQL in one round trip with the commit.
func (tx *Tx) ExecLast(sql string, args ...any) error {
	if tx.store.dialect == Postgres {
		tx.last = append(tx.last, statement{sql, args})
		return nil
	}
	_, err := tx.Exec(sql, args...)
	return err
}

// ExecOne runs a statement that must change exactly one row; it returns ErrNotFound if it
// changed none.
func (tx *Tx) ExecOne(sql string, args ...any) error {
	n, err := tx.Exec(sql, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// OnRefusal registers what must be written although the operation is refused: the revocation
// that a replayed code causes, the count of a wrong password. guard runs it after the
// operation's own writes are rolled back, in the same transaction.
func (tx *Tx) OnRefusal(fn func(*Tx) error) { tx.scars = append(tx.scars, fn) }

// Refuse rolls the transaction's writes back and runs what OnRefusal registered. Only guard
// calls it.
func (tx *Tx) Refuse() error {
	if err := tx.undo(); err != nil {
		return err
	}
	tx.after, tx.touched, tx.last = nil, nil, nil
	scars := tx.scars
	tx.scars = nil
	for _, fn := range scars {
		if err := fn(tx); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit registers a hint to run once the writes are on disk, in the process that made
// them. It must not block and nothing may depend on it.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

func (tx *Tx) committed() {
	tx.store.versions.bump(tx.touched)
	for _, fn := range tx.after {
		fn()
	}
}
