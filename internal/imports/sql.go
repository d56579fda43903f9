package imports

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// insertRun begins a run unless it was begun before.
func insertRun(tx *store.Tx, tenant id.Tenant, run Run) error {
	_, err := tx.Exec(`INSERT INTO import_run (tenant, id, size, lines, done, imported, rejected, started_at, updated_at) VALUES ($1, $2, $3, 0, 0, 0, 0, $4, $4)
		ON CONFLICT (tenant, id) DO NOTHING`, tenant, run.ID, run.Size, run.StartedAt)
	return err
}

// get returns a run, or ErrNone.
func get(r *store.Reader, tenant id.Tenant, which ID) (Run, error) {
	run := Run{ID: which}
	err := r.One([]any{&run.Size, &run.Lines, &run.Done, &run.Imported, &run.Rejected, &run.StartedAt, &run.UpdatedAt, &run.FinishedAt},
		"SELECT size, lines, done, imported, rejected, started_at, updated_at, finished_at FROM import_run WHERE tenant = $1 AND id = $2", tenant, which)
	if errors.Is(err, store.ErrNotFound) {
		return run, ErrNone
	}
	return run, err
}

// advance writes how far a run has come if it still stands behind the line after; else
// store.ErrNotFound.
func advance(tx *store.Tx, tenant id.Tenant, run Run, after int64) error {
	return tx.ExecOne("UPDATE import_run SET lines = $1, done = $2, imported = $3, rejected = $4, updated_at = $5, finished_at = $6 WHERE tenant = $7 AND id = $8 AND lines = $9",
		run.Lines, run.Done, run.Imported, run.Rejected, run.UpdatedAt, run.FinishedAt, tenant, run.ID, after)
}

func insertRejections(tx *store.Tx, tenant id.Tenant, which ID, list []Rejection) error {
	return store.InsertMany(tx, "INSERT INTO import_rejection (tenant, run, line, field, reason) VALUES", 5, len(list), func(i int) []any {
		return []any{tenant, which, list[i].Line, list[i].Field, list[i].Reason}
	})
}

func insertOrigins(tx *store.Tx, tenant id.Tenant, which ID, list []Origin) error {
	return store.InsertMany(tx, "INSERT INTO import_origin (tenant, account, run, external_id) VALUES", 4, len(list), func(i int) []any {
		return []any{tenant, list[i].Account, which, list[i].ExternalID}
	})
}

func rejections(r *store.Reader, tenant id.Tenant, which ID, after int64, limit int) ([]Rejection, error) {
	return store.Collect(r, func(row store.Row) (x Rejection, err error) { return x, row.Scan(&x.Line, &x.Field, &x.Reason) },
		"SELECT line, field, reason FROM import_rejection WHERE tenant = $1 AND run = $2 AND line > $3 ORDER BY line LIMIT $4", tenant, which, after, limit)
}

func origins(r *store.Reader, tenant id.Tenant, which ID, after account.ID, limit int) ([]Origin, error) {
	return store.Collect(r, func(row store.Row) (o Origin, err error) { return o, row.Scan(&o.Account, &o.ExternalID) },
		"SELECT account, external_id FROM import_origin WHERE tenant = $1 AND run = $2 AND account > $3 ORDER BY account LIMIT $4", tenant, which, after, limit)
}

// Sweeps are the runs that nobody goes on with.
var Sweeps = []store.Sweep{{Table: "import_run", Key: []string{"tenant", "id"}, Gone: "updated_at < $1", Keep: Keep}}
