package outbox

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

// Check returns id.ErrMalformed for text that cannot be an effect's identifier.
func (i ID) Check() error { return id.Check("out", string(i)) }

// Kind names the carrier of an effect.
type Kind string

// Effect is something to be done after the commit.
type Effect struct {
	Tenant   id.Tenant
	ID       ID
	Kind     Kind
	Subject  string // whose effect it is: an account's id, or "" for nobody's
	Payload  json.RawMessage
	Attempts int
}

// Put adds an effect to the transaction; it is carried out once that is committed.
func Put(tx *store.Tx, tenant id.Tenant, kind Kind, payload any) error {
	return PutFor(tx, tenant, kind, "", payload)
}

// PutFor is Put for an effect that belongs to somebody, so that it can be dropped with them.
func PutFor(tx *store.Tx, tenant id.Tenant, kind Kind, subject string, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO outbox (tenant, id, kind, subject, payload, due_at, attempts, last_error, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, '', $6)",
		tenant, id.New("out", tx.Now()), kind, subject, string(b), tx.Now())
	return err
}

// Permanent marks a carrier's error as one that no repetition cures: the effect is given up at
// once. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// IsPermanent reports whether an error is, or wraps, one that Permanent made.
func IsPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}

// Drop deletes the effects of a subject that are not carried out yet.
func Drop(tx *store.Tx, tenant id.Tenant, subject string) error {
	_, err := tx.Exec("DELETE FROM outbox WHERE tenant = $1 AND subject = $2", tenant, subject)
	return err
}

// Keep is how long an effect that was not carried out is kept at most.
const Keep = 30 * 24 * time.Hour

// Sweeps are the effects that waited in vain for too long to be of use.
var Sweeps = []store.Sweep{{Table: "outbox", Key: []string{"tenant", "id"}, Gone: "created_at < $1", Keep: Keep}}

const (
	claimFor   = time.Minute // how long a worker may take before another tries
	claimBatch = 20
	giveUp     = 24 * time.Hour
	leastTries = 10 // of an effect that is older than giveUp already when tries begin
	maxPause   = time.Hour
	maxReason  = 500 // bytes of an error that are kept
)

// among is a condition that the kind is one of those that have a carrier; its parameters begin
// behind after.
func among(kinds []Kind, after int) (string, []any) {
	marks, args := make([]string, len(kinds)), make([]any, len(kinds))
	for i, k := range kinds {
		marks[i], args[i] = fmt.Sprintf("$%d", after+i+1), k
	}
	return "kind IN (" + strings.Join(marks, ", ") + ")", args
}

// due answers whether an effect of the kinds waits for a worker.
func due(r *store.Reader, kinds []Kind) (yes bool, err error) {
	if len(kinds) == 0 {
		return false, nil
	}
	which, args := among(kinds, 1)
	err = r.One([]any{&yes}, "SELECT EXISTS (SELECT 1 FROM outbox WHERE due_at <= $1 AND given_up_at IS NULL AND "+which+")", append([]any{r.Now()}, args...)...)
	return yes, err
}

// claim takes up to claimBatch effects that are due and hides them from others for claimFor.
func claim(tx *store.Tx, kinds []Kind) ([]Effect, error) {
	which, args := among(kinds, 3)
	return store.Collect(tx.Read(), func(row store.Row) (e Effect, err error) {
		var payload []byte
		err = row.Scan(&e.Tenant, &e.ID, &e.Kind, &e.Subject, &payload, &e.Attempts)
		e.Payload = payload
		return e, err
	}, `UPDATE outbox SET due_at = $1, attempts = attempts + 1 WHERE (tenant, id) IN
		(SELECT tenant, id FROM outbox WHERE due_at <= $2 AND given_up_at IS NULL AND `+which+` ORDER BY due_at LIMIT $3)
		RETURNING tenant, id, kind, subject, payload, attempts`, append([]any{tx.Now().Add(claimFor), tx.Now(), claimBatch}, args...)...)
}

func done(tx *store.Tx, e Effect) error {
	_, err := tx.Exec("DELETE FROM outbox WHERE tenant = $1 AND id = $2", e.Tenant, e.ID)
	return err
}

// failed notes the error and when to try again: 2 s, 4 s, … up to an hour; an effect that is
// older than a day, or whose error is permanent, is given up.
func failed(tx *store.Tx, e Effect, cause error) error {
	pause := min(time.Second<<min(e.Attempts, 12), maxPause)
	reason := Scrub(cause.Error())
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	before := tx.Now().Add(-giveUp)
	if IsPermanent(cause) {
		before = tx.Now().Add(time.Hour) // whatever its age
		e.Attempts = leastTries
	}
	_, err := tx.Exec(`UPDATE outbox SET due_at = $3, last_error = $4,
		given_up_at = CASE WHEN created_at < $5 AND CAST($7 AS BIGINT) >= CAST($8 AS BIGINT) THEN CAST($6 AS BIGINT) END
		WHERE tenant = $1 AND id = $2`, e.Tenant, e.ID, tx.Now().Add(pause), reason, before, tx.Now(), e.Attempts, leastTries)
	return err
}
