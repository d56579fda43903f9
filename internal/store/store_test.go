package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var schema = []store.Migrations{{Room: "test", Files: fstest.MapFS{"migrations/20260101_test.sql": {Data: []byte(`
CREATE TABLE purse (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  coins BIGINT NOT NULL CHECK (coins >= 0),
  open BOOLEAN NOT NULL DEFAULT TRUE,
  at BIGINT,
  raw BLOB, -- sqlite
  raw BYTEA, -- postgres
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
`)}}}}

type purseID string

func put(tx *store.Tx, purse purseID, coins int) error {
	_, err := tx.Exec("INSERT INTO purse (tenant, id, coins, at, raw) VALUES ($1, $2, $3, $4, $5)", tx.Tenant(), purse, coins, tx.Now(), []byte{0, 1})
	return err
}

func coins(t *testing.T, s *store.Store, tenant id.Tenant, purse purseID) (n int, err error) {
	t.Helper()
	err = s.Read(t.Context(), tenant, func(r *store.Reader) error {
		return r.One([]any{&n}, "SELECT coins FROM purse WHERE tenant = $1 AND id = $2", tenant, purse)
	})
	return n, err
}

func TestValuesGoInAndComeOut(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		var now time.Time
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
			now = tx.Now()
			return put(tx, "p", 7)
		}); err != nil {
			t.Fatal(err)
		}
		err := s.Read(t.Context(), "a", func(r *store.Reader) error {
			var p purseID
			var n int
			var open bool
			var at, never time.Time
			var raw []byte
			var missing *int64
			if err := r.One([]any{&p, &n, &open, &at, &raw, &never, &missing}, "SELECT id, coins, open, at, raw, NULL, NULL FROM purse WHERE tenant = $1 AND coins = $2", "a", 7); err != nil {
				return err
			}
			if p != "p" || n != 7 || !open || !at.Equal(now) || string(raw) != "\x00\x01" || !never.IsZero() || missing != nil {
				t.Errorf("got %q %d %v %v %v %v %v", p, n, open, at, raw, never, missing)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestFailedTransactionLeavesNoTrace(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		for name, fail := range map[string]func() error{
			"error": func() error { return errors.New("no") },
			"panic": func() error { panic("no") },
		} {
			if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
				if err := put(tx, "p", 1); err != nil {
					return err
				}
				return fail()
			}); err == nil {
				t.Fatalf("%s: want an error", name)
			}
			if _, err := coins(t, s, "a", "p"); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("%s: the row is there: %v", name, err)
			}
		}
	})
}

func TestRefusalRollsBackAndScarsStay(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
			tx.OnRefusal(func(tx *store.Tx) error { return put(tx, "scar", 1) })
			if err := put(tx, "wish", 1); err != nil {
				return err
			}
			if err := put(tx, "wish", 1); !store.IsDuplicate(err) {
				return fmt.Errorf("want a duplicate, got %w", err)
			}
			return tx.Refuse()
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := coins(t, s, "a", "wish"); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the wish is there: %v", err)
		}
		if n, err := coins(t, s, "a", "scar"); err != nil || n != 1 {
			t.Fatalf("the scar is not there: %v", err)
		}
	})
}

func TestTransactionsBehaveAsIfAlone(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error { return put(tx, "p", 0) }); err != nil {
			t.Fatal(err)
		}
		const callers, rounds = 16, 5
		var wg sync.WaitGroup
		var failed atomic.Int64
		for range callers {
			wg.Go(func() {
				for range rounds {
					if err := s.Write(context.Background(), "a", store.Serializable, func(tx *store.Tx) error {
						var n int
						if err := tx.One([]any{&n}, "SELECT coins FROM purse WHERE tenant = $1 AND id = $2", "a", "p"); err != nil {
							return err
						}
						return tx.ExecOne("UPDATE purse SET coins = $3 WHERE tenant = $1 AND id = $2", "a", "p", n+1)
					}); err != nil {
						failed.Add(1) // conflictTries were used up: nothing was written
					}
				}
			})
		}
		wg.Wait()
		if n, err := coins(t, s, "a", "p"); err != nil || int64(n) != callers*rounds-failed.Load() {
			t.Fatalf("%d coins, want %d: an update was lost (%v)", n, callers*rounds-failed.Load(), err)
		}
	})
}

