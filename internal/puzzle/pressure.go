package puzzle

import (
	"errors"
	"math"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
)

// Rules say when strangers are asked and how much.
type Rules struct {
	// Ordinary is how many failures a second of strangers are people who mistype.
	Ordinary float64
	// Burst is how many more than that may come before strangers are asked.
	Burst float64
	// Least and Most are bounds on the zero bits of a proof. Each bit doubles the work.
	Least, Most int
}

// Default asks after sixty failures beyond two a second. A laptop's browser tries about a million
// numbers a second, a telephone's a quarter of that: 17 bits take it half a second, 21 bits eight.
func Default() Rules { return Rules{Ordinary: 2, Burst: 60, Least: 17, Most: 21} }

func (r Rules) check() error {
	if r.Ordinary <= 0 || r.Burst < 1 || r.Least < 1 || r.Most < r.Least || r.Most > 30 {
		return errors.New("puzzle: rates are positive, and the bits 1 to 30 with the least first")
	}
	return nil
}

// level is how many failures stand above what is ordinary; it drains with time.
type level struct {
	above float64
	at    time.Time
}

func (l *level) now(r Rules, now time.Time) float64 {
	if passed := now.Sub(l.at).Seconds(); passed > 0 {
		l.above = max(0, l.above-passed*r.Ordinary)
		l.at = now
	}
	return l.above
}

// press adds n failures. The level is bounded so that a storm is over some minutes after its end.
func (l *level) press(r Rules, n float64, now time.Time) {
	l.above = min(l.now(r, now)+n, r.ceiling())
}

// ceiling is where the bits have come to their most.
func (r Rules) ceiling() float64 { return r.Burst * math.Exp2(float64(r.Most-r.Least)) }

// bits is how much is asked at a level: nothing below Burst, and a bit more at each doubling.
func (r Rules) bits(above float64) int {
	if above < r.Burst {
		return 0
	}
	return min(r.Least+int(math.Log2(above/r.Burst)), r.Most)
}

// busyWeight is how many failures count as much as one password that found no place to be hashed.
const busyWeight = 10

// pressure is what this process sees.
type pressure struct {
	rules  Rules
	mu     sync.Mutex
	server level
	tenant map[id.Tenant]*level
}

func (p *pressure) press(tenant id.Tenant, n float64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.press(p.rules, n, now)
	if p.tenant[tenant] == nil {
		p.tenant[tenant] = &level{at: now}
	}
	p.tenant[tenant].press(p.rules, n, now)
	for other, l := range p.tenant { // tenants whose storm is over take no memory
		if l.now(p.rules, now) == 0 {
			delete(p.tenant, other)
		}
	}
}

// serverBurst is how many times as much the whole server bears as one tenant: a storm on one of
// many tenants asks that tenant's strangers alone.
const serverBurst = 4

func (p *pressure) bits(tenant id.Tenant, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	bits := p.rules.bits(p.server.now(p.rules, now) / serverBurst)
	if l := p.tenant[tenant]; l != nil {
		bits = max(bits, p.rules.bits(l.now(p.rules, now)))
	}
	return bits
}
