package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var schema = []store.Migrations{
	audit.Migrations, tenant.Migrations, account.Migrations, client.Migrations, role.Migrations, membership.Migrations, session.Migrations, issued.Migrations, interaction.Migrations,
	outbox.Migrations, notify.Migrations, mailbox.Migrations,
}

// Two purposes that the tests serve.
const (
	one mailbox.Purpose = "one"
	two mailbox.Purpose = "two"
)

var (
	here  = []byte("digest of this browser's cookie.")
	there = []byte("digest of another one's cookie..")
)

// try is the verb under which the tests ask and prove.
var try = guard.Declare[mailbox.ID, guard.None]("test.mailbox", guard.Public, "Ask and prove")

// world is the room with a carrier, and letters that are read. Addresses of somebody.example are
// ann's; mailboxes of nobody.example are nobody's; all others are known to none and get a code.
type world struct {
	*mailbox.Room
	t     *testing.T
	store *store.Store
	guard *guard.Guard
	clock *clock.Fake
	work  *outbox.Worker
	ann   account.ID
	kind  mailbox.Proof // of the letters

	mu   sync.Mutex
	said []mailbox.Said
	mail []notify.Message
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		w := &world{t: t, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), kind: mailbox.Linked}
		o.Clock, o.Log = w.clock.Now, slog.New(slog.DiscardHandler)
		s, err := store.Open(t.Context(), o)
		w.must(err)
		t.Cleanup(func() { _ = s.Close() })
		w.must(s.Migrate(t.Context(), schema))
		engine, err := policy.New(membership.Facts)
		w.must(err)
		w.store, w.guard = s, guard.New(s, engine)
		root := secret.NewRoot([32]byte{5})
		letters := notify.New(root, "https://id.example", tenant.NewDirectory(s))
		w.Room = mailbox.New(w.guard, root, letters)
		w.Serve(one, w.resolve)
		w.Serve(two, w.resolve)
		w.work = outbox.NewWorker(s, map[outbox.Kind]outbox.Carrier{mailbox.Carrier: w.Carry, outbox.Kind(notify.Mail): func(_ context.Context, e outbox.Effect) error {
			m, err := letters.Open(e)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.mail = append(w.mail, m)
			return err
		}}, slog.New(slog.DiscardHandler))
		a, err := account.Create(t.Context(), w.guard, caller.Local(""), id.Default, account.New{Username: "ann"})
		w.must(err)
		w.ann = a.ID
		fn(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) resolve(_ *store.Tx, _ id.Tenant, row mailbox.Row) (mailbox.Target, error) {
	to := account.EmailAddress(row.Address)
	if strings.HasSuffix(row.Address, "@nobody.example") {
		return mailbox.Target{}, nil
	}
	target := mailbox.Target{To: to, Kind: notify.VerifyCode, Proof: w.kind, Values: func(said mailbox.Said) (notify.Values, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, said)
		return notify.Values{"code": said.Code, "minutes": mailbox.Minutes}, nil
	}}
	if strings.HasSuffix(row.Address, "@somebody.example") {
		target.Account = w.ann
	}
	if w.kind == mailbox.None {
		target.Kind = notify.AccountExists
		target.Values = func(mailbox.Said) (notify.Values, error) {
			return notify.Values{"link": "https://id.example/account"}, nil
		}
	}
	return target, nil
}

func (w *world) do(fn func(tx *store.Tx) error) error {
	return w.guard.Do(w.t.Context(), caller.Nobody("", ""), try.On(id.Default, "x", nil), fn)
}

func (w *world) ask(k mailbox.Key, to string) {
	w.t.Helper()
	w.must(w.do(func(tx *store.Tx) error { return w.Begin(tx, id.Default, mailbox.Ask{Key: k, Address: to}) }))
}

// carry lets the letters out and returns what the last one said.
func (w *world) carry() mailbox.Said {
	w.t.Helper()
	for {
		n, err := w.work.Run(w.t.Context())
		w.must(err)
		if n == 0 {
			break
		}
	}
	if len(w.said) == 0 {
		return mailbox.Said{}
	}
	return w.said[len(w.said)-1]
}

// errRight ends an operation in which a code was right, so that nothing is used up.
var errRight = errors.New("right")

// check is the code of the refusal of a code, "" for none; whoever it is right for goes on.
func (w *world) check(k mailbox.Key, code string) string {
	w.t.Helper()
	return w.refusal(w.do(func(tx *store.Tx) error {
		_, err := w.Check(tx, id.Default, k, code)
		if err == nil {
			err = errRight
		}
		return err
	}))
}

