package throttle

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// door keeps the counters of one authenticator, as the store will.
type door struct {
	t       *testing.T
	rules   Rules
	now     time.Time
	tats    map[string]time.Time
	total   int
	strange Failures
	device  map[string]Failures
	notices []Notice
}

func newDoor(t *testing.T) *door {
	t.Helper()
	r := Default()
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return &door{t: t, rules: r, now: epoch, tats: make(map[string]time.Time), device: make(map[string]Failures)}
}

func (d *door) decide(a Attempt, lanes []Lane) Decision {
	tats := make([]time.Time, len(lanes))
	for i, l := range lanes {
		tats[i] = d.tats[l.Key]
	}
	dec := d.rules.Decide(a, lanes, tats, Record{d.total, d.strange, d.device[a.Device]}, d.now)
	if (dec.Verdict == Wait) != (dec.RetryAfter > 0) {
		d.t.Errorf("verdict %v with retry %v", dec.Verdict, dec.RetryAfter)
	}
	if dec.Verdict == Allowed {
		for i, l := range lanes {
			d.tats[l.Key] = dec.TATs[i]
		}
	}
	return dec
}

// try makes an attempt; right says whether the password is.
func (d *door) try(a Attempt, right bool) Decision {
	dec := d.decide(a, d.rules.Lanes(a))
	if dec.Verdict != Allowed {
		return dec
	}
	rec, notice := Succeeded(), Silent
	if !right {
		rec, notice = d.rules.Failed(a, Record{d.total, d.strange, d.device[a.Device]}, d.now)
	}
	d.total, d.strange, d.device[a.Device] = rec.Total, rec.Stranger, rec.Device
	if notice != Silent {
		d.notices = append(d.notices, notice)
	}
	return dec
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

var (
	owner    = Attempt{Account("acc_alice"), ip("192.0.2.1"), "laptop"}
	attacker = Attempt{Account("acc_alice"), ip("198.51.100.7"), ""}
)

// botnet is an attempt from the i-th of many networks.
func botnet(i int) Attempt {
	return Attempt{Account("acc_alice"), netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}), ""}
}

func TestAU06_AliasesShareOneCounter(t *testing.T) {
	key := []byte("tenant key")
	for _, names := range [][]string{
		{"bob", "BOB", "Bob", " bob ", "ｂｏｂ", "b\u200bob", "bob\x00", "\ufeffbob", "bo\u00adb"},
		{"josé", "JOSE\u0301", "jos\u00e9", "JOSÉ"},
		{"straße", "STRASSE", "strasse", "STRAẞE"},
		{"Bob@Example.com", "bob@example.COM"},
		{"ﬁona", "FIONA"},
	} {
		want := Unknown(key, names[0])
		for _, n := range names {
			if Canonical(n) != Canonical(names[0]) || Unknown(key, n) != want {
				t.Errorf("%q is counted as %q, %q as %q", n, Canonical(n), names[0], Canonical(names[0]))
			}
		}
	}
	if Canonical("bob") == Canonical("rob") {
		t.Error("different names are one")
	}
	// A known account is counted by id, whatever was typed.
	r := Default()
	a := r.Lanes(Attempt{Subject: Account("acc_1"), Source: ip("192.0.2.1")})
	b := r.Lanes(Attempt{Subject: Account("acc_1"), Source: ip("::ffff:192.0.2.1")})
	for i := range a {
		if a[i].Key != b[i].Key {
			t.Errorf("an IPv4 address in two spellings has two counters: %q, %q", a[i].Key, b[i].Key)
		}
	}
}

func TestAU06_UnknownNamesShareBuckets(t *testing.T) {
	buckets := make(map[Subject]bool)
	for i := range 200_000 {
		buckets[Unknown([]byte("tenant key"), fmt.Sprintf("guess%d", i))] = true
	}
	if len(buckets) > 1<<16 {
		t.Errorf("%d guessed names fill %d counters", 200_000, len(buckets))
	}
	if Unknown([]byte("a"), "bob") == Unknown([]byte("b"), "bob") && Unknown([]byte("a"), "eve") == Unknown([]byte("b"), "eve") {
		t.Error("the key has no part in the bucket")
	}
}

