package setting_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/cardea-iam/cardea/internal/tenant"
)

type toy struct {
	Open    bool     `json:"open"`
	Days    int      `json:"days"`
	Domains []string `json:"domains"`
}

var toys = setting.Declare("toy", "A setting of this test.", toy{Days: 30, Domains: []string{}}, func(t toy) error {
	if t.Days < 0 {
		return guard.Invalid("days", "Days are not negative.")
	}
	return nil
})

func world(t *testing.T, s *store.Store) *guard.Guard {
	t.Helper()
	engine, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return guard.New(s, engine)
}

var operator = caller.Local("req")

func TestAChangeIsSeenAndKeepsTheRest(t *testing.T) {
	storetest.Each(t, []store.Migrations{audit.Migrations, tenant.Migrations, setting.Migrations}, func(t *testing.T, s *store.Store) {
		g, d := world(t, s), setting.NewDirectory(s)
		now := func() toy {
			v, err := toys.Now(t.Context(), d, id.Default)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := now(); v.Open || v.Days != 30 {
			t.Fatalf("initially %+v", v)
		}
		out, err := setting.Update(t.Context(), g, operator, id.Default, "toy", json.RawMessage(`{"open":true,"domains":["a.example"]}`), 0)
		if err != nil || out.Version != 1 {
			t.Fatalf("%+v %v", out, err)
		}
		if v := now(); !v.Open || v.Days != 30 || len(v.Domains) != 1 {
			t.Fatalf("changed %+v", v)
		}
		var problem *guard.Problem
		for name, c := range map[string]struct {
			name, patch string
			version     int64
			code        string
		}{
			"old version": {"toy", `{"open":false}`, 0, "conflict"},
			"the check":   {"toy", `{"days":-1}`, 1, "invalid"},
			"none":        {"shoe", `{}`, -1, "not_found"},
		} {
			if _, err := setting.Update(t.Context(), g, operator, id.Default, setting.Name(c.name), json.RawMessage(c.patch), c.version); !errors.As(err, &problem) || problem.Code != c.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, patch := range []string{`{"opne":true}`, `{"open":"yes"}`, `{"open":true,"open":false}`, `[]`, ``} {
			var bad *strictjson.Error
			if _, err := setting.Update(t.Context(), g, operator, id.Default, "toy", json.RawMessage(patch), -1); !errors.As(err, &bad) {
				t.Errorf("%s: %v", patch, err)
			}
		}
		list, err := setting.Page(t.Context(), g, operator, id.Default)
		if err != nil || len(list) != 1 || !strings.Contains(string(list[0].Document), `"open":true`) {
			t.Errorf("%v %v", list, err)
		}
		if err := s.Read(t.Context(), id.AllTenants, func(r *store.Reader) error {
			var detail string
			if err := r.One([]any{&detail}, "SELECT detail FROM event WHERE action = 'setting.update' AND outcome = 'done'"); err != nil {
				return err
			}
			if detail != `{"changed":{"domains":["a.example"],"open":true}}` {
				t.Errorf("the log has %s", detail)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