func (w *world) prove(k mailbox.Key, code string) string {
	w.t.Helper()
	return w.refusal(w.Prove(w.t.Context(), caller.Nobody("", ""), id.Default, try.On(id.Default, "x", nil), k, code, func(*store.Tx, mailbox.Row) error { return nil }))
}

func (w *world) refusal(err error) string {
	var r *mailbox.Refused
	switch {
	case err == nil:
		return "proved"
	case errors.Is(err, errRight):
		return "right"
	case errors.As(err, &r):
		return r.Code
	}
	return err.Error()
}

// link is whether a link finds a question.
func (w *world) link(p mailbox.Purpose, in id.Tenant, link secret.Secret) (found bool) {
	w.t.Helper()
	w.must(w.store.Read(w.t.Context(), in, func(r *store.Reader) error {
		_, err := w.ByLink(r, in, p, link)
		if found = err == nil; errors.Is(err, mailbox.ErrGone) {
			return nil
		}
		return err
	}))
	return found
}

func (w *world) expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func key(p mailbox.Purpose, bound string) mailbox.Key {
	return mailbox.Key{Purpose: p, Bound: bound, Browser: here}
}

// AU08: five codes may be typed for one letter, also when fifty come at once.
func TestAU08_FiftyGuessesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.kind = mailbox.Code
		k := key(one, "a")
		w.ask(k, "eve@new.example")
		said := w.carry()
		wrong := func(n int) string { return fmt.Sprintf("%08d", (n*7919+int(said.Code[0]))%100_000_000) }
		var wg sync.WaitGroup
		start, got := make(chan struct{}), make(chan string, 50)
		for n := range 50 {
			guess := wrong(n)
			if guess == said.Code {
				guess = wrong(n + 50)
			}
			wg.Go(func() {
				<-start
				got <- w.prove(k, guess)
			})
		}
		close(start)
		wg.Wait()
		close(got)
		for g := range got {
			w.expect(t, "a guess", g, "wrong_code")
		}
		w.expect(t, "the code after them", w.prove(k, said.Code), "wrong_code")
		w.must(w.store.Read(t.Context(), id.Default, func(r *store.Reader) error {
			var tries int
			err := r.One([]any{&tries}, "SELECT tries FROM mailbox_code")
			if tries < 50 {
				t.Errorf("%d guesses were counted", tries)
			}
			return err
		}))
		// Asking again, and what leaves meanwhile, gives no tries; the next letter does.
		w.ask(k, "eve@new.example")
		w.expect(t, "the code, asked for again", w.prove(k, said.Code), "wrong_code")
		w.expect(t, "the next code", w.prove(k, w.carry().Code), "proved")
	})
}

// CG05: of fifty who bring the right code at once one has proved it.
func TestCG05_OneCodeOneProof(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.kind = mailbox.Code
		k := key(one, "a")
		w.ask(k, "eve@new.example")
		code := w.carry().Code
		var wg sync.WaitGroup
		start, got := make(chan struct{}), make(chan string, 50)
		for range 50 {
			wg.Go(func() {
				<-start
				got <- w.prove(k, code)
			})
		}
		close(start)
		wg.Wait()
		close(got)
		n := map[string]int{}
		for g := range got {
			n[g]++
		}
		if n["proved"] != 1 || n["proved"]+n["code_gone"] != 50 {
			t.Errorf("%v", n)
		}
	})
}

