package throttle

import (
	"math/rand/v2"
	"testing"
	"testing/quick"
	"time"
)

var epoch = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	const emission, burst = 10 * time.Second, 3
	var tat time.Time
	for i, step := range []struct {
		at      time.Duration
		allowed bool
		retry   time.Duration
	}{
		{0, true, 0}, {0, true, 0}, {0, true, 0}, // the burst
		{0, false, 10 * time.Second},
		{4 * time.Second, false, 6 * time.Second}, // refusals cost nothing
		{10 * time.Second, true, 0},
		{10 * time.Second, false, 10 * time.Second},
		{time.Hour, true, 0}, {time.Hour, true, 0}, {time.Hour, true, 0}, // the burst is back, not more
		{time.Hour, false, 10 * time.Second},
	} {
		before := tat
		next, allowed, retry := Next(tat, epoch.Add(step.at), emission, burst)
		if allowed != step.allowed || retry != step.retry {
			t.Errorf("step %d: allowed %v retry %v", i, allowed, retry)
		}
		if !allowed && !next.Equal(before) {
			t.Errorf("step %d: a refusal moved the timestamp", i)
		}
		tat = next
	}
}

func TestNextAfterTheClockWasSetBack(t *testing.T) {
	_, allowed, retry := Next(epoch.Add(1000*time.Hour), epoch, time.Second, 5)
	if allowed || retry != time.Second {
		t.Errorf("allowed %v retry %v, want one emission", allowed, retry)
	}
}

// In any span at most burst + span/emission conform; the announced wait is exact:
// earlier refuses, then allows.
func TestNextProperties(t *testing.T) {
	property := func(seed uint64) bool {
		rnd := rand.New(rand.NewPCG(seed, 1))
		emission := time.Duration(1+rnd.IntN(5000)) * time.Millisecond
		burst := 1 + rnd.IntN(8)
		var tat time.Time
		var passed []time.Time
		now := epoch
		for range 300 {
			now = now.Add(time.Duration(rnd.Int64N(int64(emission))))
			next, allowed, retry := Next(tat, now, emission, burst)
			if allowed {
				if retry != 0 {
					return false
				}
				passed = append(passed, now)
			} else {
				if retry <= 0 || retry > emission || !next.Equal(tat) {
					return false
				}
				if _, early, _ := Next(tat, now.Add(retry-1), emission, burst); early {
					return false
				}
				if _, late, _ := Next(tat, now.Add(retry), emission, burst); !late {
					return false
				}
			}
			tat = next
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				if most := burst + int(passed[j].Sub(passed[i])/emission); j-i+1 > most {
					return false
				}
			}
		}
		return true
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 100}); err != nil {
		t.Error(err)
	}
}
