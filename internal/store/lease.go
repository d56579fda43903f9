package store

import (
	"errors"
	"time"
)

// Lease takes or renews the named lease for holder until the transaction's now plus d, and
// returns its fence: a number that grows whenever the holder changes. It returns ErrNotFound
// if another holds it. Work done under a lease carries the fence in its conditions.
func (tx *Tx) Lease(name, holder string, d time.Duration) (fence int64, err error) {
	now := tx.Now()
	err = tx.One([]any{&fence}, `INSERT INTO store_lease (name, holder, fence, until) VALUES ($1, $2, 1, $3)
		ON CONFLICT (name) DO UPDATE SET until = $3, holder = $2,
			fence = store_lease.fence + CASE WHEN store_lease.holder = $2 THEN 0 ELSE 1 END
		WHERE store_lease.holder = $2 OR store_lease.until < $4
		RETURNING fence`, name, holder, now.Add(d), now)
	return fence, err
}

// Held checks that holder still has the lease with this fence.
func (r *Reader) Held(name, holder string, fence int64) error {
	var one int
	err := r.One([]any{&one}, "SELECT 1 FROM store_lease WHERE name = $1 AND holder = $2 AND fence = $3 AND until >= $4", name, holder, fence, r.Now())
	if errors.Is(err, ErrNotFound) {
		return errors.New("the lease " + name + " was lost")
	}
	return err
}
