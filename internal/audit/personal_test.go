package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

const (
	ann = "acc_01ann"
	bob = "acc_01bob"
)

// diary is a log with keys and what tests do with it.
type diary struct {
	*audit.Log
	t *testing.T
	s *store.Store
}

func newDiary(t *testing.T, s *store.Store) *diary {
	return &diary{audit.NewLog(person.New(secret.NewRoot([32]byte{7}))), t, s}
}

func (d *diary) write(fn func(*store.Tx) error) error {
	return d.s.Write(context.Background(), "a", store.Conditional, fn)
}

func (d *diary) add(c caller.Caller, about string) {
	d.t.Helper()
	if err := d.write(func(tx *store.Tx) error { return d.Append(tx, 0, event(c, about)) }); err != nil {
		d.t.Fatal(err)
	}
}

func event(c caller.Caller, about string) audit.Event {
	return audit.Event{Tenant: "a", Action: "x.do", Outcome: audit.Done, Caller: c, Resource: "r", Person: about, Detail: []byte("{}")}
}

func from(who, address string) caller.Caller { return caller.Person(who, "", "", address, "") }

// addresses are those of the log, oldest first; "erased" stands for one that can be read no more.
func (d *diary) addresses() string {
	d.t.Helper()
	if _, err := d.SequenceAll(d.t.Context(), d.s, "node"); err != nil {
		d.t.Fatal(err)
	}
	var out []string
	if err := d.s.Read(d.t.Context(), "a", func(r *store.Reader) error {
		events, err := d.Follow(r, "a", 0, 10000)
		for _, e := range events {
			switch {
			case e.Erased:
				out = append(out, "erased")
			case e.Caller.Address == "":
				out = append(out, "-")
			default:
				out = append(out, e.Caller.Address)
			}
		}
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func (d *diary) want(addresses string) {
	d.t.Helper()
	if got := d.addresses(); got != addresses {
		d.t.Errorf("addresses %q, want %q", got, addresses)
	}
}

// rows is every byte of the table event, in order.
func (d *diary) rows() string {
	d.t.Helper()
	var out strings.Builder
	if err := d.s.Read(d.t.Context(), "a", func(r *store.Reader) error {
		return r.Each(func(row store.Row) error {
			var ord, n int64
			var tenant, action, outcome, actor, who, resource, about, detail string
			var at time.Time
			var sealed []byte
			err := row.Scan(&ord, &n, &tenant, &at, &action, &outcome, &actor, &who, &resource, &about, &sealed, &detail)
			fmt.Fprintf(&out, "%d %d %s %d %s %s %s %s %s %s %x %s\n", ord, n, tenant, at.UnixMicro(), action, outcome, actor, who, resource, about, sealed, detail)
			return err
		}, "SELECT ord, n, tenant, at, action, outcome, actor, caller, resource, person, sealed, detail FROM event ORDER BY ord, n")
	}); err != nil {
		d.t.Fatal(err)
	}
	return out.String()
}

func (d *diary) erase(who string) {
	d.t.Helper()
	if err := d.write(func(tx *store.Tx) error { return d.Erase(tx, "a", who) }); err != nil {
		d.t.Fatal(err)
	}
}

func eachDiary(t *testing.T, fn func(t *testing.T, d *diary)) {
	t.Helper()
	storetest.Each(t, []store.Migrations{audit.Migrations}, func(t *testing.T, s *store.Store) { fn(t, newDiary(t, s)) })
}

// P7: erasing a person makes their addresses unreadable, changes no byte of the log, and leaves
// others' as they are: an administrator's who looked after them, a stranger's.
func TestP7_ErasingAPersonLeavesTheLog(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.add(from(ann, "192.0.2.1"), ann)
		d.add(caller.Nobody("192.0.2.2", ""), ann) // as she proved who she is
		d.add(from(bob, "192.0.2.3"), ann)         // an administrator, with her account
		d.add(caller.Nobody("192.0.2.4", ""), "")
		d.add(caller.Application("cli_1", "192.0.2.5", ""), ann)
		d.add(caller.Job("sweep"), ann)
		d.want("192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 -")
		before := d.rows()
		if strings.Contains(before, "192.0.2.") {
			t.Errorf("an address stands in the clear:\n%s", before)
		}
		d.erase(ann)
		d.want("erased erased 192.0.2.3 192.0.2.4 erased -")
		if after := d.rows(); after != before {
			t.Errorf("the log changed:\n%s\nwas\n%s", after, before)
		}
		// Nothing more is kept of them, here or on a node that has not heard of it.
		d.add(from(ann, "192.0.2.6"), ann)
		d.want("erased erased 192.0.2.3 192.0.2.4 erased - -")
	})
}

// P7, AU19: writing what somebody does who only says that they are a person needs no key of hers. Until
// the event has its position the address is a stranger's, and then it goes with her.
func TestP7_WhoOnlyClaimsMakesNoKey(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		claim := func(address, who string) {
			t.Helper()
			if err := d.write(func(tx *store.Tx) error {
				e := event(caller.Nobody(address, ""), who)
				e.Claimed = true
				return d.Append(tx, 0, e)
			}); err != nil {
				t.Fatal(err)
			}
		}
		knows := func(who string) (known bool) {
			t.Helper()
			if err := d.s.Read(t.Context(), "a", func(r *store.Reader) (err error) {
				known, err = d.Knows(r, "a", who)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return known
		}
		nobody := "acc_" + id.None
		claim("192.0.2.1", ann)
		claim("192.0.2.2", bob)
		claim("192.0.2.3", nobody)
		if knows(ann) || knows(bob) {
			t.Error("a claim made a key")
		}
		d.erase(bob) // before his events have their position
		d.want("192.0.2.1 - 192.0.2.3")
		if !knows(ann) || knows(nobody) {
			t.Error("whose key a claim ended under")
		}
		d.erase(ann)
		d.want("erased - 192.0.2.3")
		if strings.Contains(d.rows(), "192.0.2.") {
			t.Error("an address stands in the clear")
		}
	})
}

// A node that remembers the key seals with it after it was dropped; nobody reads that.
func TestP7_AnotherNodeKeepsNoKey(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		other := newDiary(t, d.s)
		other.add(from(ann, "192.0.2.1"), ann)
		d.erase(ann)
		other.add(from(ann, "192.0.2.2"), ann)
		other.want("erased erased")
		d.want("erased erased")
	})
}

