package app

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
)

// The statistical half of AU19 for whole requests, which needs a quiet machine: `make timing`. In CI the
// work is compared instead (TestAU18_AU19_SameAnswerAndSameWorkForAll of the factor of passwords).
func TestAU19_TimingOfSignInDoesNotTellWhoExists(t *testing.T) {
	if os.Getenv("CARDEA_TIMING") == "" {
		t.Skip("needs a quiet machine: make timing")
	}
	const people, rounds = 25, 40 // fewer failures each than stop a password
	b := newBench(t, nil)
	var known []string
	for range people {
		known = append(known, b.human(id.Default, true).name)
	}
	// Each step of a sign-in, as it comes; every browser is new.
	steps := []struct {
		name string
		send func(w *window, who string) *http.Response
	}{
		{"who one is", func(w *window, who string) *http.Response {
			return w.send("POST", "/signin", url.Values{"i": {w.begun}, "username": {who}})
		}},
		{"the page for the password", func(w *window, _ string) *http.Response { return w.get("/signin?i=" + w.begun) }},
		{"the list of other ways", func(w *window, _ string) *http.Response { return w.get("/signin/other?i=" + w.begun) }},
		{"a mail with a code", func(w *window, _ string) *http.Response { return w.post("/signin/email/send", "i", w.begun) }},
		{"a wrong code", func(w *window, _ string) *http.Response {
			return w.post("/signin/email", "i", w.begun, "code", "HKXS-FPDC")
		}},
		{"a wrong password", func(w *window, who string) *http.Response {
			return w.send("POST", "/signin", url.Values{"i": {w.begun}, "username": {who}, "password": {"quiet otter paints eight lamps"}})
		}},
	}
	took := map[string]*[2][]time.Duration{}
	for _, s := range steps {
		took[s.name] = &[2][]time.Duration{}
	}
	round := func(who string, nobody int) {
		b.clock.Advance(24 * time.Hour)
		w := b.window()
		w.account(nil)
		for _, s := range steps {
			start := time.Now()
			res := s.send(w, who)
			of := &took[s.name][nobody]
			*of = append(*of, time.Since(start))
			if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther || strings.Contains(res.Header.Get("Location"), "proof=") {
				t.Fatalf("%s of %s: %d %s", s.name, who, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
	round(known[0], 0) // what a first request makes once
	round("never", 1)
	for _, s := range steps {
		took[s.name] = &[2][]time.Duration{}
	}
	for n := range rounds {
		for p, name := range known { // turn by turn, and in changing order, so that the machine's moods meet both
			never := fmt.Sprintf("never%02d", p)
			if (n+p)%2 == 0 {
				round(name, 0)
				round(never, 1)
			} else {
				round(never, 1)
				round(name, 0)
			}
		}
	}
	for _, s := range steps {
		known, unknown := took[s.name][0], took[s.name][1]
		z := mannWhitney(known, unknown)
		p := math.Erfc(math.Abs(z) / math.Sqrt2)
		t.Logf("%-26s known %9v, unknown %9v, z = %5.2f, p = %.3f", s.name, median(known), median(unknown), z, p)
		if p < 0.01 {
			t.Errorf("%s tells who exists: p = %.4f", s.name, p)
		}
	}
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2].Round(time.Microsecond)
}

// mannWhitney is the test statistic of two samples, normal for as many as there are here.
func mannWhitney(a, b []time.Duration) float64 {
	type sample struct {
		d     time.Duration
		first bool
	}
	var all []sample
	for _, d := range a {
		all = append(all, sample{d, true})
	}
	for _, d := range b {
		all = append(all, sample{d, false})
	}
	slices.SortFunc(all, func(x, y sample) int { return cmp.Compare(x.d, y.d) })
	rank := 0.0
	for i, s := range all {
		if s.first {
			rank += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := rank - n*(n+1)/2
	return (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}
