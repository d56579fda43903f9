package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations}
	operator = caller.Local("")
)

// world is a database with a second tenant. Accounts have the built-in roles that roles says.
type world struct {
	*guard.Guard
	t     *testing.T
	s     *store.Store
	other id.Tenant
	roles map[string][]string
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		w := &world{t: t, s: s, roles: map[string][]string{}}
		engine, err := policy.New(func(_ *store.Reader, q policy.Request, f *policy.Facts) error {
			f.CallerRoles, f.ResourceRoles = w.roles[q.Caller.ID], w.roles[q.Resource]
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Guard = guard.New(s, engine)
		other, err := tenant.Create(t.Context(), w.Guard, operator, id.Default, tenant.Tenant{Name: "other"})
		if err != nil {
			t.Fatal(err)
		}
		w.other = other.ID
		fn(t, w)
	})
}

func (w *world) create(in account.New) account.Account {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.Guard, operator, id.Default, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) lookup(in id.Tenant, text string) (found account.ID, err error) {
	err = w.s.Read(w.t.Context(), in, func(r *store.Reader) error {
		found, err = account.Lookup(r, in, text)
		return err
	})
	return found, err
}

func (w *world) near(text string) (found, other account.ID) {
	w.t.Helper()
	if err := w.s.Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		found, other, err = account.LookupOrOther(r, id.Default, text)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return found, other
}

func (w *world) active(who account.ID) (epoch int64) {
	w.t.Helper()
	err := w.s.Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		epoch, err = account.Active(r, id.Default, who)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	return epoch
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.s.Write(w.t.Context(), id.Default, store.Serializable, fn); err != nil {
		w.t.Fatal(err)
	}
}

// rows is a text of all that the room stores of a tenant.
func (w *world) rows(in id.Tenant) string {
	w.t.Helper()
	var b strings.Builder
	if err := w.s.Read(w.t.Context(), in, func(r *store.Reader) error {
		list, err := account.List(r, in, account.Filter{}, "", 1000)
		fmt.Fprintf(&b, "%+v", list)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

func person(a account.Account) caller.Caller { return caller.Person(string(a.ID), "", "", "", "") }

var code = guardtest.Code

func TestLifeOfAnAccount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ann := w.create(account.New{Username: "Ann", Email: "Ann@A.example", Claims: account.Claims{Name: "Ann", PhoneNumber: "+14255551212"}})
		if err := id.Check("acc", string(ann.ID)); err != nil || ann.Version != 1 || ann.Epoch != 1 {
			t.Fatalf("%+v", ann)
		}
		if seen, err := account.Look(ctx, w.Guard, operator, id.Default, ann.ID); err != nil || fmt.Sprint(seen) != fmt.Sprint(ann) {
			t.Fatalf("made %+v\nseen %+v %v", ann, seen, err)
		}
		if err := account.ConfirmPhone(ctx, w.Guard, operator, id.Default, ann.ID); err != nil {
			t.Fatal(err)
		}
		wish := ann
		wish.Version = 2
		wish.Claims.Name, wish.Username = "Ann Example", "annie"
		changed, err := account.Update(ctx, w.Guard, operator, id.Default, wish)
		if err != nil || changed.Username != "annie" || changed.Version != 3 || changed.PhoneVerifiedAt.IsZero() {
			t.Fatalf("%+v %v", changed, err)
		}
		if _, err := account.Update(ctx, w.Guard, operator, id.Default, wish); code(err) != "conflict" {
			t.Errorf("an old version: %v", err)
		}
		changed.Claims.PhoneNumber = "+14255551213"
		if changed, err = account.Update(ctx, w.Guard, operator, id.Default, changed); err != nil || !changed.PhoneVerifiedAt.IsZero() {
			t.Errorf("a new number is verified: %+v %v", changed, err)
		}
		w.create(account.New{Username: "bob"})
		changed.Username = "BOB"
		if _, err := account.Update(ctx, w.Guard, operator, id.Default, changed); code(err) != "conflict" {
			t.Errorf("another's username: %v", err)
		}
		if _, err := w.lookup(id.Default, "ann"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the former username signs in: %v", err)
		}
		if found, err := w.lookup(id.Default, "ANNIE"); err != nil || found != ann.ID {
			t.Errorf("the username does not sign in: %v %v", found, err)
		}
	})
}

