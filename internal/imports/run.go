package imports

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Begin begins the import of a file, or returns how far it has come if it was begun before.
// Refusals: invalid.
func (room *Room) Begin(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID, size int64) (run Run, err error) {
	if which.check() != nil {
		return run, guard.Invalid("sha256", "An import is named by the SHA-256 of its file: 64 digits of lower case hex.")
	}
	if size < 1 {
		return run, errSize
	}
	err = room.guard.Do(ctx, c, Import.On(tenant, which, &Detail{}), func(tx *store.Tx) error {
		if err := insertRun(tx, tenant, Run{ID: which, Size: size, StartedAt: tx.Now()}); err != nil {
			return err
		}
		if run, err = get(tx.Read(), tenant, which); err == nil && run.Size != size {
			return errSize
		}
		return err
	})
	return run, err
}

// Look returns how far a run has come. Refusal: not_found.
func (room *Room) Look(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID) (run Run, err error) {
	err = room.see(ctx, c, tenant, which, func(r *store.Reader) error {
		run, err = get(r, tenant, which)
		return err
	})
	return run, err
}

// Rejections pages through the lines that made no account, in their order. Refusal: not_found.
func (room *Room) Rejections(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID, after int64, limit int) (out []Rejection, err error) {
	err = room.see(ctx, c, tenant, which, func(r *store.Reader) error {
		if _, err := get(r, tenant, which); err != nil {
			return err
		}
		out, err = rejections(r, tenant, which, after, limit)
		return err
	})
	return out, err
}

// Origins pages through the accounts of a run that came with an external id, in order of their
// ids. Refusal: not_found.
func (room *Room) Origins(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID, after account.ID, limit int) (out []Origin, err error) {
	err = room.see(ctx, c, tenant, which, func(r *store.Reader) error {
		if _, err := get(r, tenant, which); err != nil {
			return err
		}
		out, err = origins(r, tenant, which, after, limit)
		return err
	})
	return out, err
}

func (room *Room) see(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID, fn func(*store.Reader) error) error {
	if err := which.check(); err != nil {
		return err
	}
	return room.guard.See(ctx, c, Import.On(tenant, which, nil), fn)
}

// Add imports the next lines of a run and returns how far it has come. Lines that cannot be
// imported are noted with their reasons and do not stop it. Refusals: invalid, not_found, conflict
// (the run stands at another line).
func (room *Room) Add(ctx context.Context, c caller.Caller, tenant id.Tenant, which ID, b Batch) (run Run, err error) {
	if err := which.check(); err != nil {
		return run, err
	}
	if len(b.Lines) < 1 || len(b.Lines) > MaxLines {
		return run, errLines
	}
	// Whoever may not import must not make the server read either; Do asks again.
	if allowed, err := room.guard.May(ctx, c, Import.On(tenant, which, nil)); err != nil {
		return run, err
	} else if !allowed {
		return run, &guard.Denied{Action: Import.Name()}
	}
	entries := room.readAll(tenant, b)
	detail := &Detail{}
	err = room.guard.Do(ctx, c, Import.On(tenant, which, detail), func(tx *store.Tx) error {
		if run, err = get(tx.Read(), tenant, which); err != nil {
			return err
		}
		if run.Lines != b.After {
			return errElsewhere
		}
		if b.Done <= run.Done || b.Done > run.Size {
			return errDone
		}
		imported, rejected, err := room.write(tx, tenant, which, entries, b.After)
		if store.IsDuplicate(err) {
			return errMeanwhile
		}
		if err != nil {
			return err
		}
		*detail = Detail{After: b.After, Lines: int64(len(b.Lines)), Imported: imported, Rejected: rejected}
		run.Lines, run.Done = run.Lines+int64(len(b.Lines)), b.Done
		run.Imported, run.Rejected, run.UpdatedAt = run.Imported+imported, run.Rejected+rejected, tx.Now()
		if run.Done == run.Size {
			run.FinishedAt = tx.Now()
		}
		if err := advance(tx, tenant, run, b.After); errors.Is(err, store.ErrNotFound) {
			return errElsewhere
		} else if err != nil {
			return err
		}
		return nil
	})
	return run, err
}

// readAll judges the lines of a batch on all processors, outside of any transaction.
func (room *Room) readAll(tenant id.Tenant, b Batch) []entry {
	entries, now := make([]entry, len(b.Lines)), room.guard.Store().Now().Truncate(time.Microsecond)
	var wg sync.WaitGroup
	share := (len(entries) + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	for from := 0; from < len(entries); from += share {
		wg.Go(func() {
			for i := from; i < min(from+share, len(entries)); i++ {
				entries[i] = room.read(tenant, b.Lines[i], b.After+int64(i)+1, now)
			}
		})
	}
	wg.Wait()
	return entries
}

// write makes the accounts of a batch. It may run again, so it leaves the entries as they are.
func (room *Room) write(tx *store.Tx, tenant id.Tenant, which ID, entries []entry, after int64) (imported, rejected int64, err error) {
	var drafts []account.Draft
	var at []int // index of each draft's entry
	var no []Rejection
	for i, e := range entries {
		switch {
		case e.rejected != nil:
			no = append(no, *e.rejected)
		case !e.blank:
			drafts, at = append(drafts, e.draft), append(at, i)
		}
	}
	refused, err := account.InsertMany(tx, tenant, drafts)
	if err != nil {
		return 0, 0, err
	}
	var passwords []credential.Sealed
	var from []Origin
	decoys := map[string]int64{}
	for n, why := range refused {
		e := entries[at[n]]
		if why != nil {
			no = append(no, *reject(after+int64(at[n])+1, why))
			continue
		}
		imported++
		if e.decoy != "" {
			passwords = append(passwords, e.sealed)
			decoys[e.decoy]++
		}
		if e.external != "" {
			from = append(from, Origin{e.draft.ID, e.external})
		}
	}
	if err := room.passwords.Keep(tx, tenant, passwords, decoys); err != nil {
		return 0, 0, err
	}
	if err := insertOrigins(tx, tenant, which, from); err != nil {
		return 0, 0, err
	}
	return imported, int64(len(no)), insertRejections(tx, tenant, which, no)
}