func TestAU06_LanesOfKnownAndUnknownLookAlike(t *testing.T) {
	r := Default()
	known := r.Lanes(Attempt{Subject: Account("acc_1"), Source: ip("2001:db8:1:2:3::4")})
	unknown := r.Lanes(Attempt{Subject: Unknown([]byte("k"), "bob"), Source: ip("2001:db8:1:2:3::4")})
	if len(known) != len(unknown) {
		t.Fatal("an unknown name has other lanes")
	}
	for i := range known {
		if known[i].Limit != unknown[i].Limit {
			t.Errorf("lane %d: %v and %v", i, known[i].Limit, unknown[i].Limit)
		}
	}
}

func TestSourcesAreCountedByWhatOneHolds(t *testing.T) {
	for _, tt := range []struct {
		a, b               string
		sameAddr, sameSite bool
	}{
		{"192.0.2.1", "192.0.2.1", true, true},
		{"192.0.2.1", "192.0.2.200", false, true},
		{"192.0.2.1", "192.0.3.1", false, false},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true, true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false, true},
		{"2001:db8:1:2::1", "2001:db8:2:2::1", false, false},
		{"fe80::1%eth0", "fe80::1%eth1", true, true},
	} {
		if got := address(ip(tt.a)) == address(ip(tt.b)); got != tt.sameAddr {
			t.Errorf("%s and %s: one address %v", tt.a, tt.b, got)
		}
		if got := network(ip(tt.a)) == network(ip(tt.b)); got != tt.sameSite {
			t.Errorf("%s and %s: one network %v", tt.a, tt.b, got)
		}
	}
	if address(netip.Addr{}) != "none" {
		t.Error("no address is an address")
	}
}

func TestAU07_TenWrongThenRightStillWaits(t *testing.T) {
	d := newDoor(t)
	allowed := 0
	for i := range 10 {
		if d.try(botnet(i), false).Verdict == Allowed {
			allowed++
		}
		d.now = d.now.Add(100 * time.Millisecond)
	}
	if dec := d.try(botnet(99), true); dec.Verdict != Wait {
		t.Errorf("the right password after ten wrong ones: %v after %d allowed", dec.Verdict, allowed)
	}
	if allowed != 4 {
		t.Errorf("%d guesses within a second, want 4 (three free, one more, then the delay)", allowed)
	}
}

func TestAU07_EachLaneCounts(t *testing.T) {
	r := Default()
	for _, tt := range []struct {
		lane string
		most int
		next func(i int) Attempt
	}{
		{"account-network", r.AccountNetwork.Burst, func(int) Attempt { return attacker }},
		{"account", r.Account.Burst, botnet},
		{"address", r.Address.Burst, func(i int) Attempt {
			return Attempt{Account(fmt.Sprintf("acc_%d", i)), attacker.Source, ""}
		}},
		{"device", r.Device.Burst, func(int) Attempt { return owner }},
	} {
		t.Run(tt.lane, func(t *testing.T) {
			d := newDoor(t)
			allowed := 0
			for i := range 200 {
				if a := tt.next(i); d.decide(a, d.rules.Lanes(a)).Verdict == Allowed {
					allowed++
				}
			}
			if allowed != tt.most {
				t.Errorf("%d at once, want %d", allowed, tt.most)
			}
		})
	}
}

func TestAU08_SecondFactorTenIn15Minutes(t *testing.T) {
	d := newDoor(t)
	var passed []time.Time
	for i := range 4 * 3600 { // every second for four hours, from everywhere, also from a known device
		a := botnet(i)
		if i%3 == 0 {
			a = owner
		}
		if d.decide(a, d.rules.SecondFactorLanes(a)).Verdict == Allowed {
			passed = append(passed, d.now)
		}
		d.now = d.now.Add(time.Second)
	}
	for i := range passed {
		n := 0
		for _, p := range passed[i:] {
			if p.Sub(passed[i]) <= 15*time.Minute {
				n++
			}
		}
		if n > 10 {
			t.Fatalf("%d tries within 15 minutes of %v", n, passed[i].Sub(epoch))
		}
	}
	if len(passed) < 5 {
		t.Errorf("only %d tries in four hours", len(passed))
	}
}

func TestOwnerOnKnownDeviceIsNotLockedOut(t *testing.T) {
	d := newDoor(t)
	for i := range 24 * 60 { // a botnet, all day
		d.try(botnet(i), false)
		if i%60 == 59 {
			if dec := d.try(owner, true); dec.Verdict != Allowed {
				t.Fatalf("hour %d: the owner waits %v (%v)", i/60, dec.RetryAfter, dec.Verdict)
			}
		}
		d.now = d.now.Add(time.Minute)
	}
}

