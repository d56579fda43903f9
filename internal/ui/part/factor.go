package part

import "github.com/cardea-iam/cardea/internal/factor"

// Factor is how pages call a way to prove who one is.
type Factor struct {
	Name, Hint Key    // Hint says what it takes
	Icon       string // for icon
}

var factors = map[factor.Kind]Factor{
	factor.Password:     {"way.password", "way.password.hint", "lock"},
	factor.Passkey:      {"way.passkey", "way.passkey.hint", "key"},
	factor.TOTP:         {"way.totp", "way.totp.hint", "phone"},
	factor.RecoveryCode: {"way.recovery_code", "way.recovery_code.hint", "list"},
	factor.Email:        {"way.email", "way.email.hint", "mail"},
	factor.SMS:          {"way.sms", "way.sms.hint", "message"},
	factor.Voice:        {"way.voice", "way.voice.hint", "call"},
	factor.Approval:     {"way.approval", "way.approval.hint", "computer"},
}

// FactorOf is the word for a factor. One that pages have no words for is told as what it is:
// another way.
func FactorOf(kind factor.Kind) Factor {
	if f, known := factors[kind]; known {
		return f
	}
	return Factor{"way.unnamed", "way.unnamed.hint", "key"}
}
