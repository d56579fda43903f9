package throttle

import "time"

// Failures counts consecutive failures and remembers the last.
type Failures struct {
	Count int
	Last  time.Time
}

// Record is what is stored about one authenticator of one subject.
type Record struct {
	Total    int      // consecutive failures from anywhere
	Stranger Failures // those from sources without a known device
	Device   Failures // those of the device of this attempt; stored per device
}

// Verdict says what to do with an attempt.
type Verdict int

// Verdicts. The zero value refuses.
const (
	Stopped Verdict = iota // the authenticator is stopped until it is reset
	Wait                   // not now; see RetryAfter
	Allowed                // look at the credential
)

// Decision answers an attempt. Wait and Stopped look alike to the person when the
// subject may not exist: the generic failure, with the work of a check.
type Decision struct {
	Verdict    Verdict
	RetryAfter time.Duration // Wait only; more than zero
	TATs       []time.Time   // to store per lane, in their order; Allowed only
}

// Decide answers attempt a. Lanes and tats belong together; a key without a row
// has the zero time. A refused attempt changes no counter, so that impatience
// costs its owner nothing.
func (r Rules) Decide(a Attempt, lanes []Lane, tats []time.Time, rec Record, now time.Time) Decision {
	// NIST SP 800-63B-4 §3.2.2: at the limit the authenticator is disabled, for
	// known devices too.
	if rec.Total >= r.HardStop {
		return Decision{Verdict: Stopped}
	}
	failures, longest := rec.Stranger, r.MaxDelay
	if a.Device != "" {
		failures, longest = rec.Device, r.MaxDeviceDelay
	}
	wait := r.remaining(failures, longest, now)
	next := make([]time.Time, len(lanes))
	for i, lane := range lanes {
		tat, allowed, retryAfter := Next(tats[i], now, lane.Limit.Emission, lane.Limit.Burst)
		if !allowed {
			wait = max(wait, retryAfter)
		}
		next[i] = tat
	}
	if wait > 0 {
		return Decision{Verdict: Wait, RetryAfter: wait}
	}
	return Decision{Verdict: Allowed, TATs: next}
}

// remaining is what is left of the delay. A last failure in the future, left by a
// clock that was set back, counts as now.
func (r Rules) remaining(f Failures, longest time.Duration, now time.Time) time.Duration {
	return max(0, r.delay(f.Count, longest)-max(0, now.Sub(f.Last)))
}

// delay is the pause that follows the n-th consecutive failure.
func (r Rules) delay(n int, longest time.Duration) time.Duration {
	if n <= r.FreeFailures {
		return 0
	}
	d := r.FirstDelay
	for range n - r.FreeFailures - 1 {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return min(d, longest)
}

// Notice is what the person is told out of band, once per occasion.
type Notice int

// Notices.
const (
	Silent   Notice = iota
	Warning         // WarnAt consecutive failures
	Disabled        // the authenticator has stopped
)

// Failed is the record after attempt a failed.
func (r Rules) Failed(a Attempt, rec Record, now time.Time) (Record, Notice) {
	rec.Total++
	f := &rec.Stranger
	if a.Device != "" {
		f = &rec.Device
	}
	f.Count++
	f.Last = now
	switch rec.Total {
	case r.HardStop:
		return rec, Disabled
	case r.WarnAt:
		return rec, Warning
	}
	return rec, Silent
}

// Succeeded is the record after a success with this authenticator.
//
// NIST SP 800-63B-4 §3.2.2: a success disregards the failures before it, of the
// authenticator that was used and of no other.
func Succeeded() Record { return Record{} }
