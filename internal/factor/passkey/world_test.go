package passkey_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/factortest"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

const (
	origin = "https://id.example.org"
	laptop = session.ID("ses_00000000000000000000000001")
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
	*factortest.World
	ada, bob account.ID
	password *way
	totp     *way
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	factortest.Each(t, func(t *testing.T, base *factortest.World) {
		w := &world{World: base, ada: base.Person("ada"), bob: base.Person("bob")}
		w.password = &way{factor.Password, true, map[account.ID]bool{w.ada: true, w.bob: true}}
		w.totp = &way{factor.TOTP, false, map[account.ID]bool{}}
		var err error
		w.Room, err = passkey.New(w.Guard, factortest.Root, passkey.Options{
			PublicURL: origin, Tenants: tenant.NewDirectory(w.Guard.Store()), Settings: setting.NewDirectory(w.Guard.Store()),
			Others: func() []passkey.Way { return []passkey.Way{w.password, w.totp} },
			Warn: func(tx *store.Tx, _ id.Tenant, who account.ID, what passkey.Notice, name string) error {
				w.Tell(tx, who, string(what)+" "+name)
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, w)
	}, passkey.Migrations)
}

// set merges a patch into the tenant's rules.
func (w *world) set(patch string) error {
	w.T.Helper()
	_, err := setting.Update(w.T.Context(), w.Guard, factortest.Operator, id.Default, passkey.Settings.Name(), json.RawMessage(patch), -1)
	return err
}

func self(who account.ID) caller.Caller {
	return caller.Person(string(who), string(laptop), "aal1", "", "")
}

// begin is a sign-in in which facts of a person have been proved already.
func (w *world) begin(about interaction.About, who account.ID, facts ...factor.Fact) passkey.Place {
	w.T.Helper()
	at := w.SignIn(about, who, facts...)
	return passkey.Place{Interaction: at.Interaction, Browser: at.Browser}
}

func (w *world) at(p passkey.Place) interaction.Interaction {
	w.T.Helper()
	return w.Interaction(p.Interaction)
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
	w.T.Helper()
	o, err := w.Ask(w.T.Context(), factortest.Nobody, id.Default, at, who)
	if err != nil {
		w.T.Fatal(err)
	}
	return text(w.T, o)
}

// get lets an authenticator answer.
func (w *world) get(a *passkeytest.Authenticator, options []byte, change ...func(*passkeytest.Draft)) passkeytest.Answer {
	w.T.Helper()
	answer, err := a.Get(options, change...)
	if err != nil {
		w.T.Fatal(err)
	}
	return answer
}

// verify says in a word what came of an answer.
func (w *world) verify(at passkey.Place, answer string) string {
	w.T.Helper()
	_, err := w.Verify(w.T.Context(), factortest.Nobody, id.Default, at, answer)
	return w.word(err)
}

func (w *world) word(err error) string {
	w.T.Helper()
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
	w.T.Fatal(err)
	return ""
}

// creation is the options of a registration on the account's pages.
func (w *world) creation(who account.ID) []byte {
	w.T.Helper()
	o, err := w.AskOwn(w.T.Context(), self(who), id.Default, laptop)
	if err != nil {
		w.T.Fatal(err)
	}
	return text(w.T, o)
}

// try offers a new key of an authenticator to an account.
func (w *world) try(a *passkeytest.Authenticator, who account.ID, change ...func(*passkeytest.Draft)) (credential.ID, string) {
	w.T.Helper()
	answer, err := a.Create(w.creation(who), change...)
	if err != nil {
		w.T.Fatal(err)
	}
	key, err := w.AddOwn(w.T.Context(), self(who), id.Default, laptop, answer.JSON(), "")
	return key, w.word(err)
}

// add gives an account a key.
func (w *world) add(a *passkeytest.Authenticator, who account.ID) credential.ID {
	w.T.Helper()
	key, got := w.try(a, who)
	if got != "in" {
		w.T.Fatal(got)
	}
	return key
}

func (w *world) keys(who account.ID) (keys []passkey.Key) {
	w.T.Helper()
	w.Read(func(r *store.Reader) (err error) { keys, err = w.Keys(r, id.Default, who); return err })
	return keys
}
