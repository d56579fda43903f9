package guard_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var (
	turnAlone  = guard.Declare[noteID, guard.None]("bench.turn", guard.Public, "Rotate a counter, serializable")
	turnSingle = guard.Declare[noteID, guard.None]("bench.turn_single", guard.Public, "Rotate a counter by one conditional statement", guard.Conditional)
	tell       = guard.Declare[noteID, guard.None]("bench.tell", guard.Public, "Write nothing but the event", guard.Conditional)
)

// BenchmarkDo measures durable guarded operations under 64 callers; docs/decisions/0002 has the
// figures. PostgreSQL is CARDEA_BENCH_POSTGRES, with fsync on.
func BenchmarkDo(b *testing.B) {
	for _, o := range []store.Options{{Path: b.TempDir() + "/b.db"}, {URL: storetest.BenchPostgres()}} {
		if o.Path == "" && o.URL == "" {
			continue
		}
		s, err := store.Open(context.Background(), o)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // the benchmark is over
		if err := s.Migrate(context.Background(), []store.Migrations{audit.Migrations}); err != nil {
			b.Fatal(err)
		}
		if err := s.Write(context.Background(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
			_, err := tx.Exec("CREATE TABLE IF NOT EXISTS turn (tenant TEXT NOT NULL, id TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant, id))")
			for i := 0; err == nil && i < 1000; i++ {
				_, err = tx.Exec("INSERT INTO turn (tenant, id, n) VALUES ('a', $1, 0) ON CONFLICT DO NOTHING", fmt.Sprint(i))
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
		engine, err := policy.New()
		if err != nil {
			b.Fatal(err)
		}
		g := guard.New(s, engine).Keeping(audit.NewLog(person.New(secret.NewRoot([32]byte{7}))))
		rotate := func(i int64) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.ExecOne("UPDATE turn SET n = n + 1 WHERE tenant = $1 AND id = $2", "a", fmt.Sprint(i%1000))
			}
		}
		for name, c := range map[string]struct {
			action guard.Action[noteID, guard.None]
			from   string
			fn     func(i int64) func(*store.Tx) error
		}{
			"serializable": {turnAlone, "", rotate},
			"conditional":  {turnSingle, "", rotate},
			"sealed":       {turnSingle, "192.0.2.7", rotate},
			"event alone":  {tell, "", func(int64) func(*store.Tx) error { return func(*store.Tx) error { return nil } }},
		} {
			b.Run(string(s.Dialect())+"/"+name, func(b *testing.B) {
				var next, failed atomic.Int64
				var wg sync.WaitGroup
				for range 64 {
					wg.Go(func() {
						for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
							if err := g.Do(context.Background(), caller.Person(fmt.Sprint("acc_", i%1000), "", "", c.from, ""), c.action.On("a", "x", nil), c.fn(i)); err != nil {
								failed.Add(1)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
				b.ReportMetric(float64(failed.Load()), "failed")
			})
		}
	}
}
