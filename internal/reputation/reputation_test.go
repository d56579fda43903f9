package reputation

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drop.txt")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("; Spamhaus DROP List\n198.51.100.0/24 ; SBL1\n\n203.0.113.7\t# one\n2001:db8:bad::/48\n192.0.2.77/25\n")
	l, err := Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for address, want := range map[string]bool{
		"198.51.100.1": true, "::ffff:198.51.100.1": true, "198.51.101.1": false, "203.0.113.7": true, "203.0.113.8": false,
		"2001:db8:bad:1::9": true, "2001:db8::1": false, "192.0.2.1": true, "192.0.2.129": false,
	} {
		if got := l.Has(netip.MustParseAddr(address), now); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if l.Has(netip.Addr{}, now) {
		t.Error("no address is on the list")
	}
	write("198.51.101.0/24\n")
	now = now.Add(time.Minute)
	if !l.Has(netip.MustParseAddr("198.51.101.1"), now) || l.Has(netip.MustParseAddr("198.51.100.1"), now) {
		t.Error("the changed file was not read")
	}
	write("198.51.100.0/24 and more\n")
	now = now.Add(time.Minute)
	if !l.Has(netip.MustParseAddr("198.51.101.1"), now) {
		t.Error("a broken file was taken")
	}
}

func TestWithoutFileNobodyIsOnTheList(t *testing.T) {
	l, err := Open("", nil)
	if err != nil || l.Has(netip.MustParseAddr("192.0.2.1"), time.Now()) {
		t.Error(err)
	}
}

func TestWrongLineStopsTheStart(t *testing.T) {
	for text, line := range map[string]string{"192.0.2.0/33": "line 1", "# x\n\nexample.com": "line 3", "192.0.2.1-192.0.2.9": "line 1"} {
		if _, err := parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
