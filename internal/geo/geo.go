// Package geo says where an address is, from files in the form of MaxMind DB 2.0 that the operator
// has on the machine, and whether somebody can have travelled between two places. Nothing is asked
// over the network, and nothing is known without a file.
package geo

import (
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/cardea-iam/cardea/internal/reload"
)

// Place is what is known of an address; what is not is empty.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	City    string // in English
	ASN     uint   // number of the autonomous system, 0 where it is not known
	Point   *Point
}

// Point is a place on the earth, in degrees.
type Point struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Database is the operator's files. A nil Database knows nothing. It is safe for concurrent use.
type Database struct {
	files []*reload.File[*maxminddb.Reader]
	log   *slog.Logger
}

// Open opens files whose contents complete each other, such as one of cities and one of networks.
// Changed files are read again. Without files the Database is nil.
func Open(log *slog.Logger, paths ...string) (*Database, error) {
	if len(paths) == 0 {
		return nil, nil //nolint:nilnil // nothing is known
	}
	d := &Database{log: log}
	for _, p := range paths {
		f, err := reload.Open(p, log, read)
		if err != nil {
			return nil, fmt.Errorf("GeoIP file: %w", err)
		}
		d.files = append(d.files, f)
	}
	return d, nil
}

// read takes a file into memory: readers of an older one go on undisturbed.
func read(path string) (*maxminddb.Reader, error) {
	b, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	return maxminddb.OpenBytes(b)
}

// record is what the common databases have in common (GeoIP2 and GeoLite2 City, Country, ASN).
type record struct {
	Country struct {
		ISOCode string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	City struct {
		Names struct {
			English string `maxminddb:"en"`
		} `maxminddb:"names"`
	} `maxminddb:"city"`
	Location struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`
	ASN    uint `maxminddb:"autonomous_system_number"`
	Traits struct {
		ASN uint `maxminddb:"autonomous_system_number"`
	} `maxminddb:"traits"`
}

// Look says what is known of an address. A file that cannot answer, such as one of IPv4 alone
// asked for an IPv6 address, knows nothing: nobody is kept out for it.
func (d *Database) Look(a netip.Addr, now time.Time) Place {
	if d == nil || !a.IsValid() {
		return Place{}
	}
	a = a.Unmap().WithZone("")
	var rec record
	for _, f := range d.files {
		file := f.Get(now)
		if file.Metadata.IPVersion == 4 && a.Is6() {
			continue
		}
		if err := file.Lookup(a).Decode(&rec); err != nil {
			d.log.Error("a GeoIP file is damaged", "type", file.Metadata.DatabaseType, "error", err)
		}
	}
	p := Place{Country: rec.Country.ISOCode, City: rec.City.Names.English, ASN: max(rec.ASN, rec.Traits.ASN)}
	if rec.Location.Latitude != nil && rec.Location.Longitude != nil {
		p.Point = &Point{*rec.Location.Latitude, *rec.Location.Longitude}
	}
	return p
}

// Network names the network of an address: its autonomous system if that is known (AS64500), else
// the /24 or /48 that it lies in; "" for no address.
func Network(a netip.Addr, p Place) string {
	if p.ASN > 0 {
		return "AS" + strconv.FormatUint(uint64(p.ASN), 10)
	}
	if !a.IsValid() {
		return ""
	}
	bits := 48
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = 24
	}
	net, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return net.String()
}

const (
	earthRadius  = 6371.0 // km, the mean
	nearby       = 100.0  // km: files are no more exact
	fastest      = 900.0  // km/h: an airliner
	degreesToRad = math.Pi / 180
)

// Distance is the great-circle distance in km (haversine formula).
func Distance(a, b Point) float64 {
	dLat, dLon := (b.Latitude-a.Latitude)*degreesToRad, (b.Longitude-a.Longitude)*degreesToRad
	h := sq(math.Sin(dLat/2)) + math.Cos(a.Latitude*degreesToRad)*math.Cos(b.Latitude*degreesToRad)*sq(math.Sin(dLon/2))
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

func sq(x float64) float64 { return x * x }

// Impossible reports whether nobody travels from one place to the other in that time: more than
// 100 km, faster than 900 km/h.
func Impossible(from, to Point, in time.Duration) bool {
	d := Distance(from, to)
	return d > nearby && d > fastest*max(in, 0).Hours()
}
