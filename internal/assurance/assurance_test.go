package assurance

import (
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

const here = id.Default

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, role.Migrations, membership.Migrations, setting.Migrations, Migrations}
	operator = caller.Local("")
)

// world is a room on a database with one person.
type world struct {
	*guard.Guard
	t    *testing.T
	room *Room
	now  time.Time
	anna account.ID
}

func each(t *testing.T, o Options, fn func(w *world)) {
	w := &world{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	storetest.EachAt(t, func() time.Time { return w.now }, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w.t, w.Guard, w.now = t, guard.New(s, engine), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		if w.room, err = New(w.Guard, o); err != nil {
			t.Fatal(err)
		}
		w.anna = w.person("anna")
		fn(w)
	})
}

func (w *world) person(name string) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.Guard, operator, here, account.New{Username: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) decide(a Attempt, p Proof) Verdict {
	w.t.Helper()
	if a.Account == "" {
		a.Account = w.anna
	}
	if a.At.IsZero() {
		a.At = w.now
	}
	var v Verdict
	if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) (err error) {
		v, err = w.room.Decide(r, here, a, p)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return v
}
