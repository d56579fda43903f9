package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"math"
	"net/netip"
	"sync"
	"time"
)

// RateClass names a limit. Routes use it per address; rooms may use further
// classes with keys of their own through [Limiter.Allow].
type RateClass uint8

const (
	// RateStandard is the class of routes that name none.
	RateStandard RateClass = iota
	// RateCheap is for answers that cost nothing: documents, assets.
	RateCheap
	// RateCostly is for what costs the server or a person: passwords, mail.
	RateCostly
	// RateBegin is for what leaves a row behind although nobody has proved anything; rooms ask
	// for it with [Request.Limit].
	RateBegin
	// RateOwn is the first class that is free for rooms.
	RateOwn
)

// Rate allows Count requests per Per, and Burst of them at once. A zero Count
// means unlimited.
type Rate struct {
	Count int
	Per   time.Duration
	Burst int
}

// DefaultRates returns the per-address limits of a server that configures none.
// The standard one only keeps a single address from taking a whole machine: one
// confidential client may rightly send thousands of token requests per second.
func DefaultRates() map[RateClass]Rate {
	return map[RateClass]Rate{
		RateStandard: {Count: 20_000, Per: time.Second, Burst: 40_000},
		RateCheap:    {},
		RateCostly:   {Count: 10, Per: time.Second, Burst: 100},
		RateBegin:    {Count: 50, Per: time.Second, Burst: 1000},
	}
}

// Limiter is a generic cell rate algorithm (ITU-T I.371) in memory: one
// timestamp per key. Its size is bounded: each of its shards keeps two
// generations of keys and drops the older one when the younger is full, so a
// key in use is never the one that is forgotten.
type Limiter struct {
	rates  [256]gcra
	secret []byte
	shards [shardCount]shard
}

const (
	shardCount      = 64
	shardGeneration = 4096 // keys; at most 64 × 2 × 4096 are kept, about 20 MiB
)

type gcra struct{ interval, tolerance int64 } // nanoseconds

type limitKey struct {
	class RateClass
	exact bool // an address, not a MAC
	b     [16]byte
}

type shard struct {
	mu           sync.Mutex
	young, older map[limitKey]int64 // theoretical arrival time, Unix nanoseconds
}

// NewLimiter makes a limiter. A class without rate is unlimited.
func NewLimiter(rates map[RateClass]Rate) *Limiter {
	l := &Limiter{secret: make([]byte, sha256.Size)}
	_, _ = rand.Read(l.secret) // never fails: crypto/rand
	for class, r := range rates {
		if r.Count > 0 && r.Per > 0 {
			interval := max(int64(r.Per)/int64(r.Count), 1)
			burst := int64(max(r.Burst, 1))
			if burst > math.MaxInt64/4/interval {
				burst = math.MaxInt64 / 4 / interval
			}
			l.rates[class] = gcra{interval, interval * (burst - 1)}
		}
	}
	return l
}

// Allow counts one request of key in class and says whether it is within the
// limit; otherwise retryAfter is the time until the next one will be. Keys are
// kept as MACs, so a memory dump names nobody.
func (l *Limiter) Allow(class RateClass, key string, now time.Time) (ok bool, retryAfter time.Duration) {
	g := l.rates[class]
	if g.interval == 0 {
		return true, 0
	}
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte(key))
	k := limitKey{class: class}
	copy(k.b[:], mac.Sum(nil))
	return l.take(g, k, now)
}

// AllowAddress is Allow for an address; all addresses of one IPv6 /64, which
// one customer holds, are one key.
func (l *Limiter) AllowAddress(class RateClass, addr netip.Addr, now time.Time) (ok bool, retryAfter time.Duration) {
	g := l.rates[class]
	if g.interval == 0 || !addr.IsValid() {
		return true, 0
	}
	k := limitKey{class: class, exact: true, b: addr.As16()}
	if addr.Is6() && !addr.Is4In6() {
		clear(k.b[8:])
	}
	return l.take(g, k, now)
}

func (l *Limiter) take(g gcra, k limitKey, at time.Time) (bool, time.Duration) {
	// Mix of all bytes: addresses differ at the end, MACs anywhere.
	h := uint32(k.class)
	for _, c := range k.b {
		h = h*31 + uint32(c)
	}
	s := &l.shards[h%shardCount]
	now := at.UnixNano()
	s.mu.Lock()
	defer s.mu.Unlock()
	tat, young := s.young[k]
	if !young {
		if len(s.young) >= shardGeneration {
			s.older, s.young = s.young, nil
		}
		if s.young == nil {
			s.young = make(map[limitKey]int64, 16)
		}
		tat = s.older[k]
	}
	tat = max(tat, now)
	if wait := tat - now - g.tolerance; wait > 0 {
		s.young[k] = tat // a refused key is in use too
		return false, time.Duration(wait)
	}
	s.young[k] = tat + g.interval
	return true, 0
}
