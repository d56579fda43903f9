package data

import (
	"maps"
	"slices"

	"github.com/cardea-iam/cardea/internal/guard"
)

// hidden are the actions that the page of activity leaves out, each with the reason. An action of
// the classes inspect and system is left out anyway: reading and the server's own jobs.
var hidden = map[string]string{
	"code.attempt":                "counted before it is looked at; its end is told",
	"password.attempt":            "counted before it is looked at; its end is told",
	"account.begin_passkey":       "a step; its end is told",
	"account.hide_recovery_codes": "a step; its beginning is told",
	"passkey.begin":               "a step of a sign-in; its end is told",
	"account.claim_phone":         "a step; its end is told",
	"email_code.send":             "a wish; the letter is told, to whom it went",
	"approval.verify":             "a step; the answer is told",
	"recovery.start":              "a step; its end is told",
	"recovery.mail":               "a step; its end is told",
	"recovery.second":             "a step; its end is told",
	"registration.start":          "there is no account yet",
	"registration.confirm":        "there is no account yet",
	"totp.prepare":                "a step; its end is told",
	"session.touch":               "routine",
	"token.redeem":                "a step of an application's sign-in; its beginning is told",
	"token.refresh":               "routine",
	"token.issue":                 "an application in its own name",
	"token.revoke":                "an application gives back what it has",
	"apitoken.list_own":           "reading",
	"outbox.delete":               "about a message, which is no matter of the account",
	"outbox.retry":                "about a message, which is no matter of the account",
	"account.delete":              "nobody is left to read it",
	"account.erase":               "nobody is left to read it",
	"account.erase_due":           "nobody is left to read it",
	"inbox.keep":                  "the message is there to be read",
}

// LeftOut is why the page does not say an action, "" for one that it should say.
func LeftOut(a guard.Info) string {
	if why := hidden[a.Name]; why != "" {
		return why
	}
	switch {
	case a.Kind == "interaction":
		return "a step of a sign-in; its end is told"
	case a.Class == guard.Inspect || a.Class == guard.System && !a.ToPeople:
		return "reading, or the server's own job"
	case (a.Class == guard.Administer || a.Class == guard.Own) && !a.ToPeople:
		return "done to what is nobody's"
	}
	return ""
}

// Left lists the actions that are left out by name.
func Left() []string { return slices.Sorted(maps.Keys(hidden)) }