func TestOrdersGrowAcrossReopening(t *testing.T) {
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		var last int64
		for range 3 {
			s, err := store.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
					if tx.Order() <= last {
						t.Errorf("order %d after %d", tx.Order(), last)
					}
					last = tx.Order()
					_, err := tx.Exec("CREATE TABLE IF NOT EXISTS x (y INTEGER)")
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Read(t.Context(), "a", func(r *store.Reader) error {
				h, err := r.Horizon()
				if h <= last {
					t.Errorf("horizon %d does not pass order %d", h, last)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAD10_TenantWall(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		if s.Dialect() != store.Postgres {
			t.Skip("the second wall is PostgreSQL's; on SQLite the statement's tenant argument is the wall")
		}
		for _, tenant := range []id.Tenant{"a", "b"} {
			if err := s.Write(t.Context(), tenant, store.Serializable, func(tx *store.Tx) error { return put(tx, "p", 1) }); err != nil {
				t.Fatal(err)
			}
		}
		count := func(as id.Tenant) (n int) {
			if err := s.Read(t.Context(), as, func(r *store.Reader) error {
				return r.One([]any{&n}, "SELECT count(*) FROM purse")
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if count("a") != 1 || count("b") != 1 || count("c") != 0 || count(id.AllTenants) != 2 {
			t.Fatalf("a sees %d, b %d, c %d, all %d", count("a"), count("b"), count("c"), count(id.AllTenants))
		}
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO purse (tenant, id, coins) VALUES ('b', 'q', 1)")
			return err
		}); err == nil {
			t.Fatal("tenant a wrote a row of tenant b")
		}
	})
}

func TestMigrationThatChangedIsRefused(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		if err := s.Migrate(t.Context(), schema); err != nil {
			t.Fatalf("a second run: %v", err)
		}
		edited := []store.Migrations{{Room: "test", Files: fstest.MapFS{"migrations/20260101_test.sql": {Data: []byte("SELECT 1;")}}}}
		if err := s.Migrate(t.Context(), edited); err == nil || !strings.Contains(err.Error(), "never edited") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestSeveralNodesMigrateAtOnce(t *testing.T) {
	url := storetest.Postgres(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := store.Open(context.Background(), store.Options{URL: url})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close() //nolint:errcheck // the test is over
			if err := s.Migrate(context.Background(), schema); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestLeaseHasOneHolderAndAFence(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		take := func(holder string, d time.Duration) (fence int64, err error) {
			err = s.Write(t.Context(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
				fence, err = tx.Lease("seal", holder, d)
				return err
			})
			return fence, err
		}
		first, err := take("n1", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := take("n2", time.Hour); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("two holders: %v", err)
		}
		if again, err := take("n1", -time.Second); err != nil || again != first {
			t.Fatalf("renewal: fence %d after %d, %v", again, first, err)
		}
		if second, err := take("n2", time.Hour); err != nil || second <= first {
			t.Fatalf("take-over: fence %d after %d, %v", second, first, err)
		}
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) error { return r.Held("seal", "n1", first) }); err == nil {
			t.Fatal("the old holder still holds it")
		}
	})
}

func TestCacheSeesTouches(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		loads := 0
		c := store.NewCache(s, "purse", 10, func(_ context.Context, k string) (string, error) {
			loads++
			return fmt.Sprint(k, loads), nil
		})
		get := func(want string) {
			t.Helper()
			if v, err := c.Get(t.Context(), "k"); err != nil || v != want {
				t.Fatalf("got %q %v, want %q", v, err, want)
			}
		}
		get("k1")
		get("k1")
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error { return tx.Touch("purse") }); err != nil {
			t.Fatal(err)
		}
		get("k2")
		if err := s.Write(t.Context(), "a", store.Serializable, func(tx *store.Tx) error {
			return errors.Join(tx.Touch("purse"), errors.New("no"))
		}); err == nil {
			t.Fatal("want an error")
		}
		get("k2")
	})
}

func TestSweeperFindsAllThatIsGoneAndNothingElse(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		const rows = 5000
		if err := s.Write(t.Context(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
			for i := range rows {
				at := tx.Now().Add(time.Hour)
				if i%7 == 0 {
					at = tx.Now().Add(-time.Hour)
				}
				if _, err := tx.Exec("INSERT INTO purse (tenant, id, coins, at) VALUES ($1, $2, 0, $3)", []string{"a", "b"}[i%2], fmt.Sprintf("%05d", i), at); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		sweeper := store.NewSweeper(store.Sweep{Table: "purse", Key: []string{"tenant", "id"}, Gone: "at < $1"})
		for last := false; !last; {
			var gone bool
			if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) (err error) {
				gone, last, err = sweeper.Look(r)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if gone {
				if err := s.Write(t.Context(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
					_, err := sweeper.Delete(tx)
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			sweeper.Next()
		}
		var left, dead int
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) error {
			return r.One([]any{&left, &dead}, "SELECT count(*), count(*) FILTER (WHERE at < $1) FROM purse", r.Now())
		}); err != nil {
			t.Fatal(err)
		}
		if want := rows - (rows+6)/7; left != want || dead != 0 {
			t.Fatalf("%d rows left, want %d; %d of them gone", left, want, dead)
		}
	})
}
