package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

const origin = "https://id.example.com"

var (
	schema   = []store.Migrations{audit.Migrations, outbox.Migrations, tenant.Migrations, account.Migrations, session.Migrations, issued.Migrations, notify.Migrations}
	operator = caller.Local("")
	start    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

type world struct {
	*notify.Room
	t     *testing.T
	store *store.Store
	guard *guard.Guard
	root  *secret.Root
	clock *clock.Fake
	roles []string // of every person
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(start)
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		w := &world{t: t, store: s, root: secret.NewRoot([32]byte{7}), clock: fake}
		engine, err := policy.New(func(_ *store.Reader, _ policy.Request, f *policy.Facts) error {
			f.CallerRoles = w.roles
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.guard = guard.New(s, engine)
		w.Room = notify.New(w.root, origin, tenant.NewDirectory(s))
		fn(t, w)
	})
}

func (w *world) write(in id.Tenant, fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), in, store.Serializable, fn); err != nil {
		w.t.Fatal(err)
	}
}

// tell tells one letter in the default tenant.
func (w *world) tell(l notify.Letter) (sent bool, err error) {
	err = w.store.Write(w.t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
		sent, err = w.Tell(tx, id.Default, l)
		return err
	})
	return sent, err
}

func (w *world) effects(in id.Tenant) (out []outbox.Entry) {
	w.t.Helper()
	if err := w.store.Read(w.t.Context(), in, func(r *store.Reader) (err error) {
		out, err = outbox.List(r, in, "", 1000)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// opened are the messages that wait, newest first.
func (w *world) opened(in id.Tenant) (out []notify.Message) {
	w.t.Helper()
	for _, e := range w.effects(in) {
		m, err := w.Open(e.Effect)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// person makes an account with verified addresses.
func (w *world) person(in id.Tenant, name, locale string, addresses ...string) account.ID {
	w.t.Helper()
	a, err := account.Create(context.Background(), w.guard, operator, in, account.New{Username: name, Claims: account.Claims{Locale: locale}, Email: addresses[0], EmailVerified: true})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, more := range addresses[1:] {
		if _, err := account.AddEmail(context.Background(), w.guard, operator, in, a.ID, more, true); err != nil {
			w.t.Fatal(err)
		}
	}
	return a.ID
}

func verifyCode(to string) notify.Letter {
	return notify.Letter{Kind: notify.VerifyCode, To: to, Values: notify.Values{"code": "123456", "minutes": "10"}}
}
