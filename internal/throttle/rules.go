package throttle

import (
	"errors"
	"net/netip"
	"time"
)

// Rules are the limits of one tenant.
type Rules struct {
	AccountNetwork Limit // strangers, per account and source network
	Account        Limit // strangers, per account
	Address        Limit // strangers, per address, whatever account
	Device         Limit // per known device of an account
	SecondFactor   Limit // per account, over all second factors and all sources

	// Delays after consecutive failures: none for the first FreeFailures, then
	// FirstDelay, doubled each time up to MaxDelay (MaxDeviceDelay for a device).
	FreeFailures   int
	FirstDelay     time.Duration
	MaxDelay       time.Duration
	MaxDeviceDelay time.Duration

	WarnAt   int // consecutive failures at which the person is told
	HardStop int // consecutive failures at which the authenticator stops
}

// maxHardStop: NIST SP 800-63B-4 §3.2.2, no more than 100 consecutive failed
// attempts per authenticator.
const maxHardStop = 100

// Default is what a tenant has that says nothing.
func Default() Rules {
	return Rules{
		AccountNetwork: Limit{Emission: 2 * time.Minute, Burst: 5},
		Account:        Limit{Emission: time.Minute, Burst: 10},
		Address:        Limit{Emission: 2 * time.Second, Burst: 50},
		Device:         Limit{Emission: 30 * time.Second, Burst: 10},
		SecondFactor:   Limit{Emission: 3 * time.Minute, Burst: 5}, // at most 10 in any 15 minutes
		FreeFailures:   3,
		FirstDelay:     time.Second,
		MaxDelay:       time.Hour,
		MaxDeviceDelay: 5 * time.Minute,
		WarnAt:         10,
		HardStop:       maxHardStop,
	}
}

// Check refuses rules that limit nothing; it is meant to stop the start.
func (r Rules) Check() error {
	for _, l := range []Limit{r.AccountNetwork, r.Account, r.Address, r.Device, r.SecondFactor} {
		if l.Emission < time.Millisecond || l.Emission > 24*time.Hour || l.Burst < 1 || l.Burst > 10_000 {
			return errors.New("throttle: every limit has an emission of 1 ms to 24 h and a burst of 1 to 10000")
		}
	}
	if r.FreeFailures < 0 || r.FirstDelay <= 0 || r.MaxDelay < r.FirstDelay || r.MaxDeviceDelay < r.FirstDelay {
		return errors.New("throttle: delays begin above zero and do not shrink")
	}
	if r.HardStop < 1 || r.HardStop > maxHardStop || r.WarnAt < 1 || r.WarnAt > r.HardStop {
		return errors.New("throttle: NIST SP 800-63B-4 §3.2.2 stops an authenticator at 100 failures or fewer; the warning comes no later")
	}
	return nil
}

// Attempt is one try at one authenticator.
type Attempt struct {
	Subject Subject
	Source  netip.Addr // of the client, as the trusted proxies say
	Device  string     // id of a device that signed in to this account before; else empty
}

// Lane is one limit under one key. Keys of different lanes differ.
type Lane struct {
	Key   string
	Limit Limit
}

// Lanes are what an attempt at a password passes, all of them or none. The order
// is fixed, so that two transactions lock the rows in the same order.
func (r Rules) Lanes(a Attempt) []Lane {
	if a.Device != "" {
		return []Lane{{"device|" + a.Subject.key + "|" + a.Device, r.Device}}
	}
	return []Lane{
		{"account|" + a.Subject.key, r.Account},
		{"account-network|" + a.Subject.key + "|" + network(a.Source), r.AccountNetwork},
		{"address|" + address(a.Source), r.Address},
	}
}

// SecondFactorLanes are what an attempt at a one-time or recovery code passes. The
// first factor is known then, so that no device is exempt and the factors of an
// account share one lane.
func (r Rules) SecondFactorLanes(a Attempt) []Lane {
	return []Lane{
		{"second-factor|" + a.Subject.key, r.SecondFactor},
		{"address|" + address(a.Source), r.Address},
	}
}
