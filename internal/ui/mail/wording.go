package mail

import (
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// wording is what one kind of message says. Empty keys say nothing.
type wording struct {
	subject, sentence, button part.Key
	// advice is what to do if the message was not expected; messages with the link "this wasn't
	// me" need none.
	advice part.Key
	text   part.Key // to a telephone
}

var wordings = map[notify.Kind]wording{
	notify.SignInCode: {"mail.signin_code.subject", "mail.signin_code.sentence", "mail.signin_code.button",
		"mail.advice.code", "mail.signin_code.text"},
	notify.VerifyCode: {"mail.verify_code.subject", "mail.verify_code.sentence", "",
		"mail.advice.ignore", "mail.verify_code.text"},
	notify.RecoveryCode: {"mail.recovery_code.subject", "mail.recovery_code.sentence", "mail.recovery_code.button",
		"mail.advice.code", "mail.recovery_code.text"},
	notify.AccountExists:     {"mail.account_exists.subject", "mail.account_exists.sentence", "mail.account_exists.button", "mail.advice.ignore", ""},
	notify.Invitation:        {"mail.invitation.subject", "mail.invitation.sentence", "mail.invitation.button", "mail.advice.ignore", ""},
	notify.RecoveryLink:      {"mail.recovery_link.subject", "mail.recovery_link.sentence", "mail.recovery_link.button", "mail.advice.ignore", ""},
	notify.PasswordChanged:   {"mail.password_changed.subject", "mail.password_changed.sentence", "", "", ""},
	notify.FactorAdded:       {"mail.factor_added.subject", "mail.factor_added.sentence", "", "", ""},
	notify.FactorRemoved:     {"mail.factor_removed.subject", "mail.factor_removed.sentence", "", "", ""},
	notify.EmailAdded:        {"mail.email_added.subject", "mail.email_added.sentence", "", "", ""},
	notify.EmailRemoved:      {"mail.email_removed.subject", "mail.email_removed.sentence", "", "", ""},
	notify.EmailPreferred:    {"mail.email_preferred.subject", "mail.email_preferred.sentence", "", "", ""},
	notify.UnusualSignIn:     {"mail.unusual_signin.subject", "mail.unusual_signin.sentence", "", "", ""},
	notify.Recovered:         {"mail.recovered.subject", "mail.recovered.sentence", "", "", ""},
	notify.DeletionRequested: {"mail.deletion_requested.subject", "mail.deletion_requested.sentence", "mail.deletion_requested.button", "", ""},
	notify.DeletionCancelled: {"mail.deletion_cancelled.subject", "mail.deletion_cancelled.sentence", "", "", ""},
	notify.Erased:            {"mail.erased.subject", "mail.erased.sentence", "", "", ""},
	notify.Failures:          {"mail.failures.subject", "mail.failures.sentence", "", "", ""},
	notify.RecoveryCodesLow:  {"mail.codes_low.subject", "mail.codes_low.sentence", "", "", ""},
	notify.PasskeyCloned:     {"mail.passkey_cloned.subject", "mail.passkey_cloned.sentence", "", "", ""},
}

// factors are what people call the ways to sign in.
var factors = map[string]part.Key{
	"password":      "mail.factor.password",
	"passkey":       "mail.factor.passkey",
	"totp":          "mail.factor.totp",
	"recovery_code": "mail.factor.recovery_code",
	"email":         "mail.factor.email",
	"sms":           "mail.factor.sms",
	"voice":         "mail.factor.voice",
	"approval":      "mail.factor.approval",
}

// otherFactor is a way to sign in that was added to this server.
const otherFactor part.Key = "mail.factor.other"
