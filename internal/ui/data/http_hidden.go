package data

// hidden are the actions that the page of activity leaves out, each with the reason. An action of
// the classes inspect and system is left out anyway: reading and the server's own jobs.
var hidden = map[string]string{
	"password.attempt":     "counted before it is looked at; its end is told",
	"interaction.begin":    "a step of a sign-in; its end is told",
	"interaction.cancel":   "a step of a sign-in; its end is told",
	"interaction.continue": "a step of a sign-in; its end is told",
	"session.touch":        "routine",
	"token.redeem":         "a step of an application's sign-in; its beginning is told",
	"token.refresh":        "routine",
	"token.issue":          "an application in its own name",
	"token.revoke":         "an application gives back what it has",
	"account.delete":       "nobody is left to read it",
	"account.erase":        "nobody is left to read it",
}

// governing are the nouns whose actions administrators do to what is nobody's: they are in the
// log, and not in the account of the administrator.
var governing = []string{"assurance", "client", "group", "key", "outbox", "resource", "role", "setting", "setup", "tenant"}
