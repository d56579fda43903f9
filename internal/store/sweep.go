package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Sweep names rows of a table that expire: those whose Gone holds. A room lists its own.
type Sweep struct {
	Table string
	Key   []string      // primary key
	Gone  string        // condition on the row; $1 is the time before which things are gone
	Keep  time.Duration // how long rows stay behind their end
}

// window is how many rows a sweeper looks at in one step.
const window = 2000

// Sweeper walks over a table, a window at a time, and deletes what is gone. It needs no index on
// the end of rows, which every writer would pay for; the price is that a row may outlive its
// end by one walk. Nothing depends on it: ends are compared at each use.
type Sweeper struct {
	sweep  Sweep
	keys   string
	cursor []any // key of the last row looked at; nil at the start of a walk
	end    []any // key of the window's last row
}

// NewSweeper returns a sweeper at the start of its walk. One goroutine uses it.
func NewSweeper(s Sweep) *Sweeper {
	return &Sweeper{sweep: s, keys: strings.Join(s.Key, ", ")}
}

// Look finds the next window and reports whether it holds rows that are gone, and whether the
// walk has come to its end.
func (s *Sweeper) Look(r *Reader) (gone, last bool, err error) {
	end := make([]any, len(s.sweep.Key))
	dest := make([]any, len(end))
	for i := range end {
		dest[i] = &end[i]
	}
	where, args := s.behind(1)
	err = r.One(scanAny(dest), fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 OFFSET %d", s.keys, s.sweep.Table, where, s.keys, window-1), args...)
	s.end = end
	if errors.Is(err, ErrNotFound) {
		s.end, last, err = nil, true, nil
	}
	if err != nil {
		return false, false, err
	}
	where, args = s.inside()
	err = r.One([]any{&gone}, fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s WHERE %s AND (%s))", s.sweep.Table, where, s.sweep.Gone), append([]any{r.Now().Add(-s.sweep.Keep)}, args...)...)
	return gone, last, err
}

// Delete deletes what is gone in the window that Look found.
func (s *Sweeper) Delete(tx *Tx) (int64, error) {
	where, args := s.inside()
	return tx.Exec(fmt.Sprintf("DELETE FROM %s WHERE %s AND (%s)", s.sweep.Table, where, s.sweep.Gone), append([]any{tx.Now().Add(-s.sweep.Keep)}, args...)...)
}

// Next goes on behind the window, at its end to the start.
func (s *Sweeper) Next() { s.cursor = s.end }

// behind is the condition that rows lie behind the cursor; its arguments are numbered from n.
func (s *Sweeper) behind(n int) (string, []any) {
	if s.cursor == nil {
		return "TRUE", nil
	}
	return "(" + s.keys + ") > (" + placeholders(n, len(s.cursor)) + ")", s.cursor
}

// inside is the condition that rows lie in the window; $1 is taken.
func (s *Sweeper) inside() (string, []any) {
	where, args := s.behind(2)
	if s.end != nil {
		where += " AND (" + s.keys + ") <= (" + placeholders(2+len(args), len(s.end)) + ")"
		args = append(append([]any{}, args...), s.end...)
	}
	return where, args
}

func placeholders(from, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(out, ", ")
}

// anyColumn scans a key's column as what it is.
type anyColumn struct{ dest *any }

// Scan implements sql.Scanner.
func (a anyColumn) Scan(src any) error {
	switch v := src.(type) {
	case string, int64:
		*a.dest = v
	case []byte:
		*a.dest = append([]byte(nil), v...)
	default:
		return fmt.Errorf("store: a key column of type %T", src)
	}
	return nil
}

func scanAny(dest []any) []any {
	out := make([]any, len(dest))
	for i, d := range dest {
		out[i] = anyColumn{d.(*any)}
	}
	return out
}