func TestWhoIsActive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.create(account.New{Username: "ann"})
		if e := w.active(ann.ID); e != 1 {
			t.Fatalf("epoch %d", e)
		}
		w.write(func(tx *store.Tx) error { return account.BumpEpoch(tx, id.Default, ann.ID) })
		if e := w.active(ann.ID); e != 2 {
			t.Errorf("after a bump: %d", e)
		}
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, ann.ID, tx.Now()) })
		if e := w.active(ann.ID); e != 0 {
			t.Errorf("disabled, but active in epoch %d", e)
		}
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, ann.ID, time.Time{}) })
		if e := w.active(ann.ID); e != 3 {
			t.Errorf("enabled again: %d", e)
		}
		w.write(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE tenant SET disabled_at = $1 WHERE id = 'default'", tx.Now())
			return err
		})
		if e := w.active(ann.ID); e != 0 {
			t.Errorf("the tenant is disabled, the account active in epoch %d", e)
		}
		w.write(func(tx *store.Tx) error {
			for _, fn := range []func() error{
				func() error { return account.BumpEpoch(tx, id.Default, "acc_none") },
				func() error { return account.SetDisabled(tx, id.Default, "acc_none", tx.Now()) },
				func() error { return account.Erase(tx, id.Default, "acc_none") },
			} {
				if err := fn(); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("on no account: %v", err)
				}
			}
			return nil
		})
	})
}

// AU23: another's username in another spelling is taken; only a verified address signs in, and
// only one account can have verified it.
func TestAU23_IdentifiersDoNotCollide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ann := w.create(account.New{Username: "Straße", Email: "ann@a.example"})
		mallory := w.create(account.New{Username: "mallory", Email: "ANN@a.example"})
		for _, taken := range []string{"strasse", "STRASSE", "straße", "STRAẞE"} {
			if _, err := account.Create(ctx, w.Guard, operator, id.Default, account.New{Username: taken}); code(err) != "conflict" {
				t.Errorf("%s: %v", taken, err)
			}
		}
		if _, err := account.Create(ctx, w.Guard, operator, id.Default, account.New{Username: "ann@a.example"}); code(err) != "invalid" {
			t.Errorf("an address as username: %v", err)
		}
		if found, err := w.lookup(id.Default, "ann@a.example"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unverified address signs in to %s: %v", found, err)
		}
		if _, err := account.ConfirmEmail(ctx, w.Guard, operator, id.Default, ann.ID, "ann@A.example"); err != nil {
			t.Fatal(err)
		}
		if found, err := w.lookup(id.Default, " Ann@a.example "); err != nil || found != ann.ID {
			t.Errorf("the verified address signs in to %q: %v", found, err)
		}
		if _, err := account.ConfirmEmail(ctx, w.Guard, operator, id.Default, mallory.ID, "ann@a.example"); code(err) != "conflict" {
			t.Errorf("verified twice: %v", err)
		}
		if _, err := account.Create(ctx, w.Guard, operator, id.Default, account.New{Username: "eve", Email: "ann@a.example", EmailVerified: true}); code(err) != "conflict" {
			t.Errorf("made with another's verified address: %v", err)
		}
		if _, err := account.Create(ctx, w.Guard, operator, w.other, account.New{Username: "strasse", Email: "ann@a.example", EmailVerified: true}); err != nil {
			t.Errorf("another tenant has names of its own: %v", err)
		}
	})
}

func TestAddresses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ann := w.create(account.New{Username: "ann"})
		show := func(a account.Account, err error) string {
			if err != nil {
				return code(err)
			}
			var out []string
			for _, e := range a.Emails {
				out = append(out, fmt.Sprint(e.Address, map[bool]string{true: "*"}[e.Primary], map[bool]string{true: "?"}[e.VerifiedAt.IsZero()]))
			}
			return strings.Join(out, " ")
		}
		g := w.Guard
		for i, step := range []struct{ got, want string }{
			{show(account.AddEmail(ctx, g, operator, id.Default, ann.ID, "a@x.example", false)), "a@x.example*?"},
			{show(account.AddEmail(ctx, g, operator, id.Default, ann.ID, "b@x.example", false)), "a@x.example*? b@x.example?"},
			{show(account.AddEmail(ctx, g, operator, id.Default, ann.ID, "c@x.example", true)), "a@x.example*? b@x.example? c@x.example"},
			{show(account.AddEmail(ctx, g, operator, id.Default, ann.ID, "C@x.example", true)), "conflict"},
			{show(account.AddEmail(ctx, g, operator, id.Default, ann.ID, "c@x", true)), "invalid"},
			{show(account.ConfirmEmail(ctx, g, operator, id.Default, ann.ID, "d@x.example")), "not_found"},
			{show(account.PreferEmail(ctx, g, operator, id.Default, ann.ID, "d@x.example")), "not_found"},
			{show(account.PreferEmail(ctx, g, operator, id.Default, ann.ID, "b@x.example")), "b@x.example*? a@x.example? c@x.example"},
			{show(account.RemoveEmail(ctx, g, operator, id.Default, ann.ID, "b@x.example")), "c@x.example* a@x.example?"},
			{show(account.RemoveEmail(ctx, g, operator, id.Default, ann.ID, "b@x.example")), "not_found"},
			{show(account.RemoveEmail(ctx, g, operator, id.Default, ann.ID, "a@x.example")), "c@x.example*"},
			{show(account.RemoveEmail(ctx, g, operator, id.Default, ann.ID, "c@x.example")), ""},
		} {
			if step.got != step.want {
				t.Errorf("step %d: %q, want %q", i, step.got, step.want)
			}
		}
		for i := range account.MaxEmails {
			if _, err := account.AddEmail(ctx, g, operator, id.Default, ann.ID, fmt.Sprintf("n%d@x.example", i), false); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := account.AddEmail(ctx, g, operator, id.Default, ann.ID, "more@x.example", false); code(err) != "conflict" {
			t.Errorf("one more: %v", err)
		}
	})
}

