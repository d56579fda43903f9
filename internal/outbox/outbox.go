package outbox

import (
	"embed"
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "outbox", Files: files}

// ID identifies an effect: "out_…".
type ID string

// Kind names the carrier of an effect.
type Kind string

// Effect is something to be done after the commit.
type Effect struct {
	Tenant   id.Tenant
	ID       ID
	Kind     Kind
	Payload  json.RawMessage
	Attempts int
}

// Put adds an effect to the transaction; it is carried out once that is committed.
func Put(tx *store.Tx, tenant id.Tenant, kind Kind, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO outbox (tenant, id, kind, payload, due_at, attempts, last_error, created_at) VALUES ($1, $2, $3, $4, $5, 0, '', $5)",
		tenant, id.New("out", tx.Now()), kind, string(b), tx.Now())
	return err
}

// Waiting counts effects that are not carried out yet, and those given up.
func Waiting(r *store.Reader) (waiting, givenUp int64, err error) {
	err = r.One([]any{&waiting, &givenUp}, "SELECT count(*) FILTER (WHERE given_up_at IS NULL), count(*) FILTER (WHERE given_up_at IS NOT NULL) FROM outbox")
	return waiting, givenUp, err
}

const (
	claimFor   = time.Minute // how long a worker may take before another tries
	claimBatch = 20
	giveUp     = 24 * time.Hour
	maxPause   = time.Hour
)

// claim takes up to claimBatch effects that are due and hides them from others for claimFor.
func claim(tx *store.Tx) ([]Effect, error) {
	return store.Collect(tx.Read(), func(row store.Row) (e Effect, err error) {
		var payload []byte
		err = row.Scan(&e.Tenant, &e.ID, &e.Kind, &payload, &e.Attempts)
		e.Payload = payload
		return e, err
	}, `UPDATE outbox SET due_at = $1, attempts = attempts + 1 WHERE (tenant, id) IN
		(SELECT tenant, id FROM outbox WHERE due_at <= $2 AND given_up_at IS NULL ORDER BY due_at LIMIT $3)
		RETURNING tenant, id, kind, payload, attempts`, tx.Now().Add(claimFor), tx.Now(), claimBatch)
}

func done(tx *store.Tx, e Effect) error {
	_, err := tx.Exec("DELETE FROM outbox WHERE tenant = $1 AND id = $2", e.Tenant, e.ID)
	return err
}

// failed notes the error and when to try again: 2 s, 4 s, … up to an hour; an effect that has
// failed for a day is given up.
func failed(tx *store.Tx, e Effect, reason string) error {
	pause := min(time.Second<<min(e.Attempts, 12), maxPause)
	if len(reason) > 500 {
		reason = reason[:500]
	}
	_, err := tx.Exec(`UPDATE outbox SET due_at = $3, last_error = $4, given_up_at = CASE WHEN created_at < $5 THEN CAST($6 AS BIGINT) END
		WHERE tenant = $1 AND id = $2`, e.Tenant, e.ID, tx.Now().Add(pause), reason, tx.Now().Add(-giveUp), tx.Now())
	return err
}
