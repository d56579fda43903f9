package lifecycle_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

// leaving is a world with a clock that turns, a log with keys, and letters that are kept.
type leaving struct {
	*world
	clock   *clock.Fake
	letters []string
	traces  []account.ID
}

func eachLeaving(t *testing.T, fn func(t *testing.T, w *leaving)) {
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, append([]store.Migrations{setting.Migrations}, schema...), func(t *testing.T, s *store.Store) {
		start := fake.Now()
		t.Cleanup(func() { fake.Advance(start.Sub(fake.Now())) })
		engine, err := policy.New(membership.Facts)
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine).Keeping(audit.NewLog(person.New(root)))
		w := &leaving{world: &world{g, t, lifecycle.New(g, func(tx *store.Tx, in id.Tenant, who account.ID) error {
			_, err := credential.DeleteAll(tx, in, who)
			return err
		})}, clock: fake}
		w.l.Traces = []lifecycle.Effect{func(_ *store.Tx, _ id.Tenant, who account.ID) error { w.traces = append(w.traces, who); return nil }}
		w.l.Letters = lifecycle.Letters{
			DeletionAsked: func(_ *store.Tx, _ id.Tenant, who account.ID, due time.Time) error {
				w.letters = append(w.letters, "asked "+due.Format(time.DateOnly))
				return nil
			},
			DeletionCancelled: func(*store.Tx, id.Tenant, account.ID) error { w.letters = append(w.letters, "cancelled"); return nil },
			Erased: func(_ *store.Tx, _ id.Tenant, was account.Account) error {
				w.letters = append(w.letters, "erased "+string(was.Username))
				return nil
			},
		}
		fn(t, w)
	})
}

// due erases what is due and asserts how many accounts that was.
func (w *leaving) due(want int) {
	w.t.Helper()
	if n, err := w.l.EraseDue(w.t.Context()); n != want || err != nil {
		w.t.Errorf("%d accounts were erased, want %d: %v", n, want, err)
	}
}

func TestDeletionTakesItsTime(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		ctx, ann := t.Context(), w.person("ann")
		me, day := as(ann), 24*time.Hour
		due, err := w.l.AskDeletion(ctx, me, id.Default, ann)
		if err != nil || !due.Equal(w.clock.Now().Add(14*day)) {
			t.Fatalf("due %v, %v", due, err)
		}
		if got := w.state(ann); got != "true 2 []" { // what was running has ended
			t.Error(got)
		}
		w.clock.Advance(5 * day)
		if again, err := w.l.AskDeletion(ctx, me, id.Default, ann); err != nil || !again.Equal(due) {
			t.Errorf("asking again: %v, %v", again, err)
		}
		w.due(0)
		if err := w.l.CancelDeletion(ctx, me, id.Default, ann); err != nil {
			t.Fatal(err)
		}
		if got := code(w.l.CancelDeletion(ctx, me, id.Default, ann)); got != "conflict" {
			t.Error(got)
		}
		w.clock.Advance(30 * day)
		w.due(0)
		if _, err := w.l.AskDeletion(ctx, me, id.Default, ann); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(14*day - time.Microsecond)
		w.due(0)
		w.clock.Advance(time.Microsecond)
		w.due(1)
		w.due(0)
		if got := w.state(ann); got != "gone" {
			t.Error(got)
		}
		if got := fmt.Sprint(w.letters); got != "[asked 2026-12-06 cancelled asked 2027-01-10 erased ann]" {
			t.Error(got)
		}
		if len(w.traces) != 1 || w.traces[0] != ann {
			t.Errorf("traces of %v", w.traces)
		}
	})
}

func TestAU25_TheLastOwnerDoesNotLeave(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		ctx, ann := t.Context(), w.person("ann", "owner")
		if _, err := w.l.AskDeletion(ctx, as(ann), id.Default, ann); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("ask: %v", err)
		}
		if err := w.l.Erase(ctx, operator, id.Default, ann); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("erase: %v", err)
		}
		bob := w.person("bob", "owner")
		if _, err := w.l.AskDeletion(ctx, as(ann), id.Default, ann); err != nil {
			t.Fatal(err)
		}
		// Who is leaving governs no more: the other one has to stay.
		if _, err := w.l.AskDeletion(ctx, as(bob), id.Default, bob); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("the last who stays: %v", err)
		}
		if err := w.l.Disable(ctx, operator, id.Default, bob); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("disable the last who stays: %v", err)
		}
	})
}