// AU22: a person changes their claims and nothing else.
func TestAU22_EditOfOneself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ann, bob := w.create(account.New{Username: "ann", Email: "ann@a.example"}), w.create(account.New{Username: "bob"})
		before := w.rows(id.Default)
		for name, err := range map[string]error{
			"another":   second(account.Edit(ctx, w.Guard, person(bob), id.Default, ann.ID, 1, account.Claims{Name: "x"})),
			"nobody":    second(account.Edit(ctx, w.Guard, caller.Nobody("", ""), id.Default, ann.ID, 1, account.Claims{Name: "x"})),
			"a client":  second(account.Edit(ctx, w.Guard, caller.Application(string(ann.ID), "", ""), id.Default, ann.ID, 1, account.Claims{Name: "x"})),
			"update":    second(account.Update(ctx, w.Guard, person(ann), id.Default, ann)),
			"add":       second(account.AddEmail(ctx, w.Guard, person(ann), id.Default, ann.ID, "b@a.example", true)),
			"verify":    second(account.ConfirmEmail(ctx, w.Guard, person(ann), id.Default, ann.ID, "ann@a.example")),
			"telephone": account.ConfirmPhone(ctx, w.Guard, person(ann), id.Default, ann.ID),
		} {
			if code(err) != "access_denied" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := w.rows(id.Default); after != before {
			t.Errorf("something was written:\n%s\n%s", before, after)
		}
		edited, err := account.Edit(ctx, w.Guard, person(ann), id.Default, ann.ID, 1, account.Claims{Name: "Ann", PhoneNumber: "+14255551212"})
		if err != nil {
			t.Fatal(err)
		}
		want := ann
		want.Claims, want.Version, want.UpdatedAt = account.Claims{Name: "Ann", PhoneNumber: "+14255551212"}, 2, edited.UpdatedAt
		if fmt.Sprintf("%+v", edited) != fmt.Sprintf("%+v", want) {
			t.Errorf("got %+v\nwant %+v", edited, want)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAU19_SomebodyIsFoundForEveryName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if found, other := w.near("ann"); found != "" || other != account.Nobody {
			t.Errorf("without accounts: %q, %q", found, other)
		}
		ann := w.create(account.New{Username: "ann", Email: "ann@example.com", EmailVerified: true})
		max := w.create(account.New{Username: "max", Email: "max@example.com", EmailVerified: true})
		zoe := w.create(account.New{Username: "zoe", Email: "ann2@example.com"}) // nothing verified
		for name, want := range map[string]account.ID{"ann": ann.ID, " MAX ": max.ID, "zoe": zoe.ID, "Ann@Example.com": ann.ID, "max@example.com": max.ID} {
			if found, other := w.near(name); found != want || other != want {
				t.Errorf("%s: %q, %q", name, found, other)
			}
		}
		everybody := []account.ID{ann.ID, max.ID, zoe.ID}
		for _, name := range []string{"", "aaa", "bob", "zzz", "a@example.com", "ann2@example.com", "zzz@example.com", "no name\x00", "@", "a@"} {
			if found, other := w.near(name); found != "" || !slices.Contains(everybody, other) {
				t.Errorf("%q: %q, %q", name, found, other)
			}
		}
	})
}
