package passkey_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/factortest"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// What a key proves is what its flags say (NIST SP 800-63B-4, rows N9 and N10 of the table).
func TestN9_N10_FlagsBecomeMarks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const uv, be = passkeytest.UV, passkeytest.BE
		for _, c := range []struct {
			made, used byte
			before     []factor.Fact
			level      factor.Level
		}{
			{uv | be, uv | be, nil, 2},
			{uv, uv, nil, 3},
			{be, be, nil, 1},
			{0, 0, nil, 1},
			{0, uv, nil, 1}, // nobody has ever vouched for its user: UV alone is not believed
			{0, uv, []factor.Fact{factor.Proved(factor.Password, w.Clock.Now())}, 3},
			{0, 0, []factor.Fact{factor.Proved(factor.Password, w.Clock.Now())}, 3},
			{be, be, []factor.Fact{factor.Proved(factor.Password, w.Clock.Now())}, 2},
		} {
			key := key2(c.made)
			which := w.add(key, w.ada)
			key.Flags = passkeytest.UP | c.used
			who := account.ID("")
			if c.before != nil {
				who = w.ada
			}
			at := w.begin(interaction.About{}, who, c.before...)
			if got := w.verify(at, w.get(key, w.ask(at, who)).JSON()); got != "in" {
				t.Fatalf("%+v: %s", c, got)
			}
			i := w.at(at)
			f := i.Facts[len(i.Facts)-1]
			s := factor.Assess(i.Facts)
			if i.Account != w.ada || s.Level != c.level || !s.PhishingResistant || f.Kind() != factor.Passkey || f.Credential() != string(which) || f.Synced() != (c.made&be != 0) {
				t.Errorf("%+v: level %d, %+v", c, s.Level, f)
			}
		}
	})
}

// The first verification of a user counts once another factor has vouched for it (WebAuthn L3 §7.2).
func TestUserVerificationIsInitialised(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := key2(0)
		w.add(key, w.ada)
		key.Flags |= passkeytest.UV
		level := func(who account.ID, before ...factor.Fact) factor.Level {
			at := w.begin(interaction.About{}, who, before...)
			if got := w.verify(at, w.get(key, w.ask(at, who)).JSON()); got != "in" {
				t.Fatal(got)
			}
			return factor.Assess(w.at(at).Facts).Level
		}
		if got := level(""); got != 1 {
			t.Errorf("before: %d", got)
		}
		level(w.ada, factor.Proved(factor.Password, w.Clock.Now()))
		if got := level(""); got != 3 {
			t.Errorf("after: %d", got)
		}
	})
}

func TestRegistration(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var o passkey.CreationOptions
		if err := json.Unmarshal(w.creation(w.ada), &o); err != nil {
			t.Fatal(err)
		}
		if o.RP.ID != "id.example.org" || o.User.Name != "ada" || o.AuthenticatorSelection.ResidentKey != "preferred" || o.AuthenticatorSelection.UserVerification != "preferred" ||
			o.Attestation != "none" || len(o.PubKeyCredParams) != 3 || len(o.Challenge) < 32 {
			t.Errorf("%+v", o)
		}
		key := passkeytest.New(origin)
		key.AAGUID = [16]byte{0xfd, 0xb1, 0x41, 0xb2, 0x5d, 0x84, 0x44, 0x3e, 0x8a, 0x35, 0x46, 0x98, 0xc2, 0x05, 0xa5, 0x02}
		key.Self = true
		which := w.add(key, w.ada)
		keys := w.keys(w.ada)
		if len(keys) != 1 || keys[0].ID != which || keys[0].Provider != "KeePassXC" || !keys[0].Synced || !keys[0].UsedAt.IsZero() || !keys[0].CreatedAt.Equal(w.Clock.Now()) {
			t.Fatalf("%+v", keys)
		}
		if _, err := key.Create(w.creation(w.ada)); err != passkeytest.ErrExcluded {
			t.Errorf("the key is not excluded: %v", err)
		}
		if err := w.RenameOwn(t.Context(), self(w.ada), id.Default, which, " The blue one "); err != nil {
			t.Fatal(err)
		}
		if got := w.keys(w.ada)[0].Name; got != "The blue one" {
			t.Errorf("%q", got)
		}
		for _, name := range []string{strings.Repeat("x", 61), "two\nlines", "\xff"} {
			if got := w.word(w.RenameOwn(t.Context(), self(w.ada), id.Default, which, name)); got != "invalid" {
				t.Errorf("%q: %s", name, got)
			}
		}
		w.Clock.Advance(time.Minute)
		at := w.begin(interaction.About{}, "")
		if got := w.verify(at, w.get(key, w.ask(at, "")).JSON()); got != "in" || !w.keys(w.ada)[0].UsedAt.Equal(w.Clock.Now()) {
			t.Errorf("%s, used %s", got, w.keys(w.ada)[0].UsedAt)
		}
	})
}

