package factor

import (
	"encoding/json"
	"slices"
	"time"
)

// Fact says that a factor was verified at a time. The zero value says nothing.
type Fact struct{ stored }

type stored struct {
	Kind         Kind   `json:"kind"`
	At           int64  `json:"at"` // microseconds since 1970
	UserVerified bool   `json:"uv,omitempty"`
	Synced       bool   `json:"synced,omitempty"`
	Credential   string `json:"credential,omitempty"`
	Failures     int    `json:"failures,omitempty"`
	Breached     bool   `json:"breached,omitempty"`
}

// Mark says more about a proof.
type Mark func(*stored)

// UserVerified: the authenticator checked who holds it, by PIN or biometrics (WebAuthn Level 3
// §6.1, flag UV): something known or a trait of the body comes with the thing owned.
func UserVerified(s *stored) { s.UserVerified = true }

// Synced: the key may leave the authenticator (WebAuthn Level 3 §6.1.3, flag BE).
func Synced(s *stored) { s.Synced = true }

// Credential tells which of the account's credentials of the kind it was.
func Credential(id string) Mark { return func(s *stored) { s.Credential = id } }

// Failures is how many attempts at the factor had failed in a row before this one.
func Failures(n int) Mark { return func(s *stored) { s.Failures = n } }

// Breached: the secret that was proved is one that attackers try.
func Breached(s *stored) { s.Breached = true }

// Proved is the fact that kind was verified at a time. Only the rooms under factor and federate
// call it, with the verification just done (a test holds everybody to it).
func Proved(kind Kind, at time.Time, marks ...Mark) Fact {
	s := stored{Kind: kind, At: at.UnixMicro()}
	for _, m := range marks {
		m(&s)
	}
	return Fact{s}
}

// Kind is the factor that was verified.
func (f Fact) Kind() Kind { return f.stored.Kind }

// At is when it was verified.
func (f Fact) At() time.Time {
	if f.stored.Kind == "" {
		return time.Time{}
	}
	return time.UnixMicro(f.stored.At).UTC()
}

// UserVerified reports the mark.
func (f Fact) UserVerified() bool { return f.stored.UserVerified }

// Synced reports the mark.
func (f Fact) Synced() bool { return f.stored.Synced }

// Credential is which credential it was, "" where the kind has but one.
func (f Fact) Credential() string { return f.stored.Credential }

// Failures is how many attempts had failed in a row before.
func (f Fact) Failures() int { return f.stored.Failures }

// Breached reports the mark.
func (f Fact) Breached() bool { return f.stored.Breached }

// MarshalJSON writes the fact as rows keep it.
func (f Fact) MarshalJSON() ([]byte, error) { return json.Marshal(f.stored) }

// UnmarshalJSON reads what MarshalJSON wrote; rows are its only source.
func (f *Fact) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.stored) }

// KindsOf are what facts prove, each kind once, in their order.
func KindsOf(facts []Fact) []Kind {
	out := make([]Kind, 0, len(facts))
	for _, f := range facts {
		if !slices.Contains(out, f.Kind()) {
			out = append(out, f.Kind())
		}
	}
	return out
}

// Add returns the facts with one more, which takes the place of an older one of its kind.
func Add(facts []Fact, f Fact) []Fact {
	out := make([]Fact, 0, len(facts)+1)
	for _, old := range facts {
		if old.Kind() != f.Kind() {
			out = append(out, old)
		}
	}
	return append(out, f)
}