// CG01: a code is of one purpose, one thing under way, one browser, one tenant; a failed try with it
// elsewhere leaves it alone.
func TestCG01_ACodeIsOfItsQuestion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.kind = mailbox.Code
		k := key(one, "a")
		w.ask(k, "eve@new.example")
		code := w.carry().Code
		for _, other := range []mailbox.Key{key(two, "a"), key(one, "b")} {
			w.expect(t, "nothing was asked for", w.prove(other, code), "code_gone")
			w.ask(other, "eve@new.example")
			w.carry()
			w.expect(t, "another question", w.prove(other, code), "wrong_code")
			// Nor does its digest, in the row of the other.
			w.must(w.do(func(tx *store.Tx) error {
				_, err := tx.Exec("UPDATE mailbox_code SET code = (SELECT code FROM mailbox_code WHERE purpose = 'one' AND bound = 'a') WHERE purpose = $1 AND bound = $2", other.Purpose, other.Bound)
				return err
			}))
			w.expect(t, "another question with the same digest", w.prove(other, code), "wrong_code")
		}
		w.expect(t, "another browser", w.prove(mailbox.Key{Purpose: one, Bound: "a", Browser: there}, code), "code_gone")
		w.expect(t, "no browser", w.prove(mailbox.Key{Purpose: one, Bound: "a"}, code), "code_gone")
		w.expect(t, "another tenant", w.refusal(w.Prove(t.Context(), caller.Nobody("", ""), "ten_other", try.On("ten_other", "x", nil), k, code,
			func(*store.Tx, mailbox.Row) error { return nil })), "code_gone")
		for _, text := range []string{"", code[:7], code + "0", code + "\x00", strings.Repeat(code, 20), " \u00a0-"} {
			if got := w.prove(k, text); got == "proved" {
				t.Errorf("%q is proved", text)
			}
			if w.check(k, text) == "right" {
				t.Errorf("%q is right", text)
			}
			w.clock.Advance(time.Hour) // an address gets three letters an hour
			w.ask(k, "eve@new.example")
			code = w.carry().Code
		}
		w.expect(t, "as people type it", w.prove(k, code[:4]+" - "+code[4:]), "proved")
		w.expect(t, "again", w.prove(k, code), "code_gone")
	})
}

// AU18: what was written for nobody is proved by nothing: no code, no link, not the empty one.
func TestAU18_NobodysRowIsProvedByNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := key(one, "a")
		for _, kind := range []mailbox.Proof{mailbox.Linked, mailbox.Code, mailbox.None} {
			w.kind = kind
			to := "eve@nobody.example"
			if kind == mailbox.None {
				to = "eve@somebody.example" // who has an account is told so, and proves nothing
			}
			w.ask(k, to)
			said := w.carry()
			for _, guess := range []string{"", "00000000", "BCDF-GHJK", said.Code} {
				w.expect(t, fmt.Sprintf("%d %q", kind, guess), w.check(k, guess), "wrong_code")
				w.expect(t, fmt.Sprintf("%d %q", kind, guess), w.prove(k, guess), "wrong_code")
			}
			if w.link(one, id.Default, secret.Of("")) || w.link(one, id.Default, secret.SignInLink.Mint()) {
				t.Error("a link opens it")
			}
			w.must(w.store.Read(t.Context(), id.Default, func(r *store.Reader) error {
				if _, err := w.Proved(r, id.Default, k); !errors.Is(err, mailbox.ErrGone) {
					t.Errorf("proved: %v", err)
				}
				row, err := w.Asked(r, id.Default, k)
				if row.SentAt.IsZero() {
					t.Error("no letter was written, or it took no time")
				}
				return err
			}))
			w.must(w.do(func(tx *store.Tx) error { return mailbox.End(tx, id.Default, k) }))
		}
		// Somebody who got a code and is nobody a moment later: the code before is worth nothing.
		w.kind = mailbox.Linked
		w.ask(k, "eve@somebody.example")
		before := w.carry()
		w.ask(k, "eve@nobody.example")
		w.carry()
		w.expect(t, "the code before", w.check(k, before.Code), "wrong_code")
		if w.link(one, id.Default, before.Link) {
			t.Error("the link before")
		}
		// Even where the digest of a known code stood in such a row.
		w.clock.Advance(4 * time.Hour)
		w.ask(k, "eve@somebody.example")
		known := w.carry()
		w.expect(t, "a known code", w.check(k, known.Code), "right")
		w.must(w.do(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE mailbox_code SET sent_to = 'nobody@nowhere.invalid'")
			return err
		}))
		w.expect(t, "a known code in nobody's row", w.check(k, known.Code), "wrong_code")
		if w.link(one, id.Default, known.Link) {
			t.Error("a known link opens nobody's row")
		}
		if got := len(w.mail); got != 3 { // that there is an account, and two with a link
			t.Errorf("%d letters", got)
		}
	})
}

