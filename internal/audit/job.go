package audit

import (
	"context"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// lease is what the node that sequences holds.
const (
	lease    = "audit.sequence"
	leaseFor = 15 * time.Second
)

// SequenceAll gives all final events their position and returns how many there were. It does
// nothing where another node holds the job's lease. The log's own books are kept without
// guard: an event about each event would have no end.
func (l *Log) SequenceAll(ctx context.Context, s *store.Store, node string) (total int64, err error) {
	for {
		horizon, err := behind(ctx, s)
		if err != nil || horizon == 0 {
			return total, err
		}
		var n int64
		err = s.Write(ctx, id.AllTenants, store.Serializable, func(tx *store.Tx) error {
			if _, err := tx.Lease(lease, node, leaseFor); err != nil {
				return err
			}
			n, err = l.Sequence(tx, horizon)
			return err
		})
		if err == store.ErrNotFound || n == 0 { //nolint:errorlint // Write returns it bare
			return total, nil
		}
		if err != nil {
			return total, err
		}
		total += n
	}
}

// behind returns the horizon if there are events below it without a position, else 0, so that an
// idle server does not write.
func behind(ctx context.Context, s *store.Store) (horizon int64, err error) {
	err = s.Read(ctx, id.AllTenants, func(r *store.Reader) error {
		h, err := r.Horizon()
		if err != nil {
			return err
		}
		var yes bool
		err = r.One([]any{&yes}, "SELECT EXISTS (SELECT 1 FROM event WHERE ord > (SELECT ord FROM event_cursor WHERE one = 1) AND ord < $1)", h)
		if yes {
			horizon = h
		}
		return err
	})
	return horizon, err
}
