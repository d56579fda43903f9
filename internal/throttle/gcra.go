package throttle

import "time"

// Limit allows Burst attempts at once and one more every Emission.
type Limit struct {
	Emission time.Duration
	Burst    int
}

// Next is the generic cell rate algorithm (ITU-T I.371, virtual scheduling) with
// one timestamp for a key: tat, the theoretical arrival time, zero for a new key.
//
// When the attempt conforms, newTAT is to be stored in its place; otherwise newTAT
// is tat and retryAfter, more than zero and at most emission, is how long nothing
// will conform. Any span of time s holds at most burst + s/emission attempts.
//
// A tat further ahead than a full burst, left by a clock that was set back or by
// laxer limits, counts as a full burst.
//
// In SQL it is one conditional statement: with base = max(tat, now),
//
//	UPDATE … SET tat = base + emission WHERE base + emission - now <= burst * emission
//
// and the row count says whether the attempt conforms.
func Next(tat, now time.Time, emission time.Duration, burst int) (newTAT time.Time, allowed bool, retryAfter time.Duration) {
	full := emission * time.Duration(burst)
	ahead := min(max(tat.Sub(now), 0), full) + emission
	if ahead > full {
		return tat, false, ahead - full
	}
	return now.Add(ahead), true, 0
}
