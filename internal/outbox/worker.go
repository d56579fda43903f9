package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Carrier carries one kind of effect out. It returns an error to be tried again, or one that is
// Permanent to be asked no more. Several may run at once.
type Carrier func(ctx context.Context, e Effect) error

// Worker hands effects to their carriers.
type Worker struct {
	store    *store.Store
	carriers map[Kind]Carrier
	kinds    []Kind
	log      *slog.Logger
}

// NewWorker returns the worker of a store. Effects of kinds without a carrier wait until a worker
// has one.
func NewWorker(s *store.Store, carriers map[Kind]Carrier, log *slog.Logger) *Worker {
	return &Worker{s, carriers, slices.Sorted(maps.Keys(carriers)), log}
}

// Run carries out what is due now and returns how much that was. Several nodes may run it at
// once.
func (w *Worker) Run(ctx context.Context) (int, error) {
	var waits bool
	if err := w.store.Read(ctx, id.AllTenants, func(r *store.Reader) (err error) {
		waits, err = due(r, w.kinds)
		return err
	}); err != nil || !waits {
		return 0, err
	}
	var effects []Effect
	if err := w.store.Write(ctx, id.AllTenants, store.Serializable, func(tx *store.Tx) (err error) {
		effects, err = claim(tx, w.kinds)
		return err
	}); err != nil {
		return 0, fmt.Errorf("claim effects: %w", err)
	}
	errs := make([]error, len(effects))
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, e := range effects {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			errs[i] = w.carry(ctx, e)
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	return len(effects), nil
}

// A batch is carried within the time that its claim lasts, however slow the other side is:
// claimBatch / atOnce × carryTime is less than claimFor.
const (
	atOnce    = 5
	carryTime = 12 * time.Second
)

func (w *Worker) carry(ctx context.Context, e Effect) error {
	limited, stop := context.WithTimeout(ctx, carryTime)
	err := w.carriers[e.Kind](limited, e)
	stop()
	if err != nil {
		w.log.Warn("an effect failed", "effect", e.ID, "kind", e.Kind, "attempts", e.Attempts, "error", Scrub(err.Error()))
	}
	return w.store.Write(ctx, e.Tenant, store.Conditional, func(tx *store.Tx) error {
		if err != nil {
			return failed(tx, e, err)
		}
		return done(tx, e)
	})
}
