// Package timingtest tells whether time gives something away: it measures two sorts of work turn by
// turn and compares them with the test of Mann and Whitney, which asks of no distribution what it
// looks like. For tests alone.
package timingtest

import (
	"cmp"
	"crypto/rand"
	"maps"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

// Level is the probability below which two sorts are told apart.
const Level = 0.01

// Quiet skips a test that needs a quiet machine: `make timing` runs it.
func Quiet(t *testing.T) {
	t.Helper()
	if os.Getenv("CARDEA_TIMING") == "" {
		t.Skip("needs a quiet machine: make timing")
	}
}

// Turns calls one for each turn, once with true and once with false, in an order that is drawn among
// all: the machine's moods, and what one call leaves behind for the next, meet both alike. Garbage is
// collected between calls alone.
func Turns(turns int, one func(turn int, known bool)) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	lots := map[int]string{}
	for n := range 2 * turns {
		lots[n] = rand.Text()
	}
	for _, n := range slices.SortedFunc(maps.Keys(lots), func(a, b int) int { return cmp.Compare(lots[a], lots[b]) }) {
		runtime.GC()
		one(n/2, n%2 == 0)
	}
}

// Pair is what both sorts took.
type Pair struct{ known, unknown []time.Duration }

// Add notes one measurement.
func (p *Pair) Add(known bool, took time.Duration) {
	if known {
		p.known = append(p.known, took)
	} else {
		p.unknown = append(p.unknown, took)
	}
}

// Check prints the medians of what a step took and how likely it is that two sorts which take the
// same differ as much, and fails below Level.
func (p *Pair) Check(t *testing.T, step string) {
	t.Helper()
	likely := math.Erfc(math.Abs(mannWhitney(p.known, p.unknown)) / math.Sqrt2)
	t.Logf("%-28s known %9v, unknown %9v, p = %.4f", step, median(p.known), median(p.unknown), likely)
	if likely < Level {
		t.Errorf("%s tells who exists: p = %.4f", step, likely)
	}
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2].Round(100 * time.Nanosecond)
}

// mannWhitney is the test statistic of two samples, normal for as many as there are here.
func mannWhitney(a, b []time.Duration) float64 {
	type sample struct {
		took  time.Duration
		first bool
	}
	var all []sample
	for _, d := range a {
		all = append(all, sample{d, true})
	}
	for _, d := range b {
		all = append(all, sample{d, false})
	}
	slices.SortFunc(all, func(x, y sample) int { return cmp.Compare(x.took, y.took) })
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
