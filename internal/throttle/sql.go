package throttle

import (
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// laneTAT returns the theoretical arrival time of a lane, zero for a new one.
func laneTAT(r *store.Reader, tenant id.Tenant, lane []byte) (tat time.Time, err error) {
	err = r.One([]any{&tat}, "SELECT tat FROM throttle_lane WHERE tenant = $1 AND lane = $2", tenant, lane)
	return tat, zeroIfNone(err)
}

func setLaneTAT(tx *store.Tx, tenant id.Tenant, lane []byte, tat time.Time) error {
	_, err := tx.Exec("INSERT INTO throttle_lane (tenant, lane, tat) VALUES ($1, $2, $3) ON CONFLICT (tenant, lane) DO UPDATE SET tat = excluded.tat", tenant, lane, tat)
	return err
}

// refundLane gives a lane one try back.
func refundLane(tx *store.Tx, tenant id.Tenant, lane []byte, emission time.Duration) error {
	_, err := tx.Exec("UPDATE throttle_lane SET tat = tat - $3 WHERE tenant = $1 AND lane = $2", tenant, lane, emission)
	return err
}

// recordOf returns the failures of an authenticator; all of them count as a stranger's.
func recordOf(r *store.Reader, tenant id.Tenant, authenticator []byte) (rec Record, err error) {
	err = r.One([]any{&rec.Total, &rec.Stranger.Last}, "SELECT failures, failed_at FROM throttle_record WHERE tenant = $1 AND authenticator = $2", tenant, authenticator)
	rec.Stranger.Count = rec.Total
	return rec, zeroIfNone(err)
}

func setRecord(tx *store.Tx, tenant id.Tenant, authenticator []byte, rec Record, stopped bool) error {
	_, err := tx.Exec(`INSERT INTO throttle_record (tenant, authenticator, failures, failed_at, stopped) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, authenticator) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, stopped = excluded.stopped`,
		tenant, authenticator, rec.Total, rec.Stranger.Last, stopped)
	return err
}

func dropRecord(tx *store.Tx, tenant id.Tenant, authenticator []byte) error {
	_, err := tx.Exec("DELETE FROM throttle_record WHERE tenant = $1 AND authenticator = $2", tenant, authenticator)
	return err
}

// recordLife is how long failures are remembered that nobody added to.
const recordLife = 400 * 24 * time.Hour

// Sweeps are the rows that no longer slow anybody down. What has stopped stays so.
var Sweeps = []store.Sweep{
	{Table: "throttle_lane", Key: []string{"tenant", "lane"}, Gone: "tat < $1"},
	{Table: "throttle_record", Key: []string{"tenant", "authenticator"}, Gone: "failed_at < $1 AND NOT stopped", Keep: recordLife},
}

func zeroIfNone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
