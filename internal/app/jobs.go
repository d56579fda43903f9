package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
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
			_, err := a.Guard.Log().SequenceAll(ctx, a.Store, a.node)
			return err
		}},
		{"carry effects out", time.Second, func(ctx context.Context) error {
			for { // an effect may bring another: a letter that was asked for, and then its mail
				if n, err := a.outbox.Run(ctx); n == 0 || err != nil {
					return err
				}
			}
		}},
		{"turn signing keys", key.TurnEvery, a.Ring.TurnAll},
		{"sweep", time.Minute, a.sweep},
		{"erase accounts", time.Minute, func(ctx context.Context) error {
			_, err := a.Lifecycle.EraseDue(ctx)
			return err
		}},
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

// sweepSteps bounds how many windows of each table one run looks at.
const sweepSteps = 5

// sweep walks on over the tables that have rows with an end. It only saves space: ends are
// compared at each use. An event is written where something was deleted.
func (a *App) sweep(ctx context.Context) error {
	for _, s := range a.sweepers {
		for range sweepSteps {
			var gone, last bool
			if err := a.Store.Read(ctx, id.AllTenants, func(r *store.Reader) (err error) {
				gone, last, err = s.Look(r)
				return err
			}); err != nil {
				return err
			}
			if gone {
				detail := sweepDetail{}
				if err := a.Guard.Do(ctx, caller.Job("sweep"), sweepAction.On(id.AllTenants, "", &detail), func(tx *store.Tx) (err error) {
					detail.Rows, err = s.Delete(tx)
					return err
				}); err != nil {
					return err
				}
			}
			s.Next()
			if last {
				break
			}
		}
	}
	return nil
}

// sweepers are one per table that has rows with an end.
func sweepers() (out []*store.Sweeper) {
	for _, s := range slices.Concat(
		person.Sweeps,
		issued.Sweeps,
		interaction.Sweeps,
		session.Sweeps,
		password.Sweeps,
		apitoken.Sweeps,
		notify.Sweeps,
		outbox.Sweeps,
		inbox.Sweeps,
		mailbox.Sweeps,
		registration.Sweeps,
		throttle.Sweeps,
		credential.Sweeps,
		assurance.Sweeps,
		outofband.Sweeps,
		approval.Sweeps,
		imports.Sweeps,
	) {
		out = append(out, store.NewSweeper(s))
	}
	return out
}
