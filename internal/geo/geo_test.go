package geo_test

import (
	"log/slog"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/geo/geotest"
)

var quiet = slog.New(slog.DiscardHandler)

func TestFilesCompleteEachOther(t *testing.T) {
	cities := geotest.Write(t, geotest.Place{Network: "198.51.100.0/24", Country: "AT", City: "Vienna", Latitude: 48.2, Longitude: 16.37},
		geotest.Place{Network: "2001:db8::/32", Country: "JP"})
	networks := geotest.Write(t, geotest.Place{Network: "198.51.0.0/16", ASN: 64500})
	d, err := geo.Open(quiet, cities, networks)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range []struct {
		address, country, city, network string
		point                           bool
	}{
		{"198.51.100.7", "AT", "Vienna", "AS64500", true},
		{"::ffff:198.51.100.7", "AT", "Vienna", "AS64500", true},
		{"198.51.7.7", "", "", "AS64500", false},
		{"2001:db8:1:2::3", "JP", "", "2001:db8:1::/48", false},
		{"fe80::1%eth0", "", "", "fe80::/48", false},
		{"192.0.2.9", "", "", "192.0.2.0/24", false},
	} {
		a := netip.MustParseAddr(c.address)
		p := d.Look(a, now)
		if p.Country != c.country || p.City != c.city || (p.Point != nil) != c.point || geo.Network(a, p) != c.network {
			t.Errorf("%s: %+v, %s", c.address, p, geo.Network(a, p))
		}
	}
	if p := d.Look(netip.Addr{}, now); p != (geo.Place{}) || geo.Network(netip.Addr{}, p) != "" {
		t.Errorf("no address: %+v", p)
	}
}

func TestWithoutFileNothingIsKnown(t *testing.T) {
	d, err := geo.Open(quiet)
	if err != nil || d != nil {
		t.Fatal(d, err)
	}
	if p := d.Look(netip.MustParseAddr("198.51.100.7"), time.Now()); p != (geo.Place{}) {
		t.Error(p)
	}
}

func TestBrokenFileStopsTheStart(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.mmdb")
	if err := os.WriteFile(bad, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, bad + ".missing"} {
		if _, err := geo.Open(quiet, path); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}

// A file of IPv4 alone keeps nobody out who comes by IPv6, and others still know the address.
func TestFileOfIPv4AloneKnowsNoIPv6(t *testing.T) {
	old := geotest.Write(t, geotest.Place{Network: "198.51.100.0/24", Country: "AT"})
	d, err := geo.Open(quiet, old, geotest.Write(t, geotest.Place{Network: "2001:db8::/32", Country: "JP"}))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{"198.51.100.7": "AT", "2001:db8::7": "JP", "2001:db9::7": ""} {
		if p := d.Look(netip.MustParseAddr(address), time.Now()); p.Country != want {
			t.Errorf("%s: %+v", address, p)
		}
	}
}

func TestChangedFileIsRead(t *testing.T) {
	path := geotest.Write(t, geotest.Place{Network: "198.51.100.0/24", Country: "AT"})
	d, err := geo.Open(quiet, path)
	if err != nil {
		t.Fatal(err)
	}
	now, a := time.Now(), netip.MustParseAddr("198.51.100.7")
	country := func(want string) {
		t.Helper()
		if p := d.Look(a, now); p.Country != want {
			t.Errorf("%+v: want %s", p, want)
		}
	}
	country("AT")
	geotest.Rewrite(t, path, geotest.Place{Network: "198.51.100.0/24", Country: "JP", City: "Tokyo"})
	country("AT") // it was looked at a moment ago
	now = now.Add(time.Minute)
	country("JP")
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	country("JP") // what it held before stays
}

func TestImpossibleTravel(t *testing.T) {
	vienna, linz, tokyo := geo.Point{Latitude: 48.208, Longitude: 16.373}, geo.Point{Latitude: 48.306, Longitude: 14.286}, geo.Point{Latitude: 35.677, Longitude: 139.650}
	// Great-circle distances by Vincenty's formula on the ellipsoid; the sphere is within half a percent.
	for _, c := range []struct {
		a, b geo.Point
		km   float64
	}{{vienna, linz, 155}, {vienna, tokyo, 9140}, {geo.Point{Latitude: 90}, geo.Point{Latitude: -90}, 20004}, {geo.Point{Longitude: 179.9}, geo.Point{Longitude: -179.9}, 22.3}, {vienna, vienna, 0}} {
		if d := geo.Distance(c.a, c.b); math.Abs(d-c.km) > c.km*0.006 {
			t.Errorf("%v to %v is %.1f km, want %.1f", c.a, c.b, d, c.km)
		}
	}
	for _, c := range []struct {
		from, to geo.Point
		in       time.Duration
		want     bool
	}{
		{vienna, tokyo, time.Hour, true}, {vienna, tokyo, 10 * time.Hour, true}, {vienna, tokyo, 11 * time.Hour, false},
		{vienna, linz, 5 * time.Minute, true}, {vienna, linz, 11 * time.Minute, false}, {vienna, vienna, 0, false},
		{vienna, tokyo, -time.Hour, true}, // clocks differ a little
		{geo.Point{Latitude: 48}, geo.Point{Latitude: 48.8}, 0, false},
	} {
		if got := geo.Impossible(c.from, c.to, c.in); got != c.want {
			t.Errorf("%v to %v in %v: %v", c.from, c.to, c.in, got)
		}
	}
}
