package password

import (
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// laneTAT returns the theoretical arrival time of a lane, zero for a new one.
func laneTAT(r *store.Reader, tenant id.Tenant, lane []byte) (tat time.Time, err error) {
	err = r.One([]any{&tat}, "SELECT tat FROM password_lane WHERE tenant = $1 AND lane = $2", tenant, lane)
	return tat, zeroIfNone(err)
}

func setLaneTAT(tx *store.Tx, tenant id.Tenant, lane []byte, tat time.Time) error {
	_, err := tx.Exec("INSERT INTO password_lane (tenant, lane, tat) VALUES ($1, $2, $3) ON CONFLICT (tenant, lane) DO UPDATE SET tat = excluded.tat", tenant, lane, tat)
	return err
}

// refundLane gives a lane one attempt back.
func refundLane(tx *store.Tx, tenant id.Tenant, lane []byte, emission time.Duration) error {
	_, err := tx.Exec("UPDATE password_lane SET tat = tat - $3 WHERE tenant = $1 AND lane = $2", tenant, lane, emission)
	return err
}

// recordOf returns the failures of a subject; those of a device are added by deviceFailures.
func recordOf(r *store.Reader, tenant id.Tenant, subject []byte) (rec throttle.Record, err error) {
	err = r.One([]any{&rec.Total, &rec.Stranger.Count, &rec.Stranger.Last},
		"SELECT total, strangers, stranger_at FROM password_record WHERE tenant = $1 AND subject = $2", tenant, subject)
	return rec, zeroIfNone(err)
}

func setRecord(tx *store.Tx, tenant id.Tenant, subject []byte, rec throttle.Record) error {
	_, err := tx.Exec(`INSERT INTO password_record (tenant, subject, total, strangers, stranger_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant, subject) DO UPDATE SET total = excluded.total, strangers = excluded.strangers, stranger_at = excluded.stranger_at, updated_at = excluded.updated_at`,
		tenant, subject, rec.Total, rec.Stranger.Count, rec.Stranger.Last, tx.Now())
	return err
}

func dropRecord(tx *store.Tx, tenant id.Tenant, subject []byte) error {
	_, err := tx.Exec("DELETE FROM password_record WHERE tenant = $1 AND subject = $2", tenant, subject)
	return err
}

// deviceFailures returns the failures of a device that has signed in to the account before, or
// store.ErrNotFound.
func deviceFailures(r *store.Reader, tenant id.Tenant, who account.ID, digest []byte) (f throttle.Failures, err error) {
	err = r.One([]any{&f.Count, &f.Last}, "SELECT failures, failed_at FROM password_device WHERE tenant = $1 AND account = $2 AND digest = $3", tenant, who, digest)
	return f, err
}

func setDeviceFailures(tx *store.Tx, tenant id.Tenant, who account.ID, digest []byte, f throttle.Failures) error {
	_, err := tx.Exec("UPDATE password_device SET failures = $4, failed_at = $5 WHERE tenant = $1 AND account = $2 AND digest = $3", tenant, who, digest, f.Count, f.Last)
	return err
}

// deviceKnown reports whether some account of the tenant has been signed in to with the device.
func deviceKnown(r *store.Reader, tenant id.Tenant, digest []byte) (bool, error) {
	var one int
	err := r.One([]any{&one}, "SELECT 1 FROM password_device WHERE tenant = $1 AND digest = $2", tenant, digest)
	return err == nil, zeroIfNone(err)
}

// keepDevice notes that the account was signed in to with the device just now, and forgets the
// account's oldest devices beyond maxDevices.
func keepDevice(tx *store.Tx, tenant id.Tenant, who account.ID, digest []byte) error {
	if _, err := tx.Exec(`INSERT INTO password_device (tenant, account, digest, failures, used_at) VALUES ($1, $2, $3, 0, $4)
		ON CONFLICT (tenant, account, digest) DO UPDATE SET failures = 0, failed_at = NULL, used_at = excluded.used_at`, tenant, who, digest, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM password_device WHERE tenant = $1 AND account = $2 AND digest NOT IN
		(SELECT digest FROM password_device WHERE tenant = $1 AND account = $2 ORDER BY used_at DESC, digest LIMIT $3)`, tenant, who, maxDevices)
	return err
}

// dropDevices forgets the devices of an account but one (nil for all).
func dropDevices(tx *store.Tx, tenant id.Tenant, who account.ID, but []byte) error {
	if but == nil {
		but = []byte{}
	}
	_, err := tx.Exec("DELETE FROM password_device WHERE tenant = $1 AND account = $2 AND digest <> $3", tenant, who, but)
	return err
}

// Sweeps are the rows that no longer slow anybody down.
var Sweeps = []store.Sweep{
	{Table: "password_lane", Key: []string{"tenant", "lane"}, Gone: "tat < $1"},
	{Table: "password_record", Key: []string{"tenant", "subject"}, Gone: "updated_at < $1", Keep: DeviceLife},
	{Table: "password_device", Key: []string{"tenant", "account", "digest"}, Gone: "used_at < $1", Keep: DeviceLife},
}

func zeroIfNone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// decoys returns what the tenant's imported passwords cost, and of how many passwords in all.
func decoys(r *store.Reader, tenant id.Tenant) (list []decoy, passwords int64, err error) {
	list, err = store.Collect(r, func(row store.Row) (d decoy, err error) { return d, row.Scan(&d.text, &d.remaining, &passwords) },
		`SELECT i.decoy, i.remaining, c.passwords FROM password_import i JOIN password_census c ON c.tenant = i.tenant
		WHERE i.tenant = $1 AND i.remaining > 0 ORDER BY i.decoy`, tenant)
	return list, passwords, err
}

// addDecoy counts n more passwords of a cost, unless the tenant has maxDecoys others.
func addDecoy(tx *store.Tx, tenant id.Tenant, text string, n int64) error {
	_, err := tx.Exec(`INSERT INTO password_import (tenant, decoy, remaining)
		SELECT $1, $2, $3 WHERE (SELECT count(*) FROM password_import WHERE tenant = $1 AND decoy <> $2) < $4
		ON CONFLICT (tenant, decoy) DO UPDATE SET remaining = password_import.remaining + excluded.remaining`, tenant, text, n, maxDecoys)
	return err
}

// dropDecoy notes that one password of a cost is ours now.
func dropDecoy(tx *store.Tx, tenant id.Tenant, text string) error {
	_, err := tx.Exec("UPDATE password_import SET remaining = remaining - 1 WHERE tenant = $1 AND decoy = $2 AND remaining > 0", tenant, text)
	return err
}

// takeCensus adds n passwords to the tenant's count, and counts them all where that was not done
// for a day.
func takeCensus(tx *store.Tx, tenant id.Tenant, n int64) error {
	err := tx.ExecOne("UPDATE password_census SET passwords = passwords + $2 WHERE tenant = $1 AND counted_at > $3", tenant, n, tx.Now().AddDate(0, 0, -censusDays))
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	before, err := credential.Count(tx.Read(), tenant, kind)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO password_census (tenant, passwords, counted_at) VALUES ($1, $2, $3)
		ON CONFLICT (tenant) DO UPDATE SET passwords = excluded.passwords, counted_at = excluded.counted_at`, tenant, before+n, tx.Now())
	return err
}
