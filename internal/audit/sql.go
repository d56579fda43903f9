package audit

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Append writes an event of a transaction: Position and At are given by it, and n numbers the
// events of one transaction from 0.
func (l *Log) Append(tx *store.Tx, n int, e Event) error {
	sealed, err := l.seal(tx, n, e)
	if err == nil {
		e.Caller.Address = ""
		err = tx.ExecLast("INSERT INTO event (ord, n, tenant, at, action, outcome, actor, caller, resource, person, claimed, sealed, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
			tx.Order(), n, string(e.Tenant), tx.Now(), e.Action, string(e.Outcome), e.Caller.Subject(), e.Caller.JSON(), e.Resource, e.Person, e.claimed(), sealed, string(e.Detail))
	}
	if err != nil {
		return fmt.Errorf("append to the log: %w", err)
	}
	return nil
}

// sequenceBatch bounds the events that one run of Sequence takes: SQLite's only writer waits
// meanwhile.
const sequenceBatch = 500

// Sequence gives up to sequenceBatch events below the horizon their position and returns how many
// it took. The horizon was read before the transaction began: what is below it is in sight. The
// caller holds the lease of the job.
func (l *Log) Sequence(tx *store.Tx, horizon int64) (int64, error) {
	var from, to int64
	if err := tx.One([]any{&from}, "SELECT ord FROM event_cursor WHERE one = 1"); err != nil {
		return 0, err
	}
	err := tx.One([]any{&to}, "SELECT coalesce(max(ord), 0) FROM (SELECT ord FROM event WHERE ord > $1 AND ord < $2 ORDER BY ord LIMIT $3) AS batch", from, horizon, sequenceBatch)
	if err != nil || to == 0 {
		return 0, err
	}
	if err := l.settle(tx, from, to); err != nil {
		return 0, err
	}
	n, err := tx.Exec(`INSERT INTO event_log (tenant, position, ord, n, action, actor, resource, person)
		SELECT e.tenant, coalesce(t.last, 0) + row_number() OVER (PARTITION BY e.tenant ORDER BY e.ord, e.n), e.ord, e.n, e.action, e.actor, e.resource, e.person
		FROM event e
		LEFT JOIN (SELECT d.tenant, (SELECT max(position) FROM event_log l WHERE l.tenant = d.tenant) AS last
			FROM (SELECT DISTINCT tenant FROM event WHERE ord > $1 AND ord <= $2) AS d) AS t ON t.tenant = e.tenant
		WHERE e.ord > $1 AND e.ord <= $2`, from, to)
	if err != nil {
		return 0, err
	}
	return n, tx.ExecOne("UPDATE event_cursor SET ord = $1 WHERE one = 1 AND ord = $2", to, from)
}

const columns = `SELECT l.tenant, l.position, e.at, e.action, e.outcome, e.caller, e.resource, l.person, e.detail, e.ord, e.n, e.sealed
	FROM event_log l JOIN event e ON e.ord = l.ord AND e.n = l.n `

// Follow returns up to limit events of a tenant behind a position, oldest first.
func (l *Log) Follow(r *store.Reader, tenant id.Tenant, after int64, limit int) ([]Event, error) {
	return l.collect(r, tenant, "WHERE l.tenant = $1 AND l.position > $2 ORDER BY l.position LIMIT $3", tenant, after, limit)
}

// List returns up to limit events of a tenant that pass the filter, newest first, before a
// position (0 for the newest).
func (l *Log) List(r *store.Reader, tenant id.Tenant, f Filter, before int64, limit int) ([]Event, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	where, args := "WHERE l.tenant = $1 AND l.position < $2", []any{tenant, before, limit}
	for _, c := range []struct{ column, value string }{{"action", f.Action}, {"actor", f.Actor}, {"resource", f.Resource}, {"person", f.Person}} {
		if c.value != "" {
			args = append(args, c.value)
			where += fmt.Sprintf(" AND l.%s = $%d", c.column, len(args))
		}
	}
	if f.Person != "" {
		where += " AND l.person <> ''" // says that the index will do
	}
	if len(f.Actions) > 0 {
		marks := make([]string, len(f.Actions))
		for i, a := range f.Actions {
			args = append(args, a)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where += " AND l.action IN (" + strings.Join(marks, ", ") + ")"
	}
	return l.collect(r, tenant, where+" ORDER BY l.position DESC LIMIT $3", args...)
}

// row is an event as it is stored.
type row struct {
	Event
	ord, n int64
	sealed []byte
}

func (l *Log) collect(r *store.Reader, tenant id.Tenant, where string, args ...any) ([]Event, error) {
	rows, err := store.Collect(r, scan, columns+where, args...)
	if err != nil {
		return nil, err
	}
	return l.open(r, tenant, rows)
}

func scan(from store.Row) (e row, err error) {
	var who, detail string
	if err := from.Scan(&e.Tenant, &e.Position, &e.At, &e.Action, &e.Outcome, &who, &e.Resource, &e.Person, &detail, &e.ord, &e.n, &e.sealed); err != nil {
		return e, err
	}
	e.Detail = json.RawMessage(detail)
	if err := json.Unmarshal([]byte(who), &e.Caller); err != nil {
		return e, fmt.Errorf("event %d: its caller: %w", e.Position, err)
	}
	return e, nil
}
