package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

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
			{"admin", "admin", "create edit look list"}, // also of oneself: what is one's own is changed by the pages for it, which ask for the password
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