// A credential id is one person's (WebAuthn L3 §7.1): who learns another's cannot register it.
func TestAKeyIsOnePersons(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.New(origin)
		w.add(key, w.ada)
		thief := passkeytest.New(origin)
		if _, got := w.try(thief, w.bob, func(d *draft) { d.Key.ID = key.Keys[0].ID }); got != "passkey_exists" {
			t.Errorf("%s", got)
		}
		if got := w.word(w.RemoveOwn(t.Context(), self(w.bob), id.Default, w.keys(w.ada)[0].ID)); got != "not_found" {
			t.Errorf("bob removes ada's: %s", got)
		}
		if got := w.word(w.RenameOwn(t.Context(), self(w.bob), id.Default, w.keys(w.ada)[0].ID, "mine")); got != "not_found" {
			t.Errorf("bob renames ada's: %s", got)
		}
	})
}

func TestTwentyKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range passkey.MaxKeys {
			w.add(passkeytest.New(origin), w.ada)
		}
		_, err := w.AskOwn(t.Context(), self(w.ada), id.Default, laptop)
		if got := w.word(err); got != "passkey_limit" {
			t.Errorf("%s", got)
		}
	})
}

// A counter that does not grow marks the key, tells its owner once, and the key stays refused.
func TestClonedKeysAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.New(origin)
		key.Counts = true
		w.add(key, w.ada)
		in := func(want string) {
			t.Helper()
			at := w.begin(interaction.About{}, "")
			if got := w.verify(at, w.get(key, w.ask(at, "")).JSON()); got != want || (want == "in") != (len(w.at(at).Facts) == 1) {
				t.Errorf("%s, want %s", got, want)
			}
		}
		in("in")
		in("in")
		copied := key.Keys[0].Counter - 1
		key.Keys[0].Counter = copied
		in("passkey_cloned")
		key.Keys[0].Counter = 1000
		in("passkey_cloned")
		if keys := w.keys(w.ada); keys[0].ClonedAt.IsZero() {
			t.Error("the key is not marked")
		}
		told := slices.DeleteFunc(w.Told(), func(s string) bool { return !strings.HasPrefix(s, "cloned ") })
		if len(told) != 1 || !strings.HasSuffix(told[0], " ada") {
			t.Errorf("%q", w.Told())
		}
		w.Read(func(r *store.Reader) error {
			has, err := w.Enrolled(r, id.Default, w.ada)
			if has {
				t.Error("a copied key still counts as enrolled")
			}
			return err
		})
	})
}

func TestSecurityKeyAsSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.SecurityKey(origin)
		w.add(key, w.ada)
		at := w.begin(interaction.About{}, "")
		if _, err := key.Get(w.ask(at, "")); err != passkeytest.ErrNoKey {
			t.Errorf("a key that keeps nothing answers to nobody: %v", err)
		}
		at = w.begin(interaction.About{}, w.ada, factor.Proved(factor.Password, w.Clock.Now()))
		if got := w.verify(at, w.get(key, w.ask(at, w.ada)).JSON()); got != "in" {
			t.Fatal(got)
		}
		if s := factor.Assess(w.at(at).Facts); s.Level != 3 || strings.Join(s.AMR, " ") != "hwk mfa pwd user" {
			t.Errorf("%+v", s)
		}
	})
}

func TestRulesOfTheTenant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		synced := passkeytest.New(origin)
		w.add(synced, w.ada)
		if err := w.set(`{"device_bound_only":true}`); err != nil {
			t.Fatal(err)
		}
		if _, got := w.try(passkeytest.New(origin), w.ada); got != "passkey_model" {
			t.Errorf("a key that may be copied: %s", got)
		}
		at := w.begin(interaction.About{}, "")
		if got := w.verify(at, w.get(synced, w.ask(at, "")).JSON()); got != "passkey_refused" {
			t.Errorf("one from before: %s", got)
		}
		if _, got := w.try(key2(passkeytest.UV), w.ada); got != "in" {
			t.Errorf("a bound one: %s", got)
		}
		if err := w.set(`{"attestation":"direct"}`); err != nil {
			t.Fatal(err)
		}
		if _, got := w.try(key2(passkeytest.UV), w.ada); got != "passkey_model" {
			t.Errorf("without a statement: %s", got)
		}
		attesting := key2(passkeytest.UV)
		attesting.Self = true
		if _, got := w.try(attesting, w.ada); got != "in" {
			t.Errorf("with one: %s", got)
		}
		for _, bad := range []string{`{"attestation":"indirect"}`, `{"attestation":"none","allow_aaguids":["fdb141b2-5d84-443e-8a35-4698c205a502"]}`, `{"deny_aaguids":["KeePassXC"]}`,
			`{"related_origins":["http://a.example"]}`, `{"related_origins":["https://a.example/"]}`, `{"related_origins":["https://a","https://b","https://c","https://d","https://e","https://f"]}`} {
			if got := w.word(w.set(bad)); got != "invalid" {
				t.Errorf("%s: %s", bad, got)
			}
		}
		// A related origin may use our keys once it is named.
		elsewhere := key2(passkeytest.UV)
		elsewhere.Self, elsewhere.Origin = true, "https://id.example.net"
		if _, got := w.try(elsewhere, w.ada); got != "passkey_refused" {
			t.Errorf("another origin: %s", got)
		}
		if err := w.set(`{"related_origins":["https://id.example.net"]}`); err != nil {
			t.Fatal(err)
		}
		if _, got := w.try(elsewhere, w.ada); got != "in" {
			t.Errorf("a related origin: %s", got)
		}
	})
}

func TestNobodyRemovesTheLastWayIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := w.add(passkeytest.New(origin), w.ada), w.add(passkeytest.New(origin), w.ada)
		w.add(passkeytest.SecurityKey(origin), w.ada) // opens nothing by itself
		delete(w.password.has, w.ada)
		w.totp.has[w.ada] = true // is none either
		remove := func(which credential.ID) string {
			return w.word(w.RemoveOwn(t.Context(), self(w.ada), id.Default, which))
		}
		if got := remove(first); got != "in" {
			t.Errorf("one of two: %s", got)
		}
		if got := remove(second); got != "last_way_in" || len(w.keys(w.ada)) != 2 {
			t.Errorf("the last: %s", got)
		}
		w.password.has[w.ada] = true
		if got := remove(second); got != "in" {
			t.Errorf("beside a password: %s", got)
		}
		if got := remove(second); got != "not_found" {
			t.Errorf("again: %s", got)
		}
		if told := w.Told(); len(told) < 2 || !strings.HasPrefix(told[len(told)-1], "removed ") {
			t.Errorf("%q", w.Told())
		}
	})
}

// AU10: what was proved decides what a sign-in may add.
func TestAU10_EnrolmentDuringASignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		proved := func(k factor.Kind) factor.Fact { return factor.Proved(k, w.Clock.Now()) }
		ask := func(at passkey.Place) string {
			_, err := w.AskEnrol(t.Context(), factortest.Nobody, id.Default, at)
			return w.word(err)
		}
		for name, c := range map[string]struct {
			at   passkey.Place
			want string
		}{
			"nobody":                {w.begin(interaction.About{}, ""), "not_proved"},
			"chosen, nothing shown": {w.begin(interaction.About{}, w.ada), "not_proved"},
			"password":              {w.begin(interaction.About{}, w.ada, proved(factor.Password)), "in"},
		} {
			if got := ask(c.at); got != c.want {
				t.Errorf("%s: %s", name, got)
			}
		}
		w.totp.has[w.bob] = true
		if got := ask(w.begin(interaction.About{}, w.bob, proved(factor.Password))); got != "not_proved" {
			t.Errorf("a password alone, beside a second factor: %s", got)
		}
		if got := ask(w.begin(interaction.About{}, w.bob, proved(factor.Password), proved(factor.TOTP))); got != "in" {
			t.Errorf("both: %s", got)
		}
		at := w.begin(interaction.About{}, w.ada, proved(factor.Password))
		o, err := w.AskEnrol(t.Context(), factortest.Nobody, id.Default, at)
		if err != nil {
			t.Fatal(err)
		}
		key := passkeytest.New(origin)
		answer, err := key.Create(text(t, o))
		if err != nil {
			t.Fatal(err)
		}
		other := w.begin(interaction.About{}, w.ada, proved(factor.Password))
		if got := w.word(w.AddEnrol(t.Context(), factortest.Nobody, id.Default, other, answer.JSON(), "")); got != "passkey_refused" {
			t.Errorf("in another sign-in: %s", got)
		}
		if got := w.word(w.AddEnrol(t.Context(), factortest.Nobody, id.Default, at, answer.JSON(), "New")); got != "in" {
			t.Fatal(got)
		}
		if s := factor.Assess(w.at(at).Facts); s.Level != 2 || w.keys(w.ada)[0].Name != "New" {
			t.Errorf("%+v", s)
		}
		if got := ask(other); got != "not_proved" {
			t.Errorf("a second key with the password alone: %s", got)
		}
	})
}

func TestDisabledAndGoneAccounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.New(origin)
		which := w.add(key, w.ada)
		at := w.begin(interaction.About{}, "")
		answer := w.get(key, w.ask(at, ""))
		w.Write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, w.ada, tx.Now()) })
		if got := w.verify(at, answer.JSON()); got != "passkey_refused" {
			t.Errorf("disabled: %s", got)
		}
		w.Write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, w.ada, time.Time{}) })
		// Whoever deletes the credential deletes what finds it.
		w.Write(func(tx *store.Tx) error { return credential.Delete(tx, id.Default, w.ada, "passkey", which) })
		if got := w.verify(at, w.get(key, w.ask(at, "")).JSON()); got != "passkey_refused" {
			t.Errorf("deleted: %s", got)
		}
	})
}

func TestOnlyOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.AskOwn(t.Context(), caller.Nobody("", ""), id.Default, laptop); err == nil {
			t.Error("nobody began a registration")
		}
	})
}
