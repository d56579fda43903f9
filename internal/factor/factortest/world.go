// Package factortest is the small world in which the tests of a second factor live: a database with
// the tables that such a factor stands on, a clock that the test turns, people, and sign-ins in which
// something has been proved already. For tests alone.
package factortest

import (
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// The world's callers, and where its people sign in.
var (
	Operator = caller.Local("")
	Nobody   = caller.Nobody("192.0.2.1", "")
	Here     = netip.MustParseAddr("192.0.2.1")
	Browser  = []byte("binding of the browser, 32 bytes") // digest of the binding cookie
	Root     = secret.NewRoot([32]byte{7})
)

var schema = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, setting.Migrations, client.Migrations, session.Migrations,
	issued.Migrations, credential.Migrations, role.Migrations, membership.Migrations, interaction.Migrations, throttle.Migrations}

// World is one database and its people. A test wraps it, with the room under test beside it.
type World struct {
	T     *testing.T
	Guard *guard.Guard
	Clock *clock.Fake

	mu     sync.Mutex
	told   []string
	people map[account.ID]string
}

// Each runs fn in a new world on every database that is here, with the tables of more rooms too. It
// is 22 November 2026, 9 in the morning.
func Each(t *testing.T, fn func(t *testing.T, w *World), more ...store.Migrations) {
	t.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, slices.Concat(schema, more), func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts, session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		fn(t, &World{T: t, Guard: guard.New(s, engine), Clock: fake, people: map[account.ID]string{}})
	})
}

// Person makes an account.
func (w *World) Person(name string) account.ID {
	w.T.Helper()
	a, err := account.Create(w.T.Context(), w.Guard, Operator, id.Default, account.New{Username: name})
	if err != nil {
		w.T.Fatal(err)
	}
	w.people[a.ID] = name
	return a.ID
}

// Read runs fn on the database; an error ends the test.
func (w *World) Read(fn func(*store.Reader) error) {
	w.T.Helper()
	if err := w.Guard.Store().Read(w.T.Context(), id.Default, fn); err != nil {
		w.T.Fatal(err)
	}
}

// Write runs fn in a transaction; an error ends the test.
func (w *World) Write(fn func(*store.Tx) error) {
	w.T.Helper()
	if err := w.Guard.Store().Write(w.T.Context(), id.Default, store.Serializable, fn); err != nil {
		w.T.Fatal(err)
	}
}

// Facts are proofs of this moment.
func (w *World) Facts(kinds ...factor.Kind) (facts []factor.Fact) {
	for _, k := range kinds {
		facts = append(facts, factor.Proved(k, w.Clock.Now()))
	}
	return facts
}

// SignIn starts a sign-in in which facts of a person have been proved already; "" for nobody.
func (w *World) SignIn(about interaction.About, who account.ID, facts ...factor.Fact) interaction.Place {
	w.T.Helper()
	about.Resume, _ = oauth.ParseLocalPath("/account")
	i, err := interaction.New(interaction.Account, about, struct{}{}, w.Clock.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	i.Account, i.Facts = who, facts
	w.Write(func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, Browser) })
	return interaction.Place{Interaction: i.ID, Browser: Browser}
}

// Interaction reads what a sign-in has come to.
func (w *World) Interaction(which interaction.ID) (i interaction.Interaction) {
	w.T.Helper()
	w.Read(func(r *store.Reader) (err error) {
		i, err = interaction.Get(r, id.Default, which, Browser)
		return err
	})
	return i
}

// Tell notes that a person is told something, once the transaction is committed.
func (w *World) Tell(tx *store.Tx, who account.ID, what string) {
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, what+" "+w.people[who])
	})
}

// Told lists what people were told, in order: "what name".
func (w *World) Told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}
