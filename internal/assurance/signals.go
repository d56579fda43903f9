package assurance

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Source is what is known of an attempt where it arrives.
type Source struct {
	Account     account.ID
	Address     netip.Addr // the zero address is none
	Device      []byte     // digest of the device cookie, nil for none
	DeviceKnown bool       // the person signed in by this browser before
	Automated   bool       // see Automated
	Failures    int        // failed attempts on the account since the last that succeeded
	Breached    bool       // the password that was proved is known to be breached
}

// dormantAfter is how long an account is unused until it is dormant.
const dormantAfter = 90 * 24 * time.Hour

// Signals computes what policies may look at from what is remembered of the person and from the
// operator's files. What is not known is no signal: without a GeoIP file no country is new.
func (room *Room) Signals(r *store.Reader, tenant id.Tenant, s Source) (Signals, error) {
	now := r.Now()
	place := room.geo.Look(s.Address, now)
	out := Signals{
		NewDevice: !s.DeviceKnown, BadReputation: room.reputation.Has(s.Address, now), BreachedPassword: s.Breached, AutomatedBrowser: s.Automated,
		Failures: s.Failures, Country: place.Country, City: place.City, Network: geo.Network(s.Address, place),
	}
	var err error
	if out.Remembered, err = Remembered(r, tenant, s.Account, s.Device); err != nil {
		return out, err
	}
	last, ever, err := lastOf(r, tenant, s.Account)
	if err != nil {
		return out, err
	}
	if !ever {
		out.FirstSignIn = true
		return out, nil
	}
	gone := now.Sub(last.at)
	out.Dormant = gone > dormantAfter
	out.ImpossibleTravel = last.point != nil && place.Point != nil && geo.Impossible(*last.point, *place.Point, gone)
	if out.NewNetwork, err = isNew(r, tenant, s.Account, network, out.Network); err != nil {
		return out, err
	}
	out.NewCountry, err = isNew(r, tenant, s.Account, country, out.Country)
	return out, err
}

// programs are words of User-Agents that no person's browser has.
var programs = []string{"headless", "phantomjs", "selenium", "puppeteer", "playwright", "curl/", "wget/", "python", "go-http-client",
	"java/", "okhttp", "node-fetch", "axios", "libwww", "httpclient", "scrapy", "bot/", "spider", "crawler"}

// Automated guesses from a request's header whether a program sent it: a User-Agent that says so
// or is missing, or a browser that names no language. It is a hint, easily avoided; it matters
// only together with others.
func Automated(h http.Header) bool {
	agent := strings.ToLower(h.Get("User-Agent"))
	if agent == "" || h.Get("Accept-Language") == "" {
		return true
	}
	for _, word := range programs {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}

// device says what sort of machine a User-Agent speaks of.
func device(agent string) string {
	agent = strings.ToLower(agent)
	for _, k := range []struct{ word, kind string }{
		{"ipad", "tablet"}, {"tablet", "tablet"}, {"iphone", "phone"}, {"mobile", "phone"}, {"android", "tablet"},
		{"windows", "desktop"}, {"macintosh", "desktop"}, {"cros", "desktop"}, {"linux", "desktop"}, {"x11", "desktop"},
	} {
		if strings.Contains(agent, k.word) {
			return k.kind
		}
	}
	return "other"
}
