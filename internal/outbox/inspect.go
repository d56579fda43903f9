package outbox

import (
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Entry is an effect as an operator sees it.
type Entry struct {
	Effect
	DueAt     time.Time // when it is tried next; past for one that no carrier takes
	LastError string    // scrubbed of addresses; "" if it was not tried or a try is under way
	GivenUpAt time.Time // zero while it waits
	CreatedAt time.Time
}

const columns = "SELECT tenant, id, kind, subject, payload, attempts, due_at, last_error, given_up_at, created_at FROM outbox "

func scan(row store.Row) (e Entry, err error) {
	var payload []byte
	err = row.Scan(&e.Tenant, &e.ID, &e.Kind, &e.Subject, &payload, &e.Attempts, &e.DueAt, &e.LastError, &e.GivenUpAt, &e.CreatedAt)
	e.Payload = payload
	return e, err
}

// List returns up to limit effects before an id ("" for the newest), newest first.
func List(r *store.Reader, tenant id.Tenant, before ID, limit int) ([]Entry, error) {
	if before == "" {
		before = "~"
	}
	return store.Collect(r, scan, columns+"WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3", tenant, before, limit)
}

// Get returns one effect, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, effect ID) (Entry, error) {
	return store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, effect)
}

// Retry makes an effect due now, also one that was given up, and gives it a fresh row of tries. It
// returns store.ErrNotFound if there is none.
func Retry(tx *store.Tx, tenant id.Tenant, effect ID) error {
	return tx.ExecOne("UPDATE outbox SET due_at = $3, given_up_at = NULL, attempts = 0 WHERE tenant = $1 AND id = $2", tenant, effect, tx.Now())
}

// Delete drops an effect. It returns store.ErrNotFound if there is none.
func Delete(tx *store.Tx, tenant id.Tenant, effect ID) error {
	return tx.ExecOne("DELETE FROM outbox WHERE tenant = $1 AND id = $2", tenant, effect)
}

// Waiting counts effects that are not carried out yet, and those given up.
func Waiting(r *store.Reader) (waiting, givenUp int64, err error) {
	err = r.One([]any{&waiting, &givenUp}, "SELECT count(*) FILTER (WHERE given_up_at IS NULL), count(*) FILTER (WHERE given_up_at IS NOT NULL) FROM outbox")
	return waiting, givenUp, err
}
