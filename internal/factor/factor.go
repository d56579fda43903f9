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

// Password is proved by the room factor/password.
const Password Kind = "password"

// Trait is what a factor proves (NIST SP 800-63B-4 §2). A factor that is both, such as a key
// that asks for a PIN, has both.
type Trait struct {
	Knows bool     // something that the person knows
	Has   bool     // something that the person has
	AMR   []string // RFC 8176 §2
}

// traits are the factors that there are.
var traits = map[Kind]Trait{
	Password: {Knows: true, AMR: []string{"pwd"}},
}

// Declare adds a factor. A room under factor calls it while the program initialises; a name that
// is taken, or a factor that proves nothing, stops the program.
func Declare(kind Kind, t Trait) Kind {
	if _, taken := traits[kind]; taken || kind == "" || !t.Knows && !t.Has {
		panic("factor: " + string(kind) + " is declared twice or proves nothing")
	}
	traits[kind] = t
	return kind
}

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

// Assess computes the strength of facts (NIST SP 800-63B-4 §2: one factor is AAL1, something
// known together with something owned is AAL2). Facts of factors that are not declared count
// for nothing.
func Assess(facts []Fact) Strength {
	var s Strength
	var knows, has bool
	for _, f := range facts {
		t, declared := traits[f.kind]
		if !declared {
			continue
		}
		knows, has = knows || t.Knows, has || t.Has
		s.AMR = append(s.AMR, t.AMR...)
		if f.at.After(s.At) {
			s.At = f.at
		}
	}
	switch {
	case knows && has:
		s.Level = 2
	case knows || has:
		s.Level = 1
	}
	slices.Sort(s.AMR)
	s.AMR = slices.Compact(s.AMR)
	return s
}

// Add returns the facts with one more, which takes the place of an older one of its kind.
func Add(facts []Fact, f Fact) []Fact {
	out := slices.DeleteFunc(slices.Clone(facts), func(old Fact) bool { return old.kind == f.kind })
	return append(out, f)
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