// Only the person asks and calls off; only administrators above them erase.
func TestAD13_WhoMayEraseWhom(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		ctx := t.Context()
		ann, owner, admin := w.person("ann"), w.person("owner", "owner"), w.person("admin", "admin")
		w.person("second", "owner")
		for who, c := range map[string]caller.Caller{"admin": as(admin), "operator": operator, "nobody": caller.Nobody("", ""), "job": caller.Job("x")} {
			if _, err := w.l.AskDeletion(ctx, c, id.Default, ann); code(err) != "access_denied" {
				t.Errorf("%s asks for another: %v", who, err)
			}
			if err := w.l.CancelDeletion(ctx, c, id.Default, ann); code(err) != "access_denied" {
				t.Errorf("%s calls another's off: %v", who, err)
			}
		}
		for _, c := range []struct {
			from caller.Caller
			who  account.ID
			want string
		}{{as(ann), ann, "access_denied"}, {as(admin), owner, "access_denied"}, {as(admin), "acc_x", "not_found"}, {as(admin), account.NewID(w.clock.Now()), "not_found"}, {as(admin), ann, "ok"}, {as(owner), admin, "ok"}} {
			if got := code(w.l.Erase(ctx, c.from, id.Default, c.who)); got != c.want {
				t.Errorf("erase %s: %s, want %s", c.who, got, c.want)
			}
		}
	})
}

func TestWhereTheTenantKeepsItsPeople(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		ctx, ann := t.Context(), w.person("ann")
		for patch, want := range map[string]string{`{"grace_days":31}`: "invalid", `{"grace_days":-1}`: "invalid", `{"allowed":false}`: "ok"} {
			if _, err := setting.Update(ctx, w.Guard, operator, id.Default, lifecycle.Deletions.Name(), []byte(patch), -1); code(err) != want {
				t.Errorf("%s: %v", patch, err)
			}
		}
		if _, err := w.l.AskDeletion(ctx, as(ann), id.Default, ann); code(err) != "conflict" {
			t.Error(err)
		}
	})
}

// An account that was deleted can be erased afterwards, once.
func TestEraseWhatTheLogHasOfADeletedAccount(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		ctx, ann := t.Context(), w.person("ann")
		c := caller.Person(string(ann), "", "", "192.0.2.1", "")
		if _, err := account.Edit(ctx, w.Guard, c, id.Default, ann, 1, account.Claims{Nickname: "A"}); err != nil {
			t.Fatal(err)
		}
		address := func() (out string) {
			if _, err := w.Log().SequenceAll(ctx, w.Store(), "test"); err != nil {
				t.Fatal(err)
			}
			if err := w.Store().Read(ctx, id.Default, func(r *store.Reader) error {
				list, err := w.Log().List(r, id.Default, audit.Filter{Actor: "account:" + string(ann)}, 0, 1)
				out = fmt.Sprint(list[0].Caller.Address, list[0].Erased)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if err := w.l.Delete(ctx, operator, id.Default, ann); err != nil {
			t.Fatal(err)
		}
		if got := address(); got != "192.0.2.1false" {
			t.Error(got)
		}
		if err := w.l.Erase(ctx, operator, id.Default, ann); err != nil {
			t.Fatal(err)
		}
		if got := address(); got != "true" {
			t.Error(got)
		}
		if got := code(w.l.Erase(ctx, operator, id.Default, ann)); got != "not_found" {
			t.Error(got)
		}
	})
}

// Calling off at the moment in which the job erases either keeps the whole account or comes late.
func TestCallingOffWhileItIsErased(t *testing.T) {
	eachLeaving(t, func(t *testing.T, w *leaving) {
		w.l.Letters, w.l.Traces = lifecycle.Letters{}, nil
		const people = 24
		var who []account.ID
		for i := range people {
			who = append(who, w.person(fmt.Sprint("p", i)))
			if _, err := w.l.AskDeletion(t.Context(), as(who[i]), id.Default, who[i]); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Advance(14 * 24 * time.Hour)
		kept := make([]error, people)
		var wg sync.WaitGroup
		for i, p := range who {
			wg.Go(func() { kept[i] = w.l.CancelDeletion(t.Context(), as(p), id.Default, p) })
		}
		wg.Go(func() { _, _ = w.l.EraseDue(t.Context()) }) // an account that is called off meanwhile refuses
		wg.Wait()
		for i, p := range who {
			if got, want := w.state(p), map[bool]string{true: "true 2 []", false: "gone"}[kept[i] == nil]; got != want {
				t.Errorf("%d: %s, want %s (%v)", i, got, want, kept[i])
			}
		}
	})
}
