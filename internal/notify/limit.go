package notify

import (
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Limit is a GCRA limit: Burst messages at once, and one more each Interval.
type Limit struct {
	Burst    int
	Interval time.Duration
}

// Limits are what one destination gets of each class, and one tenant of messages to telephones,
// which cost money. A class without a limit gets nothing.
type Limits struct {
	Destination map[Class]Limit
	Telephones  Limit
}

// DefaultLimits let three requested messages in any hour reach one destination.
var DefaultLimits = Limits{
	Destination: map[Class]Limit{
		Requested: {3, time.Hour},
		Arranged:  {10, 10 * time.Minute},
		Notice:    {50, 10 * time.Minute},
	},
	Telephones: Limit{200, 10 * time.Second},
}

// allowed takes a letter's place in the lanes of its destination and, for telephones, of its
// tenant.
func (r *Room) allowed(tx *store.Tx, tenant id.Tenant, l Letter, key string) (bool, error) {
	class := l.Kind.Class()
	ok, err := r.take(tx, tenant, string(class)+"\x00"+string(l.Channel)+"\x00"+key, r.Limits.Destination[class])
	if !ok || err != nil || l.Channel == Mail {
		return ok, err
	}
	return r.take(tx, tenant, "telephones", r.Limits.Telephones)
}

// take lets one message pass a lane, in one statement: whether a row changed is the answer.
func (r *Room) take(tx *store.Tx, tenant id.Tenant, lane string, l Limit) (bool, error) {
	if l.Burst < 1 {
		return false, nil
	}
	now := tx.Now()
	n, err := tx.Exec(`INSERT INTO notify_lane (tenant, lane, tat) VALUES ($1, $2, $3)
		ON CONFLICT (tenant, lane) DO UPDATE SET tat = CASE WHEN notify_lane.tat < $4 THEN excluded.tat ELSE notify_lane.tat + CAST($5 AS BIGINT) END
		WHERE notify_lane.tat <= $6`,
		tenant, r.root.MAC("notify/lane", lane), now.Add(l.Interval), now, l.Interval, now.Add(time.Duration(l.Burst-1)*l.Interval))
	return n == 1, err
}

// Sweeps are the lanes that no longer hold anybody up.
var Sweeps = []store.Sweep{{Table: "notify_lane", Key: []string{"tenant", "lane"}, Gone: "tat < $1"}}
