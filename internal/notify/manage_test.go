package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
)

var code = guardtest.Code

func TestWhatDidNotGetOutIsVisibleAndTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(id.Default, "ada", "", "ada@example.com")
		w.write(id.Default, func(tx *store.Tx) error { return w.Warn(tx, id.Default, who, notify.PasswordChanged, nil) })
		admin := caller.Person("acc_admin", "", "", "", "")
		page := func() notify.Entry {
			t.Helper()
			w.roles = []string{"auditor"}
			list, err := notify.Page(t.Context(), w.guard, admin, id.Default, "", 10)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0]
		}
		if e := page(); e.State != notify.Waiting || e.To != "a…@example.com" || e.Kind != notify.PasswordChanged || e.Account != who || e.Carrier != "mail" {
			t.Errorf("%+v", e)
		}
		answer := errors.New("451 4.7.1 <ada@example.com> greylisted, call +49 30 901820")
		var carried []outbox.ID
		var log strings.Builder
		worker := outbox.NewWorker(w.store, map[outbox.Kind]outbox.Carrier{"mail": func(_ context.Context, e outbox.Effect) error {
			carried = append(carried, e.ID)
			return answer
		}}, slog.New(slog.NewTextHandler(&log, nil)))
		run := func() {
			t.Helper()
			if _, err := worker.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if e := page(); e.State != notify.Failed || e.Attempts != 1 || e.LastError != "451 4.7.1 <a…@example.com> greylisted, call +49…20" {
			t.Errorf("%+v", e)
		}
		answer = outbox.Permanent(errors.New("550 5.1.1 ada@example.com unknown"))
		w.clock.Advance(time.Minute)
		run()
		e := page()
		if e.State != notify.GivenUp || e.LastError != "550 5.1.1 a…@example.com unknown" {
			t.Errorf("%+v", e)
		}
		if strings.Contains(log.String(), "ada@") || strings.Contains(log.String(), "901820") || !strings.Contains(log.String(), "a…@example.com") {
			t.Errorf("the log: %s", log.String())
		}
		w.clock.Advance(48 * time.Hour)
		run()
		if len(carried) != 2 {
			t.Errorf("carried %d times", len(carried))
		}
		w.roles = []string{"auditor"}
		if got := code(notify.Retry(t.Context(), w.guard, admin, id.Default, e.ID)); got != "access_denied" {
			t.Errorf("an auditor retries: %s", got)
		}
		w.roles = []string{"admin"}
		if err := notify.Retry(t.Context(), w.guard, admin, id.Default, e.ID); err != nil {
			t.Fatal(err)
		}
		answer = errors.New("connection refused") // it is old by now, and yet tried more than once
		run()
		if e := page(); e.State != notify.Failed || e.Attempts != 1 {
			t.Errorf("%+v", e)
		}
		answer = nil
		w.clock.Advance(time.Minute)
		run()
		if n := len(w.effects(id.Default)); n != 0 || len(carried) != 4 || len(slices.Compact(carried)) != 1 {
			t.Errorf("%d left, carried %v", n, carried)
		}
		w.roles = []string{"admin"}
		if got := code(notify.Delete(t.Context(), w.guard, admin, id.Default, e.ID)); got != "not_found" {
			t.Errorf("delete what got out: %s", got)
		}
	})
}

func TestDeleteDropsAnEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.tell(verifyCode("ada@example.com")); err != nil {
			t.Fatal(err)
		}
		e := w.effects(id.Default)[0]
		if got := code(notify.Delete(t.Context(), w.guard, operator, "ten_other", e.ID)); got != "not_found" {
			t.Errorf("from another tenant: %s", got)
		}
		if got := code(notify.Delete(t.Context(), w.guard, operator, id.Default, "out_x")); got != "not_found" {
			t.Errorf("what is no id: %s", got)
		}
		if err := notify.Delete(t.Context(), w.guard, operator, id.Default, e.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(w.effects(id.Default)); n != 0 {
			t.Errorf("%d left", n)
		}
		for _, limit := range []int{0, 201} {
			if _, err := notify.Page(t.Context(), w.guard, operator, id.Default, "", limit); code(err) != "invalid" {
				t.Errorf("limit %d: %v", limit, err)
			}
		}
	})
}
