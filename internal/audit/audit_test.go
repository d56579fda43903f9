package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

var plain = audit.NewLog(nil)

func sequenceAll(t *testing.T, s *store.Store) {
	t.Helper()
	if _, err := plain.SequenceAll(t.Context(), s, "node"); err != nil {
		t.Fatal(err)
	}
}

func TestFollowersMissNothingWhileOthersWrite(t *testing.T) {
	storetest.Each(t, []store.Migrations{audit.Migrations}, func(t *testing.T, s *store.Store) {
		const writers, each = 8, 40
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				tenant := id.Tenant([]string{"a", "b"}[w%2])
				for i := range each {
					if err := s.Write(context.Background(), tenant, store.Conditional, func(tx *store.Tx) error {
						return plain.Append(tx, 0, audit.Event{Tenant: tenant, Action: "x.do", Outcome: audit.Done, Caller: caller.Job("w"), Resource: fmt.Sprint(w, "-", i), Detail: []byte("{}")})
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		seen := map[id.Tenant]map[string]bool{"a": {}, "b": {}}
		last := map[id.Tenant]int64{}
		follow := func() {
			sequenceAll(t, s)
			for tenant, have := range seen {
				if err := s.Read(t.Context(), tenant, func(r *store.Reader) error {
					events, err := plain.Follow(r, tenant, last[tenant], 1000)
					for _, e := range events {
						if e.Position != last[tenant]+1 {
							t.Errorf("position %d after %d", e.Position, last[tenant])
						}
						last[tenant] = e.Position
						have[e.Resource] = true
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			follow()
		}
		follow()
		if n := len(seen["a"]) + len(seen["b"]); n != writers*each {
			t.Fatalf("followers saw %d of %d events", n, writers*each)
		}
	})
}

func TestListFiltersAndPages(t *testing.T) {
	storetest.Each(t, []store.Migrations{audit.Migrations}, func(t *testing.T, s *store.Store) {
		for i := range 30 {
			if err := s.Write(t.Context(), "a", store.Conditional, func(tx *store.Tx) error {
				return plain.Append(tx, 0, audit.Event{Tenant: "a", Action: []string{"x.do", "y.do"}[i%2], Outcome: audit.Done, Caller: caller.Job(fmt.Sprint("j", i%3)), Resource: fmt.Sprint("r", i%5), Detail: []byte(`{"i":1}`)})
			}); err != nil {
				t.Fatal(err)
			}
		}
		sequenceAll(t, s)
		list := func(f audit.Filter, before int64, limit int) (out []audit.Event) {
			if err := s.Read(t.Context(), "a", func(r *store.Reader) (err error) {
				out, err = plain.List(r, "a", f, before, limit)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := list(audit.Filter{Action: "x.do", Actor: "system:j0", Resource: "r0"}, 0, 100); len(got) != 1 || got[0].Caller.ID != "j0" {
			t.Fatalf("got %+v", got)
		}
		var all []audit.Event
		for before := int64(0); ; {
			page := list(audit.Filter{}, before, 7)
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
			before = page[len(page)-1].Position
		}
		if len(all) != 30 || all[0].Position != 30 || all[29].Position != 1 {
			t.Fatalf("%d events, from %d", len(all), all[0].Position)
		}
		if err := s.Read(t.Context(), "b", func(r *store.Reader) error {
			other, err := plain.List(r, "b", audit.Filter{}, 0, 100)
			if len(other) != 0 {
				t.Errorf("tenant b sees %d events", len(other))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
