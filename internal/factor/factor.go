// Package factor is the vocabulary of proofs: what was proved, how and when. It stands below
// the rooms that store proofs (session, interaction) and below its children, one per factor,
// which alone may say that something was proved.
//
// A sign-in is a list of facts, never a flag and never a "next step": the dispatcher (room
// signin) computes from the facts what is missing.
package factor

import "slices"

// Kind names a factor.
type Kind string

// The factors of this server; each is proved by the room of its name below this one.
const (
	Password     Kind = "password"
	Passkey      Kind = "passkey"
	TOTP         Kind = "totp"
	RecoveryCode Kind = "recovery_code"
	Email        Kind = "email"
	SMS          Kind = "sms"
	Voice        Kind = "voice"
	Approval     Kind = "approval" // on another device on which the person is signed in
)

// Trait is what a factor proves (NIST SP 800-63B-4 §2).
type Trait struct {
	Knows bool // something that the person knows
	Has   bool // something that the person has
	// Alone is a factor that opens an account by itself and adds nothing to another: e-mail is no
	// out-of-band channel (NIST SP 800-63B-4 §3.1.3.1).
	Alone bool
	// PhishingResistant is bound to the origin that asks (§3.2.5).
	PhishingResistant bool
	AMR               []string // RFC 8176 §2
}

// traits are the factors that there are.
var traits = map[Kind]Trait{
	Password:     {Knows: true, AMR: []string{"pwd"}},
	Passkey:      {Has: true, PhishingResistant: true}, // its amr follows from its marks
	TOTP:         {Has: true, AMR: []string{"otp"}},
	RecoveryCode: {Has: true, AMR: []string{"otp"}}, // a look-up secret (§3.1.2)
	Email:        {Alone: true, AMR: []string{"email"}},
	SMS:          {Has: true, AMR: []string{"sms"}},
	Voice:        {Has: true, AMR: []string{"tel"}},
	Approval:     {Has: true, AMR: []string{"mca"}},
}

// Declare adds a factor. A room under factor calls it while the program initialises; a name that
// is taken, or a factor that proves nothing, stops the program.
func Declare(kind Kind, t Trait) Kind {
	if _, taken := traits[kind]; taken || kind == "" || !t.Knows && !t.Has && !t.Alone {
		panic("factor: " + string(kind) + " is declared twice or proves nothing")
	}
	traits[kind] = t
	return kind
}

// Kinds lists the factors, in order of their names.
func Kinds() []Kind {
	var out []Kind
	for k := range traits {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TraitOf is what a factor proves; the zero Trait for one that is not declared.
func TraitOf(kind Kind) Trait { return traits[kind] }
