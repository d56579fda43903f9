package puzzle

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
)

const (
	acme  id.Tenant = "acme"
	other id.Tenant = "other"
)

var small = Rules{Ordinary: 2, Burst: 10, Least: 8, Most: 12}

func newRoom(t *testing.T) (*Room, *clock.Fake) {
	t.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	room, err := New(secret.NewRoot([32]byte{7}), fake.Now, small)
	if err != nil {
		t.Fatal(err)
	}
	return room, fake
}

func storm(room *Room, tenant id.Tenant, n int) {
	for range n {
		room.Failed(tenant)
	}
}

func reason(err error) Reason {
	var r *Refused
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

func TestNothingIsAskedWhilePeopleMistype(t *testing.T) {
	room, fake := newRoom(t)
	for range 300 { // one and a half a second, for minutes
		room.Failed(acme)
		fake.Advance(700 * time.Millisecond)
	}
	if c := room.Ask(acme, "int_1"); c != (Challenge{}) {
		t.Errorf("%+v is asked", c)
	}
	if err := room.Check(acme, "int_1", Answer{}); err != nil {
		t.Error(err)
	}
}

func TestAStormAsksStrangersForWorkThatCountsOnce(t *testing.T) {
	room, fake := newRoom(t)
	storm(room, acme, 12)
	c := room.Ask(acme, "int_1")
	if c.Bits != 8 {
		t.Fatalf("%+v", c)
	}
	good := Answer{c.Text, Solve(c)}
	for name, tt := range map[string]struct {
		tenant      id.Tenant
		interaction string
		a           Answer
		want        Reason
	}{
		"nothing":             {acme, "int_1", Answer{}, Missing},
		"no proof":            {acme, "int_1", Answer{Challenge: c.Text}, Missing},
		"no number":           {acme, "int_1", Answer{c.Text, "x"}, Wrong},
		"another interaction": {acme, "int_2", good, Wrong},
		"fewer bits":          {acme, "int_1", Answer{"1" + c.Text[1:], "0"}, Wrong},
		"no challenge":        {acme, "int_1", Answer{"puzzle", "1"}, Wrong},
		"endless":             {acme, "int_1", Answer{c.Text, strings.Repeat("0", 1<<20)}, Wrong},
	} {
		if got := reason(room.Check(tt.tenant, tt.interaction, tt.a)); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	storm(room, other, 12)
	if got := reason(room.Check(other, "int_1", good)); got != Wrong {
		t.Errorf("another tenant: %q", got)
	}
	if err := room.Check(acme, "int_1", good); err != nil {
		t.Errorf("the answer itself: %v", err)
	}
	if got := reason(room.Check(acme, "int_1", good)); got != Spent {
		t.Errorf("the answer again: %q", got)
	}
	fake.Advance(Life - time.Second)
	storm(room, acme, 20)
	if got := reason(room.Check(acme, "int_1", good)); got != Spent {
		t.Errorf("the answer once more, shortly before its end: %q", got)
	}
	late := room.Ask(acme, "int_1")
	proof := Solve(late)
	fake.Advance(Life)
	storm(room, acme, 20)
	if got := reason(room.Check(acme, "int_1", Answer{late.Text, proof})); got != Expired {
		t.Errorf("five minutes later: %q", got)
	}
}

func TestTheWorkGrowsWithTheStormAndEndsAfterIt(t *testing.T) {
	room, fake := newRoom(t)
	last := 0
	for _, n := range []int{12, 12, 24, 48, 96, 10_000} {
		storm(room, acme, n)
		got := room.Ask(acme, "i").Bits
		if got < last || got > small.Most {
			t.Errorf("after %d more failures %d bits are asked, before %d", n, got, last)
		}
		last = got
	}
	if last != small.Most {
		t.Errorf("a great storm asks %d bits", last)
	}
	quiet := time.Duration(0)
	for room.Ask(acme, "i").Bits > 0 {
		fake.Advance(time.Second)
		if quiet += time.Second; quiet > 3*time.Minute {
			t.Fatal("three minutes after the storm strangers are still asked")
		}
	}
}

func TestOneTenantsStormIsItsOwnUnlessTheServerSuffers(t *testing.T) {
	room, _ := newRoom(t)
	storm(room, acme, 30)
	if room.Ask(acme, "i").Bits == 0 || room.Ask(other, "i").Bits != 0 {
		t.Error("a small storm on one tenant asks others' strangers, or not its own")
	}
	for range 5 {
		room.Busy(acme)
	}
	if room.Ask(other, "i").Bits == 0 {
		t.Error("passwords find no place to be hashed, and other tenants' strangers are not asked")
	}
}

func TestWhatOthersComputeIsAProof(t *testing.T) {
	// Computed by Python's hashlib and by the page's script alike (see the test of the pages).
	if !proves("8.1763802300.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", "1061", 12) {
		t.Error("the agreed proof is refused")
	}
}

func TestRulesThatAskForNothingStopTheStart(t *testing.T) {
	for i, r := range []Rules{{Ordinary: 1}, {Ordinary: 1, Burst: 5, Least: 9, Most: 8}, {Ordinary: 1, Burst: 5, Least: 9, Most: 40}, {Burst: 5, Least: 9, Most: 10}} {
		if _, err := New(secret.NewRoot([32]byte{7}), clock.System, r); err == nil {
			t.Error(fmt.Sprint(i), r)
		}
	}
}
