package audit

import (
	"encoding/json"
	"fmt"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Append writes the event of a transaction; n numbers the events of one transaction from 0.
func Append(tx *store.Tx, n int, tenant id.Tenant, action string, outcome Outcome, c caller.Caller, resource string, detail []byte) error {
	err := tx.ExecLast("INSERT INTO event (ord, n, tenant, at, action, outcome, actor, caller, resource, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		tx.Order(), n, string(tenant), tx.Now(), action, string(outcome), c.Subject(), c.JSON(), resource, string(detail))
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
func Sequence(tx *store.Tx, horizon int64) (int64, error) {
	var from, to int64
	if err := tx.One([]any{&from}, "SELECT ord FROM event_cursor WHERE one = 1"); err != nil {
		return 0, err
	}
	err := tx.One([]any{&to}, "SELECT coalesce(max(ord), 0) FROM (SELECT ord FROM event WHERE ord > $1 AND ord < $2 ORDER BY ord LIMIT $3) AS batch", from, horizon, sequenceBatch)
	if err != nil || to == 0 {
		return 0, err
	}
	n, err := tx.Exec(`INSERT INTO event_log (tenant, position, ord, n, action, actor, resource)
		SELECT e.tenant, coalesce(t.last, 0) + row_number() OVER (PARTITION BY e.tenant ORDER BY e.ord, e.n), e.ord, e.n, e.action, e.actor, e.resource
		FROM event e
		LEFT JOIN (SELECT d.tenant, (SELECT max(position) FROM event_log l WHERE l.tenant = d.tenant) AS last
			FROM (SELECT DISTINCT tenant FROM event WHERE ord > $1 AND ord <= $2) AS d) AS t ON t.tenant = e.tenant
		WHERE e.ord > $1 AND e.ord <= $2`, from, to)
	if err != nil {
		return 0, err
	}
	return n, tx.ExecOne("UPDATE event_cursor SET ord = $1 WHERE one = 1 AND ord = $2", to, from)
}

const columns = `SELECT l.tenant, l.position, e.at, e.action, e.outcome, e.caller, e.resource, e.detail
	FROM event_log l JOIN event e ON e.ord = l.ord AND e.n = l.n `

// Follow returns up to limit events of a tenant behind a position, oldest first.
func Follow(r *store.Reader, tenant id.Tenant, after int64, limit int) ([]Event, error) {
	return store.Collect(r, scan, columns+"WHERE l.tenant = $1 AND l.position > $2 ORDER BY l.position LIMIT $3", tenant, after, limit)
}

// List returns up to limit events of a tenant that pass the filter, newest first, before a
// position (0 for the newest).
func List(r *store.Reader, tenant id.Tenant, f Filter, before int64, limit int) ([]Event, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	where, args := "WHERE l.tenant = $1 AND l.position < $2", []any{tenant, before, limit}
	for _, c := range []struct{ column, value string }{{"action", f.Action}, {"actor", f.Actor}, {"resource", f.Resource}} {
		if c.value != "" {
			args = append(args, c.value)
			where += fmt.Sprintf(" AND l.%s = $%d", c.column, len(args))
		}
	}
	return store.Collect(r, scan, columns+where+" ORDER BY l.position DESC LIMIT $3", args...)
}

func scan(row store.Row) (Event, error) {
	var e Event
	var who, detail string
	if err := row.Scan(&e.Tenant, &e.Position, &e.At, &e.Action, &e.Outcome, &who, &e.Resource, &detail); err != nil {
		return e, err
	}
	e.Detail = json.RawMessage(detail)
	var c caller.Caller
	if err := json.Unmarshal([]byte(who), &c); err != nil {
		return e, fmt.Errorf("event %d: its caller: %w", e.Position, err)
	}
	e.Caller = c
	return e, nil
}