// A key that was rolled back was none: what is sealed afterwards can be read.
func TestAKeyIsNotRememberedBeforeItIsCommitted(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		fire := errors.New("disk on fire")
		if err := d.write(func(tx *store.Tx) error {
			return errors.Join(d.Append(tx, 0, event(from(ann, "192.0.2.1"), ann)), fire)
		}); !errors.Is(err, fire) {
			t.Fatal(err)
		}
		d.add(from(ann, "192.0.2.2"), ann)
		d.want("192.0.2.2")
	})
}

// Many first events of one person at once, by nodes that know no keys, agree on one.
func TestOneKeyForAllWhoComeFirst(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		const n = 24
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() { newDiary(t, d.s).add(from(ann, "192.0.2.1"), ann) })
		}
		wg.Wait()
		if got := strings.Count(d.addresses(), "192.0.2.1"); got != n {
			t.Errorf("%d of %d addresses can be read", got, n)
		}
	})
}

// OP07: what is sealed for one event opens in no other, and not under another person's key.
func TestOP07_SealedPartsDoNotMove(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.add(from(ann, "192.0.2.1"), ann)
		d.add(from(ann, "192.0.2.2"), ann)
		d.add(from(bob, "192.0.2.3"), bob)
		if err := d.write(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE event SET sealed = (SELECT sealed FROM event e ORDER BY e.ord LIMIT 1)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.want("192.0.2.1 erased erased")
	})
}

// P9: strangers' addresses go by their age.
func TestP9_StrangersAreForgotten(t *testing.T) {
	fake := clock.NewFake(time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC))
	storetest.EachAt(t, fake.Now, []store.Migrations{audit.Migrations}, func(t *testing.T, s *store.Store) {
		d, start := newDiary(t, s), fake.Now()
		t.Cleanup(func() { fake.Advance(start.Sub(fake.Now())) })
		sweep := func() {
			t.Helper()
			for _, sweep := range person.Sweeps {
				if err := s.Write(t.Context(), id.AllTenants, store.Conditional, func(tx *store.Tx) error {
					_, err := store.NewSweeper(sweep).Delete(tx)
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		d.add(caller.Nobody("192.0.2.1", ""), "")
		d.add(from(ann, "192.0.2.2"), ann)
		fake.Advance(2 * time.Minute) // February
		d.add(caller.Nobody("192.0.2.3", ""), "")
		fake.Advance(person.StrangersKept - time.Minute - time.Second)
		sweep()
		d.want("192.0.2.1 192.0.2.2 192.0.2.3")
		fake.Advance(2 * time.Second)
		sweep()
		d.want("erased 192.0.2.2 192.0.2.3")
	})
}

// Events that were written before there were keys stay as they are.
func TestOldEventsStayReadable(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		c := from(ann, "192.0.2.1")
		if err := d.write(func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO event (ord, n, tenant, at, action, outcome, actor, caller, resource, detail) VALUES ($1, 0, 'a', $2, 'x.do', 'done', $3, $4, 'r', '{}')",
				tx.Order(), tx.Now(), c.Subject(), c.JSON())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.want("192.0.2.1")
	})
}

// Without keys nothing personal is kept.
func TestALogWithoutKeysKeepsNoAddress(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		d.Log = audit.NewLog(nil)
		d.add(from(ann, "192.0.2.1"), ann)
		d.want("-")
	})
}

func TestListByPerson(t *testing.T) {
	eachDiary(t, func(t *testing.T, d *diary) {
		for i, who := range []string{ann, bob, ann, ""} {
			d.add(from(bob, fmt.Sprint("192.0.2.", i)), who)
		}
		sequenceAll(t, d.s)
		if err := d.s.Read(t.Context(), "a", func(r *store.Reader) error {
			for _, c := range []struct {
				f    audit.Filter
				want int
			}{{audit.Filter{Person: ann}, 2}, {audit.Filter{Person: bob}, 1}, {audit.Filter{Person: ann, Actions: []string{"x.do", "y.do"}}, 2}, {audit.Filter{Person: ann, Actions: []string{"y.do"}}, 0}} {
				list, err := d.List(r, "a", c.f, 0, 10)
				if err != nil || len(list) != c.want {
					t.Errorf("%+v: %d events, %v", c.f, len(list), err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
