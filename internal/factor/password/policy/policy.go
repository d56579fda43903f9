package policy

import (
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
)

// The least minimums, in code points after NFC.
const (
	// NIST SP 800-63B-4 §3.1.1.2: 15 for a password that is the only factor.
	MinAlone = 15
	// NIST SP 800-63B-4 §3.1.1.2: 8 for a password used with another factor.
	MinWithFactor = 8
	// NIST SP 800-63B-4 §3.1.1.2: 64 is allowed, so that no minimum goes beyond.
	maxMinimum = 64
)

// Product is the name that no password may be.
const Product = "cardea"

// Policy holds the minimums of one tenant. It is safe for concurrent use.
type Policy struct {
	alone, withFactor int
}

// New returns the policy with these minimums; 0 means the standard's. A minimum
// below the standard's, or above 64, is an error.
func New(alone, withFactor int) (Policy, error) {
	if alone == 0 {
		alone = MinAlone
	}
	if withFactor == 0 {
		withFactor = MinWithFactor
	}
	if alone < MinAlone || withFactor < MinWithFactor {
		return Policy{}, fmt.Errorf("password minimums %d and %d: NIST SP 800-63B-4 asks for at least %d alone and %d with another factor", alone, withFactor, MinAlone, MinWithFactor)
	}
	if alone > maxMinimum || withFactor > maxMinimum {
		return Policy{}, fmt.Errorf("password minimums %d and %d: a password of %d characters must be allowed", alone, withFactor, maxMinimum)
	}
	return Policy{alone, withFactor}, nil
}

// Minimum is the least length in code points.
func (p Policy) Minimum(withFactor bool) int {
	if withFactor {
		return p.withFactor
	}
	return p.alone
}

// Setting is what surrounds the password: its use, and the names that it must not
// be. Empty names are left out.
type Setting struct {
	WithFactor bool // the tenant's sign-in always asks for another factor, too
	Tenant     string
	Username   string
	Email      string
	Names      []string // of the person, or more words of the tenant
}

// Check returns nil or a *Refusal.
func (p Policy) Check(password plaintext.Password, s Setting) error {
	least := p.Minimum(s.WithFactor)
	if password.Length() < least {
		return &Refusal{Reason: TooShort, Minimum: least}
	}
	text := plaintext.Fold(password.Reveal())
	names := s.words()
	// OWASP ASVS 5.0 V6.2.11: words of the context are refused.
	if names[text] || names[strings.Join(strings.Fields(text), "")] {
		return &Refusal{Reason: ContextWord, Minimum: least}
	}
	// NIST SP 800-63B-4 §3.1.1.2: the whole password is compared with the list of
	// common, expected and breached ones.
	if blocked(text) {
		return &Refusal{Reason: Common, Minimum: least}
	}
	if reason := weakness([]rune(text), names); reason != "" {
		return &Refusal{Reason: reason, Minimum: least}
	}
	return nil
}

// Known reports whether a password is among those that attackers try, for one that was set before
// the list knew it.
func (p Policy) Known(password plaintext.Password) bool {
	return blocked(plaintext.Fold(password.Reveal()))
}

// Reason is a text key: why a password was refused.
type Reason string

// NIST SP 800-63B-4 §3.1.1.2: the person is told why.
const (
	TooShort    Reason = "password.refused.too_short"    // {minimum}
	Common      Reason = "password.refused.common"       // on the list of common and breached passwords, or one of them with trimmings
	ContextWord Reason = "password.refused.context_word" // the name of the product, the tenant or the person
	Repetition  Reason = "password.refused.repetition"   // a short or weak part again and again
	Pattern     Reason = "password.refused.pattern"      // sequences, keyboard walks, dates
)

// Reasons lists every reason, for the message catalogue.
func Reasons() []Reason { return []Reason{TooShort, Common, ContextWord, Repetition, Pattern} }

// Guidance is the text key of the advice shown before a choice and after every
// refusal: several unrelated words make a long password that is easy to keep; a
// password manager can make one; {minimum} is the least length.
//
// NIST SP 800-63B-4 §3.1.1.2: guidance is offered.
const Guidance = "password.guidance"

// Refusal says that a password may not be set. It never contains the password.
type Refusal struct {
	Reason  Reason
	Minimum int // code points
}

func (r *Refusal) Error() string {
	switch r.Reason {
	case TooShort:
		return fmt.Sprintf("the password is shorter than %d characters", r.Minimum)
	case Common:
		return "the password is common or known from a breach"
	case ContextWord:
		return "the password is a name that belongs to this account or service"
	case Repetition:
		return "the password repeats a short or common part"
	default:
		return "the password is a sequence, a keyboard pattern or a date"
	}
}
