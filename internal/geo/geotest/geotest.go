// Package geotest writes small files in the form of MaxMind DB for tests.
package geotest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Place is what the file says of a network; empty fields are left out.
type Place struct {
	Network             string // CIDR
	Country, City       string
	Latitude, Longitude float64
	ASN                 uint32
}

// Write makes a file, of IPv4 alone unless a network is of IPv6, and returns its path.
func Write(t testing.TB, places ...Place) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "geo.mmdb")
	Rewrite(t, path, places...)
	return path
}

// Rewrite puts a new file in the place of an older one.
func Rewrite(t testing.TB, path string, places ...Place) {
	t.Helper()
	version := 4
	for _, p := range places {
		if strings.Contains(p.Network, ":") {
			version = 6
		}
	}
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-City", RecordSize: 24, IPVersion: version, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		_, network, err := net.ParseCIDR(p.Network)
		if err != nil {
			t.Fatal(err)
		}
		rec := mmdbtype.Map{}
		if p.Country != "" {
			rec["country"] = mmdbtype.Map{"iso_code": mmdbtype.String(p.Country)}
		}
		if p.City != "" {
			rec["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(p.City)}}
		}
		if p.Latitude != 0 || p.Longitude != 0 {
			rec["location"] = mmdbtype.Map{"latitude": mmdbtype.Float64(p.Latitude), "longitude": mmdbtype.Float64(p.Longitude)}
		}
		if p.ASN != 0 {
			rec["autonomous_system_number"] = mmdbtype.Uint32(p.ASN)
		}
		if err := tree.Insert(network, rec); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(path + ".new") //nolint:gosec // a test's folder
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}
