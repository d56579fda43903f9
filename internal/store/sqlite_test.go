package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/store"
)

// SQLite rolls the whole transaction back by itself when the disk fails. Whoever shared the commit
// must hear that nothing was written, and what was acknowledged must be there.
func TestSharedCommitThatBreaksIsAcknowledgedToNobody(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	if err := s.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	acknowledged, failed := map[string]bool{}, 0
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 40 {
				name := fmt.Sprintf("%d-%d", w, i)
				err := s.Write(context.Background(), "a", store.Serializable, func(tx *store.Tx) error {
					if i%10 == w%10 { // as a full disk would
						_, err := tx.Exec("ROLLBACK")
						return errors.Join(err, errors.New("disk full"))
					}
					return put(tx, purseID(name), 1)
				})
				mu.Lock()
				if err == nil {
					acknowledged[name] = true
				} else {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for name := range acknowledged {
		if _, err := coins(t, s, "a", purseID(name)); err != nil {
			t.Fatalf("%s was acknowledged and is not there: %v", name, err)
		}
	}
	if failed < 16*4 || len(acknowledged) == 0 {
		t.Fatalf("%d failed, %d acknowledged", failed, len(acknowledged))
	}
}
