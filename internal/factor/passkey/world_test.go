package passkey_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
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
)

var schema = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, setting.Migrations, client.Migrations, session.Migrations, issued.Migrations,
	credential.Migrations, role.Migrations, membership.Migrations, interaction.Migrations, passkey.Migrations,
}

const (
	origin = "https://id.example.org"
	laptop = session.ID("ses_00000000000000000000000001")
)

var (
	operator = caller.Local("")
	nobody   = caller.Nobody("192.0.2.1", "")
	binding  = []byte("binding of the browser, 32 bytes")
)

// way is another factor that some accounts have.
type way struct {
	kind  factor.Kind
	first bool
	has   map[account.ID]bool
}

func (w *way) Kind() factor.Kind { return w.kind }
func (w *way) First() bool       { return w.first }
func (w *way) Enrolled(_ *store.Reader, _ id.Tenant, who account.ID) (bool, error) {
	return w.has[who], nil
}

type world struct {
	*passkey.Room
	t        *testing.T
	g        *guard.Guard
	clock    *clock.Fake
	ada, bob account.ID
	password *way
	totp     *way
	told     []string
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts, session.Facts)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, g: guard.New(s, engine), clock: fake}
		w.ada, w.bob = w.create("ada"), w.create("bob")
		w.password = &way{factor.Password, true, map[account.ID]bool{w.ada: true, w.bob: true}}
		w.totp = &way{factor.TOTP, false, map[account.ID]bool{}}
		w.Room, err = passkey.New(w.g, secret.NewRoot([32]byte{7}), passkey.Options{
			PublicURL: origin, Tenants: tenant.NewDirectory(s), Settings: setting.NewDirectory(s), Others: func() []passkey.Way { return []passkey.Way{w.password, w.totp} },
			Warn: func(tx *store.Tx, _ id.Tenant, who account.ID, what passkey.Notice, name string) error {
				tx.AfterCommit(func() { w.told = append(w.told, string(who)+" "+string(what)+" "+name) })
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, w)
	})
}

func (w *world) create(name string) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.g, operator, id.Default, account.New{Username: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.g.Store().Write(w.t.Context(), id.Default, store.Serializable, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(fn func(*store.Reader) error) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, fn); err != nil {
		w.t.Fatal(err)
	}
}

// set merges a patch into the tenant's rules.
func (w *world) set(patch string) error {
	w.t.Helper()
	_, err := setting.Update(w.t.Context(), w.g, operator, id.Default, passkey.Settings.Name(), json.RawMessage(patch), -1)
	return err
}

func self(who account.ID) caller.Caller {
	return caller.Person(string(who), string(laptop), "aal1", "", "")
}

// begin is a sign-in in which facts of a person have been proved already.
func (w *world) begin(about interaction.About, who account.ID, facts ...factor.Fact) passkey.Place {
	w.t.Helper()
	about.Resume, _ = oauth.ParseLocalPath("/account")
	i, err := interaction.New(interaction.Account, about, struct{}{}, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	i.Account, i.Facts = who, facts
	w.write(func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, binding) })
	return passkey.Place{Interaction: i.ID, Browser: binding}
}

func (w *world) at(p passkey.Place) (i interaction.Interaction) {
	w.t.Helper()
	w.read(func(r *store.Reader) (err error) {
		i, err = interaction.Get(r, id.Default, p.Interaction, binding)
		return err
	})
	return i
}

func text(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ask is the options of an assertion.
func (w *world) ask(at passkey.Place, who account.ID) []byte {
	w.t.Helper()
	o, err := w.Ask(w.t.Context(), nobody, id.Default, at, who)
	if err != nil {
		w.t.Fatal(err)
	}
	return text(w.t, o)
}

// get lets an authenticator answer.
func (w *world) get(a *passkeytest.Authenticator, options []byte, change ...func(*passkeytest.Draft)) passkeytest.Answer {
	w.t.Helper()
	answer, err := a.Get(options, change...)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

// verify says in a word what came of an answer.
func (w *world) verify(at passkey.Place, answer string) string {
	w.t.Helper()
	_, err := w.Verify(w.t.Context(), nobody, id.Default, at, answer)
	return w.word(err)
}

func (w *world) word(err error) string {
	w.t.Helper()
	var refused *passkey.Refused
	var problem *guard.Problem
	switch {
	case err == nil:
		return "in"
	case errors.As(err, &refused):
		return string(refused.Reason)
	case errors.As(err, &problem):
		return problem.Code
	}
	w.t.Fatal(err)
	return ""
}

// creation is the options of a registration on the account's pages.
func (w *world) creation(who account.ID) []byte {
	w.t.Helper()
	o, err := w.AskOwn(w.t.Context(), self(who), id.Default, laptop)
	if err != nil {
		w.t.Fatal(err)
	}
	return text(w.t, o)
}

// try offers a new key of an authenticator to an account.
func (w *world) try(a *passkeytest.Authenticator, who account.ID, change ...func(*passkeytest.Draft)) (credential.ID, string) {
	w.t.Helper()
	answer, err := a.Create(w.creation(who), change...)
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := w.AddOwn(w.t.Context(), self(who), id.Default, laptop, answer.JSON(), "")
	return key, w.word(err)
}

// add gives an account a key.
func (w *world) add(a *passkeytest.Authenticator, who account.ID) credential.ID {
	w.t.Helper()
	key, got := w.try(a, who)
	if got != "in" {
		w.t.Fatal(got)
	}
	return key
}

func (w *world) keys(who account.ID) (keys []passkey.Key) {
	w.t.Helper()
	w.read(func(r *store.Reader) (err error) { keys, err = w.Keys(r, id.Default, who); return err })
	return keys
}
