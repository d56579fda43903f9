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

func code(err error) string {
	var r guard.Refusal
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &r):
		return r.RefusalCode()
	}
	return "fault: " + err.Error()
}

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

// AD09: an id of tenant B is no id under tenant A, for every verb, and nothing is written.
// AD20: nor is any other text.
func TestAD09_AccountsOfAnotherTenant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, g := t.Context(), w.Guard
		bob := w.create(account.New{Username: "bob", Email: "bob@b.example"})
		before := w.rows(id.Default)
		w.roles["boss"] = []string{"owner"}
		for _, who := range []caller.Caller{operator, caller.Person("boss", "", "", "", "")} {
			for _, target := range []account.ID{bob.ID, account.NewID(w.s.Now()), "", "acc_", "acc_'; DROP TABLE account; --", "acc_\x00", "\xff", "*"} {
				wish := bob
				wish.ID = target
				for name, err := range map[string]error{
					"look":    second(account.Look(ctx, g, who, w.other, target)),
					"update":  second(account.Update(ctx, g, who, w.other, wish)),
					"add":     second(account.AddEmail(ctx, g, who, w.other, target, "x@b.example", true)),
					"confirm": second(account.ConfirmEmail(ctx, g, who, w.other, target, "bob@b.example")),
					"prefer":  second(account.PreferEmail(ctx, g, who, w.other, target, "bob@b.example")),
					"remove":  second(account.RemoveEmail(ctx, g, who, w.other, target, "bob@b.example")),
					"phone":   account.ConfirmPhone(ctx, g, who, w.other, target),
				} {
					if code(err) != "not_found" {
						t.Errorf("%s %q: %v", name, target, err)
					}
				}
			}
		}
		if after := w.rows(id.Default); after != before {
			t.Errorf("something was written:\n%s\n%s", before, after)
		}
		if _, err := w.lookup(w.other, "bob"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("signs in to another tenant: %v", err)
		}
	})
}

// AD20: filters and pages take any text without fault and without reading more than they say.
func TestAD20_FiltersAreValues(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(account.New{Username: "ann", Email: "ann@a.example"})
		for _, evil := range []string{"' OR 1=1 --", "ann' --", "a'b@x.example' OR ''='", "%", "_nn", "ann\x00", "\xff", "$1", "id", "(SELECT 1)", "'; DROP TABLE account; --", strings.Repeat("a", 1<<16)} {
			for name, f := range map[string]account.Filter{"username": {Username: evil}, "email": {Email: evil}} {
				if got, err := account.Page(t.Context(), w.Guard, operator, id.Default, f, "", 10); err != nil || len(got) != 0 {
					t.Errorf("%s %.30q: %d accounts, %v", name, evil, len(got), err)
				}
			}
			if _, err := account.Page(t.Context(), w.Guard, operator, id.Default, account.Filter{}, account.ID(evil), 10); code(err) != "invalid" {
				t.Errorf("after %.30q: %v", evil, err)
			}
			if _, err := w.lookup(id.Default, evil); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%.30q signs in: %v", evil, err)
			}
		}
	})
}

func TestListFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var all []string
		for i := range 7 {
			all = append(all, string(w.create(account.New{Username: fmt.Sprint("u", i), Email: fmt.Sprintf("u%d@a.example", i)}).ID))
		}
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, account.ID(all[2]), tx.Now()) })
		yes, no := true, false
		for name, c := range map[string]struct {
			filter account.Filter
			want   int
		}{
			"all": {account.Filter{}, 7}, "username": {account.Filter{Username: "U3"}, 1}, "email": {account.Filter{Email: "U3@A.example"}, 1},
			"disabled": {account.Filter{Disabled: &yes}, 1}, "enabled": {account.Filter{Disabled: &no}, 6},
			"both": {account.Filter{Username: "u3", Email: "u4@a.example"}, 0}, "three": {account.Filter{Username: "u2", Email: "u2@a.example", Disabled: &yes}, 1},
		} {
			got, err := account.Page(t.Context(), w.Guard, operator, id.Default, c.filter, "", 200)
			if err != nil || len(got) != c.want {
				t.Errorf("%s: %d accounts, want %d: %v", name, len(got), c.want, err)
			}
		}
		var paged []string
		for after := account.ID(""); ; {
			page, err := account.Page(t.Context(), w.Guard, operator, id.Default, account.Filter{}, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, a := range page {
				if len(a.Emails) != 1 || !strings.HasPrefix(string(a.Emails[0].Address), string(a.Username)+"@") {
					t.Errorf("%s has the addresses %v", a.Username, a.Emails)
				}
				paged, after = append(paged, string(a.ID)), a.ID
			}
		}
		slices.Sort(all)
		if !slices.Equal(paged, all) {
			t.Errorf("paged %v\nwant %v", paged, all)
		}
		for _, limit := range []int{-1, 0, 201} {
			if _, err := account.Page(t.Context(), w.Guard, operator, id.Default, account.Filter{}, "", limit); code(err) != "invalid" {
				t.Errorf("limit %d: %v", limit, err)
			}
		}
	})
}

