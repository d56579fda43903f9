package app

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// job is work that the server does by itself, again and again. Running one on several nodes at
// once does no harm: each is idempotent or takes a lease.
type job struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) error
}

func (a *App) jobs() []job {
	return []job{
		{"sequence the log", 200 * time.Millisecond, func(ctx context.Context) error {
			_, err := audit.SequenceAll(ctx, a.Store, a.node)
			return err
		}},
		{"carry effects out", time.Second, func(ctx context.Context) error {
			_, err := a.outbox.Run(ctx)
			return err
		}},
		{"turn signing keys", key.TurnEvery, a.Ring.TurnAll},
		{"sweep", 5 * time.Minute, a.sweep},
	}
}

// runJobs runs all jobs until ctx ends. A job that fails is logged and tried again in its turn.
func (a *App) runJobs(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { a.Store.Watch(ctx) })
	for _, j := range a.jobs() {
		wg.Go(func() {
			tick := time.NewTicker(j.every)
			defer tick.Stop()
			for {
				if err := j.run(ctx); err != nil && ctx.Err() == nil {
					a.log.Error("a job failed and will run again", "job", j.name, "error", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	wg.Wait()
}

// Sweeping, as the log knows it.
type sweepDetail struct {
	Rows int64 `json:"rows"`
}

type sweepID string

var sweepAction = guard.Declare[sweepID, sweepDetail]("system.sweep", guard.System, "Delete rows that have expired")

// sweepBatch bounds the rows of one transaction.
const sweepBatch = 500

// keepSessions is how long an ended session is kept for the person to see.
const keepSessions = 24 * time.Hour

// sweep deletes expired rows. It only saves space: expiry is compared at each use.
func (a *App) sweep(ctx context.Context) error {
	for {
		var stale bool
		if err := a.Store.Read(ctx, id.AllTenants, func(r *store.Reader) error {
			for _, look := range []func() (bool, error){
				func() (bool, error) { return issued.Stale(r) },
				func() (bool, error) { return interaction.Stale(r) },
				func() (bool, error) { return session.Stale(r, r.Now().Add(-keepSessions)) },
			} {
				if yes, err := look(); err != nil || yes {
					stale = yes
					return err
				}
			}
			return nil
		}); err != nil || !stale {
			return err
		}
		detail := sweepDetail{}
		if err := a.Guard.Do(ctx, caller.Job("sweep"), sweepAction.On(id.AllTenants, "", &detail), func(tx *store.Tx) error {
			detail.Rows = 0
			for _, del := range []func() (int64, error){
				func() (int64, error) { return issued.Sweep(tx, sweepBatch) },
				func() (int64, error) { return interaction.Sweep(tx, sweepBatch) },
				func() (int64, error) { return session.Sweep(tx, tx.Now().Add(-keepSessions), sweepBatch) },
			} {
				n, err := del()
				if err != nil {
					return err
				}
				detail.Rows += n
			}
			return nil
		}); err != nil {
			return err
		}
	}
}
