package password_test

import (
	"crypto/sha1" //nolint:gosec // what other systems used
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

// adopt gives accounts without a password hashes from elsewhere.
func (w *world) adopt(hashes map[account.ID]string) {
	w.t.Helper()
	var list []credential.Sealed
	decoys := map[string]int64{}
	for who, hash := range hashes {
		sealed, decoy, err := w.Adopt(id.Default, who, []byte(`"`+hash+`"`))
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, sealed)
		decoys[decoy]++
	}
	w.write(func(tx *store.Tx) error { return w.Keep(tx, id.Default, list, decoys) })
}

// stored is the account's hash in the clear.
func (w *world) stored(who account.ID) (text string) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) error {
		c, err := credential.Get(r, w.root, id.Default, who, "password", credential.Only)
		text = string(c.Data)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return text
}

func (w *world) remaining() (out []int64) {
	w.t.Helper()
	if err := w.g.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) (err error) {
		out, err = store.Collect(r, func(row store.Row) (n int64, err error) { return n, row.Scan(&n) },
			"SELECT remaining FROM password_import WHERE tenant = $1 ORDER BY decoy", id.Default)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func bcrypted(t *testing.T, text string) string {
	t.Helper()
	b, err := bcrypt.GenerateFromPassword([]byte(text), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func salted(text string) string {
	sum := sha1.Sum([]byte(text + "salt")) //nolint:gosec // what other systems used
	return "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], "salt"...))
}

func TestAnImportedPasswordBecomesOursAtTheFirstSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, cid := w.create(account.New{Username: "ann"}), w.create(account.New{Username: "cid"})
		w.adopt(map[account.ID]string{ann: bcrypted(t, good), cid: salted(good)})
		if got := w.remaining(); !slices.Equal(got, []int64{1, 1}) {
			t.Fatalf("two hashes of two kinds are counted as %v", got)
		}
		for _, who := range []account.ID{ann, cid} {
			name := map[account.ID]string{ann: "ann", cid: "cid"}[who]
			before := w.stored(who)
			if got, _ := w.try(name, wrong, ""); got != "wrong_password" || w.stored(who) != before {
				t.Fatalf("%s, wrong password: %s, hash changed: %t", name, got, w.stored(who) != before)
			}
			w.clock.Advance(time.Hour)
			w.at = w.begin(interaction.About{})
			if got, _ := w.try(name, good, ""); got != "in" {
				t.Fatalf("%s, right password: %s", name, got)
			}
			if now := w.stored(who); !strings.HasPrefix(now, "$argon2id$v=19$m=19456,t=2,p=1,keyid=") {
				t.Fatalf("%s: the hash is still %.20s", name, now)
			}
			w.at = w.begin(interaction.About{})
			if got, _ := w.try(name, good, ""); got != "in" {
				t.Fatalf("%s, once more: %s", name, got)
			}
		}
		if got := w.remaining(); !slices.Equal(got, []int64{0, 0}) {
			t.Errorf("after all came back %v hashes from elsewhere are left", got)
		}
	})
}

func TestAU20_ImportedPasswordsThatShareABeginningDiffer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.create(account.New{Username: "ann"})
		begin := strings.Repeat("a", 72)
		w.adopt(map[account.ID]string{ann: bcrypted(t, begin)})
		for _, text := range []string{begin + "b", begin + "\x00", begin[:71]} {
			if got, _ := w.try("ann", text, ""); got != "wrong_password" {
				t.Errorf("%d bytes: %s", len(text), got)
			}
			w.clock.Advance(time.Hour)
		}
		w.at = w.begin(interaction.About{})
		if got, _ := w.try("ann", begin, ""); got != "in" {
			t.Errorf("the password itself: %s", got)
		}
	})
}

func TestAU21_NoHashAndNoWordForNothingIsAPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(account.New{Username: "sso"})
		ann := w.create(account.New{Username: "ann"})
		hash := bcrypted(t, good)
		w.adopt(map[account.ID]string{ann: hash})
		ours := w.stored(w.bob)
		for _, text := range []string{"null", "undefined", hash, ours, w.stored(ann)} {
			for _, name := range []string{"sso", "ann", "bob", "nobody at all"} {
				w.clock.Advance(24 * time.Hour)
				w.at = w.begin(interaction.About{})
				if got, _ := w.try(name, text, ""); got != "wrong_password" {
					t.Errorf("%s with %.12q: %s", name, text, got)
				}
			}
		}
	})
}

// The disabled, those without a password and those who do not exist must cost what imported
// accounts cost; the work is compared by what it leaves in the log and how long it takes at a cost
// that nothing hides: ten rounds of bcrypt take thrice as long as one hash of ours.
func TestAU19_UnknownNamesCostWhatImportedAccountsCost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dear := "$2a$10$" + strings.Repeat("C", 21) + ".E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
		hashes := map[account.ID]string{}
		for i := range 9 {
			hashes[w.create(account.New{Username: fmt.Sprintf("imported%d", i)})] = dear
		}
		w.adopt(hashes) // with bob's they are nine in ten
		w.create(account.New{Username: "sso"})
		known, slow := time.Hour, 0
		for i := range 3 { // the fastest says most: whatever else runs only slows down
			start := time.Now()
			if got, _ := w.try(fmt.Sprintf("imported%d", i), wrong, ""); got != "wrong_password" {
				t.Fatal(got)
			}
			known = min(known, time.Since(start))
		}
		for i := range 20 {
			w.clock.Advance(time.Hour)
			start := time.Now()
			if got, _ := w.try(fmt.Sprintf("unknown%d", i), wrong, ""); got != "wrong_password" {
				t.Fatal(got)
			}
			if time.Since(start) > known/2 {
				slow++
			}
		}
		if slow < 11 { // p < 1e-4 at nine in ten
			t.Errorf("%d of 20 unknown names took as long as nine in ten accounts do", slow)
		}
	})
}