// AD11: an account that is made again under the same name is another account.
func TestAD11_ANameMadeAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := account.New{Username: "ann", Email: "ann@a.example", EmailVerified: true, Claims: account.Claims{Name: "Ann"}}
		first := w.create(in)
		w.write(func(tx *store.Tx) error { return account.Erase(tx, id.Default, first.ID) })
		if _, err := w.lookup(id.Default, "ann@a.example"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the address of nobody signs in: %v", err)
		}
		again := w.create(account.New{Username: "ann"})
		if again.ID == first.ID || len(again.Emails) != 0 {
			t.Errorf("%+v", again)
		}
		if e := w.active(first.ID); e != 0 {
			t.Errorf("the first one is active in epoch %d", e)
		}
		if seen, err := account.Look(t.Context(), w.Guard, operator, id.Default, again.ID); err != nil || len(seen.Emails) != 0 || seen.Claims.Name != "" {
			t.Errorf("%+v %v", seen, err)
		}
	})
}

// AD13: role × mutation.
func TestAD13_WhoMayDoWhatToAccounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, g := t.Context(), w.Guard
		n := 0
		verbs := []struct {
			name string
			do   func(c caller.Caller, a account.Account) error
		}{
			{"create", func(c caller.Caller, _ account.Account) error {
				n++
				return second(account.Create(ctx, g, c, id.Default, account.New{Username: fmt.Sprint("new", n)}))
			}},
			{"update", func(c caller.Caller, a account.Account) error {
				return second(account.Update(ctx, g, c, id.Default, a))
			}},
			{"edit", func(c caller.Caller, a account.Account) error {
				return second(account.Edit(ctx, g, c, id.Default, a.ID, a.Version, a.Claims))
			}},
			{"email", func(c caller.Caller, a account.Account) error {
				n++
				return second(account.AddEmail(ctx, g, c, id.Default, a.ID, fmt.Sprintf("n%d@a.example", n), true))
			}},
			{"look", func(c caller.Caller, a account.Account) error {
				return second(account.Look(ctx, g, c, id.Default, a.ID))
			}},
			{"list", func(c caller.Caller, _ account.Account) error {
				return second(account.Page(ctx, g, c, id.Default, account.Filter{}, "", 1))
			}},
		}
		who := map[string]account.Account{}
		for _, role := range []string{"owner", "admin", "auditor", "none"} {
			a := w.create(account.New{Username: role})
			w.roles[string(a.ID)] = []string{role}
			who[role] = a
		}
		for _, c := range []struct{ actor, target, allowed string }{
			{"owner", "owner", "create update edit email look list"},
			{"owner", "none", "create update email look list"},
			{"admin", "owner", "create look list"},
			{"admin", "admin", "create update edit email look list"},
			{"admin", "none", "create update email look list"},
			{"auditor", "none", "look list"},
			{"auditor", "auditor", "edit look list"},
			{"none", "none", "edit"},
			{"none", "owner", ""},
		} {
			var did []string
			for _, v := range verbs {
				now, err := account.Look(ctx, g, operator, id.Default, who[c.target].ID)
				if err != nil {
					t.Fatal(err)
				}
				err = v.do(person(who[c.actor]), now)
				if err == nil {
					did = append(did, v.name)
				} else if code(err) != "access_denied" {
					t.Errorf("%s %s %s: %v", c.actor, v.name, c.target, err)
				}
			}
			if got := strings.Join(did, " "); got != c.allowed {
				t.Errorf("%s on %s did %q, want %q", c.actor, c.target, got, c.allowed)
			}
		}
	})
}