func TestStolenDeviceHasItsOwnLane(t *testing.T) {
	d := newDoor(t)
	for range 30 {
		d.try(owner, false)
	}
	if dec := d.try(owner, true); dec.Verdict != Wait {
		t.Errorf("the device guesses on: %v", dec.Verdict)
	}
	if dec := d.try(Attempt{owner.Subject, owner.Source, "phone"}, true); dec.Verdict != Allowed {
		t.Errorf("another device of the owner: %v", dec.Verdict)
	}
}

func TestN5_HardStopAt100UntilReset(t *testing.T) {
	d := newDoor(t)
	tries := 0
	for ; d.total < 100; tries++ {
		dec := d.try(botnet(tries), false)
		if dec.Verdict == Stopped {
			t.Fatalf("stopped after %d failures", d.total)
		}
		d.now = d.now.Add(dec.RetryAfter)
	}
	// An owner who comes by every third day is never in reach of it.
	if took := d.now.Sub(epoch); took < 72*time.Hour {
		t.Errorf("strangers reach the stop in %v", took)
	}
	if fmt.Sprint(d.notices) != fmt.Sprint([]Notice{Warning, Disabled}) {
		t.Errorf("notices %v", d.notices)
	}
	d.now = d.now.Add(10000 * time.Hour)
	for _, a := range []Attempt{attacker, owner, botnet(5000)} {
		if dec := d.try(a, true); dec.Verdict != Stopped {
			t.Errorf("%+v: %v after the stop", a, dec.Verdict)
		}
	}
	d.total, d.strange, d.device = 0, Failures{}, map[string]Failures{} // reset
	if dec := d.try(owner, true); dec.Verdict != Allowed {
		t.Errorf("after the reset: %v", dec.Verdict)
	}
}

func TestN5_SuccessStartsOver(t *testing.T) {
	d := newDoor(t)
	for i := range 8 {
		d.now = d.now.Add(d.try(botnet(i), false).RetryAfter + time.Minute)
	}
	if d.total == 0 {
		t.Fatal("nothing was counted")
	}
	if dec := d.try(owner, true); dec.Verdict != Allowed || d.total != 0 || d.strange.Count != 0 {
		t.Errorf("verdict %v, total %d, strangers %d", dec.Verdict, d.total, d.strange.Count)
	}
}

func TestN5_DelaysGrow(t *testing.T) {
	r := Default()
	previous := time.Duration(0)
	for n := range 150 {
		d := r.delay(n, r.MaxDelay)
		if d < previous || d > r.MaxDelay {
			t.Errorf("delay after %d failures: %v after %v", n, d, previous)
		}
		if n <= r.FreeFailures && d != 0 {
			t.Errorf("delay after %d failures: %v", n, d)
		}
		previous = d
	}
	if previous != r.MaxDelay || r.delay(4, r.MaxDelay) != time.Second || r.delay(6, r.MaxDelay) != 4*time.Second {
		t.Error("delays do not double from one second to the greatest")
	}
	f := Failures{Count: 100, Last: epoch.Add(1000 * time.Hour)} // the clock was set back
	if got := r.remaining(f, r.MaxDelay, epoch); got != r.MaxDelay {
		t.Errorf("delay with a failure in the future: %v", got)
	}
}

func TestRulesCheck(t *testing.T) {
	if err := Default().Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Rules){
		"zero":          func(r *Rules) { *r = Rules{} },
		"no burst":      func(r *Rules) { r.Account.Burst = 0 },
		"no emission":   func(r *Rules) { r.Device.Emission = 0 },
		"stop at 101":   func(r *Rules) { r.HardStop = 101 },
		"never stop":    func(r *Rules) { r.HardStop = 0 },
		"warn too late": func(r *Rules) { r.WarnAt = 101 },
		"no delay":      func(r *Rules) { r.FirstDelay = 0 },
		"shrinking":     func(r *Rules) { r.MaxDelay = r.FirstDelay / 2 },
	} {
		r := Default()
		spoil(&r)
		if r.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"Bob", "ｂｏｂ", "\u0345\u0301\u1f80", "ẞ\u200d", "\u03d2\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Canonical(s)
		if Canonical(c) != c {
			t.Fatalf("%q settles at %q, then %q", s, c, Canonical(c))
		}
		if u := Canonical(strings.ToUpper(c)); c == strings.ToLower(strings.ToUpper(c)) && u != c {
			t.Fatalf("%q in capitals is counted as %q", c, u)
		}
	})
}
