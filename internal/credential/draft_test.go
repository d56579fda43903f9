package credential_test

import (
	"errors"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

// A draft is there for its own place only, until it is confirmed or its time is over, and opens in
// no other row.
func TestLifeOfADraft(t *testing.T) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		ann := person(t, s, "ann")
		find := func(place string) (data string, err error) {
			err = s.Read(t.Context(), id.Default, func(r *store.Reader) error {
				d, err := credential.GetDraft(r, root, id.Default, ann, "totp", place)
				data = string(d.Data)
				return err
			})
			return data, err
		}
		keep := func(data string) {
			t.Helper()
			d := credential.Draft{Account: ann, Kind: "totp", Place: "ses_1", Data: []byte(data)}
			if err := write(t, s, func(tx *store.Tx) error {
				return credential.PutDraft(tx, id.Default, d, credential.SealDraft(root, id.Default, d), tx.Now().Add(time.Minute))
			}); err != nil {
				t.Fatal(err)
			}
		}
		drop := func() error {
			return write(t, s, func(tx *store.Tx) error { return credential.DropDraft(tx, id.Default, ann, "totp", "ses_1") })
		}
		keep("first")
		keep("second")
		if got, err := find("ses_1"); err != nil || got != "second" {
			t.Fatalf("%q %v", got, err)
		}
		if _, err := find("ses_2"); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("another place: %v", err)
		}
		if err := drop(); err != nil {
			t.Fatal(err)
		}
		if err := drop(); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("dropped twice: %v", err)
		}
		keep("third")
		fake.Advance(time.Minute)
		if _, err := find("ses_1"); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("after its time: %v", err)
		}
		moved := credential.Draft{Account: ann, Kind: "totp", Place: "ses_1", Data: []byte("x")}
		sealed := credential.SealDraft(root, id.Default, moved)
		moved.Place = "ses_2"
		if err := write(t, s, func(tx *store.Tx) error {
			return credential.PutDraft(tx, id.Default, moved, sealed, tx.Now().Add(time.Minute))
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := find("ses_2"); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("moved to another place: %v", err)
		}
	})
}
