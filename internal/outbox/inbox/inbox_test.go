package inbox_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

func each(t *testing.T, fn func(t *testing.T, room *inbox.Room)) {
	storetest.Each(t, []store.Migrations{audit.Migrations, tenant.Migrations, inbox.Migrations}, func(t *testing.T, s *store.Store) {
		engine, err := policy.New()
		if err != nil {
			t.Fatal(err)
		}
		fn(t, inbox.New(guard.New(s, engine)))
	})
}

var message = inbox.Message{ID: "out_02", Channel: "mail", Account: "acc_1", To: "ada@example.com", Subject: "Hi", Text: "text", HTML: "<p>", Links: []string{"https://id.example.com/x"}, CreatedAt: time.Unix(1_800_000_000, 0).UTC()}

func TestMessagesAreKeptNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, room *inbox.Room) {
		older, elsewhere := message, message
		older.ID, older.To, older.Links = "out_01", "+14255551212", nil
		elsewhere.ID = "out_03"
		for in, m := range map[id.Tenant][]inbox.Message{id.Default: {older, message}, "ten_other": {elsewhere}} {
			for _, m := range m {
				if err := room.Keep(t.Context(), in, m); err != nil {
					t.Fatal(err)
				}
			}
		}
		list, err := room.List(t.Context(), id.Default, "", 10)
		if err != nil || len(list) != 2 || list[1].ID != "out_01" || list[0].Subject != "Hi" || !slices.Equal(list[0].Links, message.Links) || !list[0].CreatedAt.Equal(message.CreatedAt) {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := room.List(t.Context(), id.Default, "+14255551212", 10); err != nil || len(list) != 1 || list[0].ID != "out_01" {
			t.Errorf("of one recipient: %+v %v", list, err)
		}
		if list, err := room.List(t.Context(), id.Default, "", 1); err != nil || len(list) != 1 || list[0].ID != "out_02" {
			t.Errorf("one: %+v %v", list, err)
		}
		if _, err := room.Get(t.Context(), id.Default, "out_03"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another tenant's: %v", err)
		}
	})
}

func TestRepetitionsAtOnceAreOneMessage(t *testing.T) {
	each(t, func(t *testing.T, room *inbox.Room) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := room.Keep(t.Context(), id.Default, message); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		again := message
		again.Text = "changed"
		if err := room.Keep(t.Context(), id.Default, again); err != nil {
			t.Fatal(err)
		}
		if m, err := room.Get(t.Context(), id.Default, outbox.ID("out_02")); err != nil || m.Text != "text" {
			t.Errorf("%+v %v", m, err)
		}
	})
}
