package password_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// row is all that the database keeps of the passwords of somebody.
func (w *world) row(who account.ID) (out []string) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		for _, table := range []string{
			"SELECT 'credential', version, coalesce(used_at, 0) FROM credential WHERE account = $1",
			"SELECT 'device', failures, used_at FROM password_device WHERE account = $1 ORDER BY digest",
		} {
			list, err := store.Collect(r, func(row store.Row) (string, error) {
				var what string
				var a, b int64
				err := row.Scan(&what, &a, &b)
				return fmt.Sprint(what, a, b), err
			}, table, who)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// AU06, AU19: whoever stands next to a name that nobody has lends it the work and nothing else: neither
// their password, old or imported, nor their browser opens anything, and no failure is theirs.
func TestAU19_TheStandInLendsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		zoe, old := w.create(account.New{Username: "zoe", Email: "zoe@mail.example", EmailVerified: true}), w.create(account.New{Username: "moe"})
		w.set(zoe, good)
		w.adopt(map[account.ID]string{old: bcrypted(t, good)})
		devices := map[account.ID]string{}
		before := map[account.ID][]string{}
		for _, who := range []account.ID{w.bob, zoe, old} {
			devices[who] = w.keep(who, "")
			before[who] = w.row(who)
		}
		if err := w.g.Store().Read(t.Context(), id.Default, func(r *store.Reader) error {
			for name, want := range map[string]account.ID{"aaa": w.bob, "boc": old, "moea": zoe, "zzz": w.bob, "aaa@mail.example": w.bob, "zzz@mail.example": w.bob} {
				if found, other, err := account.LookupOrOther(r, id.Default, name); found != "" || other != want || err != nil {
					t.Errorf("next to %s stands %s, %s, %v", name, found, other, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"aaa", "boc", "moea", "zzz", "aaa@mail.example", "zoe@mail.exampl", "zzz@mail.example", "bob@mail.example.", "", "\x00"} {
			for who, device := range devices {
				for _, text := range []string{good, wrong} {
					if got, out := w.try(name, text, device); got == "in" || out.Account != "" {
						t.Errorf("%q in the browser of %s: %s as %s", name, who, got, out.Account)
					}
				}
			}
		}
		// Their browsers are no known device of a name that nobody has.
		closed := errors.New("show your work")
		for who, device := range devices {
			_, err := w.Verify(t.Context(), nobody, id.Default, password.Attempt{Identifier: "boc", Password: parse(t, good), Source: here, Device: device,
				Stranger: func() error { return closed }}, w.at)
			if !errors.Is(err, closed) {
				t.Errorf("a stranger in the browser of %s: %v", who, err)
			}
		}
		if i := w.facts(w.at); len(i.Facts) != 0 || i.Account != "" {
			t.Errorf("proved: %v of %s", i.Facts, i.Account)
		}
		for who, was := range before {
			if now := w.row(who); !slices.Equal(now, was) {
				t.Errorf("of %s there is %v, was %v", who, now, was)
			}
		}
		// And they sign in at once, in their browsers.
		for name, who := range map[string]account.ID{"bob": w.bob, "zoe@mail.example": zoe, "moe": old} {
			if got, out := w.try(name, good, devices[who]); got != "in" || out.Account != who {
				t.Errorf("%s: %s as %s", name, got, out.Account)
			}
		}
	})
}
