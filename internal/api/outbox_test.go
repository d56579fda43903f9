package api_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

func TestOutboxShowsWhatFailedAndTriesAgain(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		room := notify.New(w.Root, "https://id.example.com", tenant.NewDirectory(w.Store))
		if err := w.Store.Write(t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
			_, err := room.Tell(tx, id.Default, notify.Letter{Kind: notify.VerifyCode, To: "grace@example.com", Values: notify.Values{"code": "123456", "minutes": "10"}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		answer := outbox.Permanent(errors.New("550 5.1.1 <grace@example.com> unknown"))
		worker := outbox.NewWorker(w.Store, map[outbox.Kind]outbox.Carrier{"mail": func(context.Context, outbox.Effect) error { return answer }}, slog.New(slog.DiscardHandler))
		if _, err := worker.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := as(t, w, "auditor", "GET", v1+"/outbox", "").want(t, http.StatusOK)
		for _, want := range []string{`"carrier":"mail"`, `"kind":"verify_code"`, `"to":"g…@example.com"`, `"state":"given_up"`, `"attempts":1`, `"last_error":"550 5.1.1 <g…@example.com> unknown"`} {
			if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(got.body, "\\u003c", "<"), "\\u003e", ">"), want) {
				t.Errorf("the list lacks %s: %s", want, got.body)
			}
		}
		if strings.Contains(got.body, "grace") || strings.Contains(got.body, "123456") {
			t.Errorf("the list tells too much: %s", got.body)
		}
		list, err := notify.Page(t.Context(), w.Guard, apitest.Operator, id.Default, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		one := v1 + "/outbox/" + string(list[0].ID)
		as(t, w, "auditor", "POST", one+"/retry", "").want(t, http.StatusForbidden)
		as(t, w, "admin", "POST", one+"/retry", "").want(t, http.StatusNoContent)
		answer = nil
		if _, err := worker.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		as(t, w, "admin", "DELETE", one, "").want(t, http.StatusNotFound)
	})
}
