package audit_test

import (
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// claim writes attempts of nobody who says that they are somebody.
func (d *diary) claim(in id.Tenant, who string, addresses ...string) {
	d.t.Helper()
	if err := d.s.Write(d.t.Context(), in, store.Conditional, func(tx *store.Tx) error {
		for n, address := range addresses {
			e := event(caller.Nobody(address, ""), who)
			e.Tenant, e.Claimed = in, true
			if err := d.Append(tx, n, e); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
}

// P7: when its event has its position, an attempt's address opens under the person's key and under no
// stranger's; what a node remembers, or a key that is gone, neither brings an address back nor stops
// the log.
func TestP7_ClaimsSettleUnderOneKey(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		strangers := func() {
			t.Helper()
			if err := d.s.Write(t.Context(), "a", store.Conditional, func(tx *store.Tx) error {
				_, err := tx.Exec("DELETE FROM person_key WHERE owner LIKE 'strangers:%'")
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		d.claim("a", ann, "192.0.2.1", "192.0.2.2")
		d.claim("a", bob, "192.0.2.3")
		d.want("192.0.2.1 192.0.2.2 192.0.2.3")
		strangers() // nothing that has settled hangs on their key
		d.want("192.0.2.1 192.0.2.2 192.0.2.3")

		// Another tenant's person of the same name is somebody else.
		d.claim("b", ann, "192.0.2.9")
		d.want("192.0.2.1 192.0.2.2 192.0.2.3")
		if err := d.s.Write(t.Context(), "b", store.Conditional, func(tx *store.Tx) error { return d.Erase(tx, "b", ann) }); err != nil {
			t.Fatal(err)
		}
		d.want("192.0.2.1 192.0.2.2 192.0.2.3")

		// A node that remembers ann's key settles what was claimed before another one erased her.
		other := newDiary(t, d.s)
		d.claim("a", ann, "192.0.2.4")
		other.erase(ann)
		d.want("erased erased 192.0.2.3 erased")
		other.want("erased erased 192.0.2.3 erased")
		newDiary(t, d.s).want("erased erased 192.0.2.3 erased")

		// The strangers' key is gone before a claim settles, on a node that has none in mind: the address
		// is lost, the event and those behind it are not.
		d.claim("a", bob, "192.0.2.5")
		strangers()
		fresh := newDiary(t, d.s)
		fresh.claim("a", bob, "192.0.2.6")
		fresh.want("erased erased 192.0.2.3 erased - 192.0.2.6")
		if strings.Contains(fresh.rows(), "192.0.2.") {
			t.Error("an address stands in the clear")
		}
	})
}

// P7: claims are settled to the last one, however many wait.
func TestP7_AFloodOfClaimsSettles(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		for range 13 {
			list := make([]string, 100)
			for i := range list {
				list[i] = "192.0.2.7"
			}
			d.claim("a", bob, list...)
		}
		d.want(strings.TrimSpace(strings.Repeat("192.0.2.7 ", 1300)))
		d.erase(bob)
		d.want(strings.TrimSpace(strings.Repeat("erased ", 1300)))
		if known := d.count("SELECT count(*) FROM person_key WHERE owner LIKE 'acc_%'"); known != 1 {
			t.Errorf("%d keys", known)
		}
	})
}

func (d *diary) count(sql string) (n int) {
	d.t.Helper()
	if err := d.s.Read(d.t.Context(), "a", func(r *store.Reader) error { return r.One([]any{&n}, sql) }); err != nil {
		d.t.Fatal(err)
	}
	return n
}
