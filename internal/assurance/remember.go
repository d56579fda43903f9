package assurance

import (
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Remember notes that a person who has just proved a second factor asked for this browser to be
// remembered. device is the digest of its device cookie. It reports whether it will be: the tenant
// may remember nobody. It returns store.ErrNotFound for an account that may not act.
func Remember(tx *store.Tx, tenant id.Tenant, who account.ID, device []byte) (bool, error) {
	knobs, err := Settings.Get(tx.Read(), tenant)
	if err != nil || knobs.RememberDays == 0 || len(device) == 0 {
		return false, err
	}
	epoch, err := account.Active(tx.Read(), tenant, who)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(`INSERT INTO remembered_device (tenant, account, digest, epoch, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, account, digest) DO UPDATE SET epoch = excluded.epoch, since = excluded.since`, tenant, who, device, epoch, tx.Now())
	return err == nil, err
}

// Remembered reports whether a browser is remembered for a person. It is no proof of anything:
// policies may spare such a browser a question. Ending all that an account has running ends it,
// and a shorter time that the tenant sets counts at once.
func Remembered(r *store.Reader, tenant id.Tenant, who account.ID, device []byte) (bool, error) {
	if len(device) == 0 {
		return false, nil
	}
	knobs, err := Settings.Get(r, tenant)
	if err != nil || knobs.RememberDays == 0 {
		return false, err
	}
	var one int
	err = r.One([]any{&one}, `SELECT 1 FROM remembered_device d JOIN active_account a ON a.tenant = d.tenant AND a.id = d.account AND a.epoch = d.epoch
		WHERE d.tenant = $1 AND d.account = $2 AND d.digest = $3 AND d.since > $4`,
		tenant, who, device, r.Now().Add(-time.Duration(knobs.RememberDays)*24*time.Hour))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Devices lists the digests of the browsers that are remembered for a person, as keys.
func Devices(r *store.Reader, tenant id.Tenant, who account.ID) (map[string]bool, error) {
	out := map[string]bool{}
	knobs, err := Settings.Get(r, tenant)
	if err != nil || knobs.RememberDays == 0 {
		return out, err
	}
	return out, r.Each(func(row store.Row) error {
		var digest []byte
		err := row.Scan(&digest)
		out[string(digest)] = true
		return err
	}, `SELECT d.digest FROM remembered_device d JOIN active_account a ON a.tenant = d.tenant AND a.id = d.account AND a.epoch = d.epoch
		WHERE d.tenant = $1 AND d.account = $2 AND d.since > $3`, tenant, who, r.Now().Add(-time.Duration(knobs.RememberDays)*24*time.Hour))
}

// ForgetSession makes the browser of a session that ends a stranger again. It is a session.With.
func ForgetSession(tx *store.Tx, tenant id.Tenant, s session.Session) error {
	if len(s.Device) == 0 {
		return nil
	}
	_, err := tx.Exec("DELETE FROM remembered_device WHERE tenant = $1 AND account = $2 AND digest = $3", tenant, s.Account, s.Device)
	return err
}

// Forget makes all browsers of a person strangers again, but one (nil for all).
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID, but []byte) error {
	if but == nil {
		but = []byte{}
	}
	_, err := tx.Exec("DELETE FROM remembered_device WHERE tenant = $1 AND account = $2 AND digest <> $3", tenant, who, but)
	return err
}
