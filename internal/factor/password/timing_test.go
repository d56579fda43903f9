package password_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
)

// The statistical half of AU19, which needs a quiet machine: `make timing`. In CI the work is
// compared instead (TestAU18_AU19_SameAnswerAndSameWorkForAll).
func TestAU19_TimingDoesNotTellWhoExists(t *testing.T) {
	if os.Getenv("CARDEA_TIMING") == "" {
		t.Skip("needs a quiet machine: make timing")
	}
	const people, rounds = 25, 40 // fewer failures each than stop a password
	each(t, func(t *testing.T, w *world) {
		for p := range people {
			w.set(w.create(account.New{Username: fmt.Sprintf("known%02d", p)}), good)
		}
		took := func(name string) time.Duration {
			w.clock.Advance(24 * time.Hour)
			start := time.Now()
			if got, _ := w.try(name, wrong, ""); got != "wrong_password" {
				t.Fatal(got)
			}
			return time.Since(start)
		}
		var known, unknown []time.Duration
		for range rounds {
			for p := range people { // turn by turn, so that the machine's moods meet both
				known = append(known, took(fmt.Sprintf("known%02d", p)))
				unknown = append(unknown, took(fmt.Sprintf("never%02d", p)))
			}
		}
		apart, z := median(known)-median(unknown), mannWhitney(known, unknown)
		t.Logf("medians %v apart, z = %.2f", apart, z)
		if apart.Abs() > time.Millisecond {
			t.Errorf("medians are %v apart", apart)
		}
		if math.Abs(z) > 2.58 { // p < 0.01
			t.Errorf("z = %.2f: the two can be told apart", z)
		}
	})
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
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
