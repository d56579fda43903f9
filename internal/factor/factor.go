// Package factor is the vocabulary of proofs: what was proved, how and when. It stands below
// the rooms that store proofs (session, interaction) and below its children, one per factor,
// which alone may say that something was proved.
//
// A sign-in is a list of facts, never a flag and never a "next step": the dispatcher (room
// signin) computes from the facts what is missing.
package factor

import (
	"encoding/json"
	"slices"
	"time"
)

// Kind names a factor.
type Kind string

// The factors of this version.
const (
	Password Kind = "password"
)

// Fact says that a factor was verified at a time. The zero value says nothing.
type Fact struct {
	kind Kind
	at   time.Time
}

// Proved is the fact that kind was verified at a time. Only the rooms under factor and federate
// call it, with the verification just done (a test holds everybody to it).
func Proved(kind Kind, at time.Time) Fact { return Fact{kind, at} }

// Kind is the factor that was verified.
func (f Fact) Kind() Kind { return f.kind }

// At is when it was verified.
func (f Fact) At() time.Time { return f.at }

type stored struct {
	Kind Kind  `json:"kind"`
	At   int64 `json:"at"` // microseconds since 1970
}

// MarshalJSON writes the fact as rows keep it.
func (f Fact) MarshalJSON() ([]byte, error) {
	return json.Marshal(stored{f.kind, f.at.UnixMicro()})
}

// UnmarshalJSON reads what MarshalJSON wrote; rows are its only source.
func (f *Fact) UnmarshalJSON(b []byte) error {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	f.kind, f.at = s.Kind, time.UnixMicro(s.At).UTC()
	return nil
}

// Level is an authentication assurance level of NIST SP 800-63B-4 §2, 0 for none.
type Level int

// ACR is the acr claim of a level.
func (l Level) ACR() string {
	switch l {
	case 1:
		return "aal1"
	case 2:
		return "aal2"
	case 3:
		return "aal3"
	}
	return "0"
}

// LevelOf parses an acr value; unknown ones are no level.
func LevelOf(acr string) (Level, bool) {
	for _, l := range []Level{1, 2, 3} {
		if l.ACR() == acr {
			return l, true
		}
	}
	return 0, false
}

// Strength is what facts amount to.
type Strength struct {
	Level Level
	AMR   []string  // RFC 8176 §2
	At    time.Time // auth_time: the latest proof
}

// Assess computes the strength of facts (NIST SP 800-63B-4 §2: a password alone is AAL1).
func Assess(facts []Fact) Strength {
	var s Strength
	for _, f := range facts {
		switch f.kind {
		case Password:
			s.Level = max(s.Level, 1)
			s.AMR = append(s.AMR, "pwd")
		default:
			continue
		}
		if f.at.After(s.At) {
			s.At = f.at
		}
	}
	slices.Sort(s.AMR)
	s.AMR = slices.Compact(s.AMR)
	return s
}

// Want is what must be proved. The zero value wants any proof, however old.
type Want struct {
	Level    Level     `json:"level,omitempty"`    // at least this level; 0 means 1
	NotOlder time.Time `json:"not_older,omitzero"` // a proof at this time or later (prompt=login, max_age)
}

// MetBy reports whether facts prove what is wanted.
func (w Want) MetBy(facts []Fact) bool {
	s := Assess(facts)
	return s.Level >= max(w.Level, 1) && !s.At.Before(w.NotOlder)
}
