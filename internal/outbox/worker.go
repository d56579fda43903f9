package outbox

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Carrier carries one kind of effect out. It returns an error to be tried again.
type Carrier func(ctx context.Context, e Effect) error

// Worker hands effects to their carriers.
type Worker struct {
	store    *store.Store
	carriers map[Kind]Carrier
	log      *slog.Logger
}

// NewWorker returns the worker of a store.
func NewWorker(s *store.Store, carriers map[Kind]Carrier, log *slog.Logger) *Worker {
	return &Worker{s, carriers, log}
}

// Run carries out what is due now and returns how much that was. Several nodes may run it at
// once.
func (w *Worker) Run(ctx context.Context) (int, error) {
	var due bool
	if err := w.store.Read(ctx, id.AllTenants, func(r *store.Reader) error {
		return r.One([]any{&due}, "SELECT EXISTS (SELECT 1 FROM outbox WHERE due_at <= $1 AND given_up_at IS NULL)", r.Now())
	}); err != nil || !due {
		return 0, err
	}
	var effects []Effect
	if err := w.store.Write(ctx, id.AllTenants, store.Serializable, func(tx *store.Tx) (err error) {
		effects, err = claim(tx)
		return err
	}); err != nil {
		return 0, fmt.Errorf("claim effects: %w", err)
	}
	for _, e := range effects {
		if err := w.carry(ctx, e); err != nil {
			return 0, err
		}
	}
	return len(effects), nil
}

func (w *Worker) carry(ctx context.Context, e Effect) error {
	var err error
	if c := w.carriers[e.Kind]; c != nil {
		err = c(ctx, e)
	} else {
		err = fmt.Errorf("no carrier for %s", e.Kind)
	}
	if err != nil {
		w.log.Warn("an effect failed and will be tried again", "effect", e.ID, "kind", e.Kind, "attempts", e.Attempts, "error", err)
	}
	return w.store.Write(ctx, e.Tenant, store.Conditional, func(tx *store.Tx) error {
		if err != nil {
			return failed(tx, e, err.Error())
		}
		return done(tx, e)
	})
}
