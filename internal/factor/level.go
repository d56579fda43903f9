package factor

import (
	"slices"
	"time"
)

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

// Strength is what facts amount to.
type Strength struct {
	Level             Level
	PhishingResistant bool      // one of the proofs was bound to our origin (NIST SP 800-63B-4 §3.2.5)
	HardwareProtected bool      // and was by a key that cannot leave its authenticator
	AMR               []string  // RFC 8176 §2, sorted
	At                time.Time // auth_time: the latest proof
}

// Assess computes the strength of facts (NIST SP 800-63B-4 §2). Any one factor is AAL1; something
// known together with something owned is AAL2, and so is one authenticator that verifies its user
// (§3.1.7); if the key that was used cannot leave its authenticator it is AAL3, which a synced key
// never is (§2.3.1). Facts of factors that are not declared count for nothing. level_test.go is the
// whole table.
func Assess(facts []Fact) Strength {
	var s Strength
	var knows, has, alone, bound bool
	for _, f := range facts {
		t := traits[f.Kind()]
		knows, has, alone = knows || t.Knows, has || t.Has, alone || t.Alone
		s.AMR = append(s.AMR, t.AMR...)
		if t.PhishingResistant {
			s.PhishingResistant = true
			knows = knows || f.UserVerified()
			bound = bound || !f.Synced()
			s.HardwareProtected = bound
			s.AMR = append(s.AMR, keyAMR(f)...)
		}
	}
	switch {
	case knows && bound:
		s.Level = 3
	case knows && has:
		s.Level = 2
	case knows || has || alone:
		s.Level = 1
	}
	if s.Level >= 2 {
		s.AMR = append(s.AMR, "mfa") // RFC 8176 §2: more than one factor
	}
	for _, f := range facts {
		// What adds nothing to a level does not refresh it either: a link in a mail is no step-up
		// (security row AU16).
		if t := traits[f.Kind()]; (t.Knows || t.Has || t.Alone && s.Level < 2) && f.At().After(s.At) {
			s.At = f.At()
		}
	}
	slices.Sort(s.AMR)
	s.AMR = slices.Compact(s.AMR)
	return s
}

// keyAMR is the amr of a key: in hardware or in software, and that somebody was there (RFC 8176 §2).
func keyAMR(f Fact) []string {
	if f.Synced() {
		return []string{"swk", "user"}
	}
	return []string{"hwk", "user"}
}

// Weaken returns facts as they count when their time for AAL2 and AAL3 is over (NIST SP 800-63B-4
// §2.1.3, §2.2.3): one factor remains, and the session's secret, so that one more proof restores
// the level. What was known stays; else what was owned, without the check of its user.
func Weaken(facts []Fact) []Fact {
	if Assess(facts).Level < 2 {
		return facts
	}
	for _, f := range facts {
		if t := traits[f.Kind()]; t.Knows {
			return []Fact{f}
		}
	}
	for _, f := range facts {
		if t := traits[f.Kind()]; t.Has {
			f.stored.UserVerified = false
			return []Fact{f}
		}
	}
	return nil
}

// Want is what must be proved. The zero value wants any proof, however old.
type Want struct {
	Level             Level     `json:"level,omitempty"`              // at least this level; 0 means 1
	PhishingResistant bool      `json:"phishing_resistant,omitempty"` // by a proof that is bound to our origin
	HardwareProtected bool      `json:"hardware_protected,omitempty"` // by a key that cannot leave its authenticator
	NotOlder          time.Time `json:"not_older,omitzero"`           // a proof at this time or later (prompt=login, max_age)
	Method            string    `json:"method,omitempty"`             // this method among the proved ones (RFC 8176 §2), "" for any
}

// MetBy reports whether facts prove what is wanted. Where it must not be old, neither may be what
// was owned to prove it: a password typed anew beside a code from yesterday is one factor (security
// row AU16). What is known may be older, if something that is owned is proved after it. A mail beside
// two factors that are old is no fresh proof, although it is the newest of what is left.
func (w Want) MetBy(facts []Fact) bool {
	s := Assess(w.fresh(facts))
	return s.Meets(w) && !s.At.Before(w.NotOlder) && !Assess(facts).At.Before(w.NotOlder) && (w.Method == "" || slices.Contains(s.AMR, w.Method))
}

// fresh leaves out what was owned, or came by mail, before NotOlder.
func (w Want) fresh(facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool {
		t := traits[f.Kind()]
		return f.At().Before(w.NotOlder) && (t.Has || !t.Knows)
	})
}

// Stricter is what meets both wants; of two methods o's is asked for first, since who decides asks
// again when it is proved.
func (w Want) Stricter(o Want) Want {
	w.Level = max(w.Level, o.Level)
	w.PhishingResistant = w.PhishingResistant || o.PhishingResistant
	w.HardwareProtected = w.HardwareProtected || o.HardwareProtected
	if o.Method != "" {
		w.Method = o.Method
	}
	if o.NotOlder.After(w.NotOlder) {
		w.NotOlder = o.NotOlder
	}
	return w
}
