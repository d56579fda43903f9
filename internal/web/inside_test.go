package web

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestPX09_ClientAddressWalk(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	hundred := strings.Repeat("203.0.113.1, ", 99) + "203.0.113.2"
	for _, c := range []struct {
		remote    string
		forwarded []string
		want      string
	}{
		{"192.0.2.1:1", []string{"203.0.113.1"}, "192.0.2.1"}, // peer is nobody's proxy
		{"10.0.0.1:1", nil, "10.0.0.1"},
		{"10.0.0.1:1", []string{"203.0.113.1"}, "203.0.113.1"},
		{"10.0.0.1:1", []string{"198.51.100.66, 203.0.113.1"}, "203.0.113.1"}, // the left one is a claim
		{"10.0.0.1:1", []string{"198.51.100.66", "203.0.113.1, 10.0.0.2"}, "203.0.113.1"},
		{"10.0.0.1:1", []string{"203.0.113.1", ""}, "10.0.0.1"},
		{"10.0.0.1:1", []string{"203.0.113.1, junk"}, "10.0.0.1"},
		{"10.0.0.1:1", []string{"203.0.113.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"10.0.0.1:1", []string{"203.0.113.1:4711"}, "203.0.113.1"},
		{"10.0.0.1:1", []string{"[2001:470::1]:4711"}, "2001:470::1"},
		{"10.0.0.1:1", []string{"[2001:470::1]"}, "2001:470::1"},
		{"10.0.0.1:1", []string{"fe80::1%eth0"}, "fe80::1"},
		{"10.0.0.1:1", []string{"::ffff:203.0.113.1"}, "203.0.113.1"},
		{"[::ffff:10.0.0.1]:1", []string{"203.0.113.1"}, "203.0.113.1"},
		{"10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"10.0.0.1:1", []string{hundred}, "203.0.113.2"},
		{"[2001:db8::9]:1", []string{"203.0.113.1"}, "203.0.113.1"},
		{"10.0.0.1:1", []string{"0x7f.1"}, "10.0.0.1"},
		{"@", []string{"203.0.113.1"}, "invalid IP"},
	} {
		if got := clientAddress(c.remote, c.forwarded, trusted).String(); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

// FuzzForwarded: without trust nothing in the header matters, and with it the
// entries left of the first untrusted one do not.
func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.1, 10.0.0.2")
	f.Add("[::1]:80,,junk")
	f.Fuzz(func(t *testing.T, header string) {
		peer := netip.MustParseAddr("10.0.0.1")
		if got := clientAddress("10.0.0.1:1", []string{header}, nil); got != peer {
			t.Fatalf("untrusted peer became %s", got)
		}
		trusted := []netip.Prefix{netip.PrefixFrom(peer, 32)}
		got := clientAddress("10.0.0.1:1", []string{header}, trusted)
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%q: %v is not canonical", header, got)
		}
		if again := clientAddress("10.0.0.1:1", []string{"198.51.100.66, " + header}, trusted); got != peer && again != got {
			t.Fatalf("%q: a claim on the left changed %s to %s", header, got, again)
		}
	})
}

func TestLimiterIsGCRA(t *testing.T) {
	l := NewLimiter(map[RateClass]Rate{RateOwn: {Count: 1, Per: time.Second, Burst: 3}})
	now := time.Unix(1_000_000, 0)
	for i := range 3 {
		if ok, _ := l.Allow(RateOwn, "k", now); !ok {
			t.Fatalf("request %d of the burst was refused", i)
		}
	}
	ok, wait := l.Allow(RateOwn, "k", now)
	if ok || wait != time.Second {
		t.Fatalf("after the burst: %v, %v", ok, wait)
	}
	if ok, _ := l.Allow(RateOwn, "other", now); !ok {
		t.Fatal("another key was refused")
	}
	if ok, _ := l.Allow(RateOwn, "k", now.Add(wait-1)); ok {
		t.Fatal("accepted before retryAfter")
	}
	if ok, _ := l.Allow(RateOwn, "k", now.Add(wait)); !ok {
		t.Fatal("refused after retryAfter")
	}
	if ok, _ := l.Allow(RateOwn+1, "k", now); !ok {
		t.Fatal("a class without rate was refused")
	}
}

func TestLimiterIsBoundedAndRemembersKeysInUse(t *testing.T) {
	l := NewLimiter(map[RateClass]Rate{RateOwn: {Count: 1, Per: time.Hour, Burst: 1}})
	now := time.Unix(1_000_000, 0)
	attacker := netip.MustParseAddr("192.0.2.1")
	if ok, _ := l.AllowAddress(RateOwn, attacker, now); !ok {
		t.Fatal("the first request was refused")
	}
	for i := range shardCount * shardGeneration * 3 {
		l.AllowAddress(RateOwn, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
		if i%1000 == 0 {
			if ok, _ := l.AllowAddress(RateOwn, attacker, now); ok {
				t.Fatalf("after %d other keys the refused one was forgotten", i)
			}
		}
	}
	for i := range l.shards {
		if n := len(l.shards[i].young) + len(l.shards[i].older); n > 2*shardGeneration {
			t.Fatalf("a shard keeps %d keys", n)
		}
	}
}

func TestLimiterCountsAnIPv6NetworkOnce(t *testing.T) {
	l := NewLimiter(map[RateClass]Rate{RateStandard: {Count: 1, Per: time.Hour, Burst: 1}})
	now := time.Unix(1_000_000, 0)
	allow := func(s string) bool { ok, _ := l.AllowAddress(RateStandard, netip.MustParseAddr(s), now); return ok }
	if !allow("2001:db8::1") || allow("2001:db8::2") || !allow("2001:db8:0:1::1") {
		t.Error("the key of an IPv6 address is not its /64")
	}
	if !allow("192.0.2.1") || !allow("192.0.2.2") || allow("192.0.2.1") {
		t.Error("the key of an IPv4 address is not the address")
	}
}

func TestCertificateFollowsItsFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key := dir+"/c.pem", dir+"/k.pem"
	first := writeCertificate(t, cert, key, "first.example")
	c, err := loadCertificates(cert, key, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	running := func() string {
		pair, _ := c.get(nil)
		return pair.Leaf.DNSNames[0]
	}
	if running() != first {
		t.Fatal(running())
	}
	second := writeCertificate(t, cert, key, "second-name.example")
	c.follow()
	if running() != second {
		t.Fatalf("still %s after the change", running())
	}
	breakFile(t, key)
	c.follow()
	if err := c.load(); err == nil || running() != second {
		t.Fatalf("a broken key: %v, running %s", err, running())
	}
}