// AU04: a link is dead when it was used, replaced, or is too old to the second, and when its code was
// used; it is of its purpose and tenant.
func TestAU04_LinksOfLetters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := key(one, "a")
		send := func() mailbox.Said {
			t.Helper()
			w.carry()
			w.clock.Advance(4 * time.Hour) // an address gets three letters an hour
			w.ask(k, "eve@somebody.example")
			said := w.carry()
			w.expect(t, "what was sent", w.check(k, said.Code), "right")
			return said
		}
		alive := func(why string, said mailbox.Said, want bool) {
			t.Helper()
			if got := w.link(one, id.Default, said.Link); got != want {
				t.Errorf("%s: alive %v", why, got)
			}
		}
		first := send()
		alive("sent", first, true)
		if w.link(two, id.Default, first.Link) || w.link(one, "ten_other", first.Link) {
			t.Error("another purpose or tenant opens it")
		}
		if got := w.Letters(first.Link); got != first.Code {
			t.Errorf("its code is %s, was %s", got, first.Code)
		}
		w.ask(k, "eve@somebody.example")
		alive("asked again, not sent", first, true)
		second := w.carry()
		alive("replaced", first, false)
		w.expect(t, "the replaced code", w.check(k, first.Code), "wrong_code")
		w.clock.Advance(mailbox.CodeLife - time.Microsecond)
		alive("the last moment", second, true)
		w.expect(t, "the last moment", w.check(k, second.Code), "right")
		w.clock.Advance(time.Microsecond)
		alive("too old", second, false)
		w.expect(t, "too old", w.check(k, second.Code), "wrong_code")

		third := send()
		w.must(w.do(func(tx *store.Tx) error {
			return w.Begin(tx, id.Default, mailbox.Ask{Key: k, Address: "mallory@new.example"})
		}))
		alive("another address", third, false)
		w.expect(t, "another address", w.check(k, third.Code), "wrong_code")
		fourth := send()
		w.must(w.do(func(tx *store.Tx) error {
			return w.Begin(tx, id.Default, mailbox.Ask{Key: mailbox.Key{Purpose: one, Bound: "a", Browser: there}, Address: "eve@somebody.example"})
		}))
		alive("another browser asks for the same", fourth, false)
		for _, browser := range [][]byte{here, there} {
			if got := w.check(mailbox.Key{Purpose: one, Bound: "a", Browser: browser}, fourth.Code); got == "right" {
				t.Errorf("the code in %s", browser)
			}
		}
		fifth := send()
		w.must(w.do(func(tx *store.Tx) error {
			return w.Begin(tx, id.Default, mailbox.Ask{Key: k, Address: "eve@somebody.example", Account: "acc_00000000000000000000000001"})
		}))
		alive("another account", fifth, false)
		sixth := send()
		w.must(w.do(func(tx *store.Tx) error { return mailbox.Forget(tx, id.Default, w.ann) }))
		alive("all of the account ended", sixth, false)
		w.expect(t, "all of the account ended", w.check(k, sixth.Code), "code_gone")
	})
}

// AU04: a proof ends with what it was for, and when another address takes the place.
func TestAU04_AProofEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.kind = mailbox.Code
		k := key(one, "a")
		proved := func() error {
			return w.store.Read(t.Context(), id.Default, func(r *store.Reader) error { _, err := w.Proved(r, id.Default, k); return err })
		}
		w.ask(k, "eve@new.example")
		w.expect(t, "the code", w.prove(k, w.carry().Code), "proved")
		w.must(proved())
		mail := len(w.mail)
		w.ask(k, "mallory@new.example")
		if err := proved(); !errors.Is(err, mailbox.ErrGone) {
			t.Errorf("another address: %v", err)
		}
		w.expect(t, "the code of the other", w.prove(k, w.carry().Code), "proved")
		// An effect that is carried twice sends nothing more.
		w.must(w.Carry(t.Context(), outbox.Effect{Tenant: id.Default, Payload: []byte(`{"purpose":"one","bound":"a"}`)}))
		w.carry()
		if len(w.mail) != mail+1 {
			t.Errorf("%d letters", len(w.mail)-mail)
		}
		w.must(proved())
		w.clock.Advance(mailbox.Life)
		if err := proved(); !errors.Is(err, mailbox.ErrGone) {
			t.Errorf("after its end: %v", err)
		}
		w.ask(k, "eve@new.example")
		w.expect(t, "a new question", w.prove(k, w.carry().Code), "proved")
		w.must(w.do(func(tx *store.Tx) error { return mailbox.End(tx, id.Default, k) }))
		if err := w.do(func(tx *store.Tx) error { return mailbox.End(tx, id.Default, k) }); !errors.Is(err, mailbox.ErrGone) {
			t.Errorf("it ends twice: %v", err)
		}
	})
}
