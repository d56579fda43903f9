package app

import "slices"

// The model says what a sign-in may open. It is written from NIST SP 800-63B-4 and from what the
// policies of the matrix say, and calls nothing of the server: it is what the server is compared with.

// proven is a set of proofs.
type proven struct{ password, app, paper, mail, key bool }

// and joins two sets.
func (p proven) and(q proven) proven {
	return proven{p.password || q.password, p.app || q.app, p.paper || q.paper, p.mail || q.mail, p.key || q.key}
}

func (p proven) none() bool { return p == proven{} }

// level is the assurance level: the key of the matrix is synced and verifies its user. A mail opens
// an account and adds nothing.
func (p proven) level() int {
	switch {
	case p.key || p.password && (p.app || p.paper):
		return 2
	case p.none():
		return 0
	}
	return 1
}

// standing is where somebody stands before a door.
type standing struct {
	here, before proven // proved in this interaction; in the browser's session, as it counts now
	whole        proven // proved in the session, without its ageing
	session      bool   // the browser has a session of the person
	second       bool   // the person has set up a second factor
	remembered   bool
	nobody       bool // whatever is done at these doors, nobody is let in: disabled, elsewhere
}

// after is the standing once more is proved.
func (s standing) after(p proven) standing {
	s.here = s.here.and(p)
	return s
}

// rule is one policy, as the model sees it.
type rule struct {
	name     string
	everyone int    // the tenant asks everybody for this level
	least    int    // the policy's level
	key      bool   // it asks for a proof that resists phishing
	never    bool   // it denies
	onlyApp  string // it is about this application alone
	onlyIn   bool   // it is about a group's members alone, of whom the person is one
	wish     int    // the application asks for this level (acr_values)
	anew     bool   // it asks for a fresh proof (max_age, prompt=login)
}

// opens tells whether the standing is enough at an application.
func (r rule) opens(s standing, app string) bool {
	now, whole := s.here.and(s.before), s.here.and(s.whole)
	if s.nobody || now.none() || r.never {
		return false
	}
	if s.second && !s.remembered && whole.level() < 2 {
		return false // the built-in rule: who has a second factor shows it
	}
	if r.onlyApp == "" || r.onlyApp == app {
		if whole.level() < r.least || r.key && !whole.key {
			return false
		}
	}
	// Where a proof must be fresh, so is what is owned; what is known may be older (AU16, decision 17).
	counts, wish := now, r.wish
	if r.anew {
		counts = s.here.and(proven{password: s.before.password})
	}
	// OpenID Connect Core 1.0 §5.5.1.1: a wish is let go where the person can prove no such thing.
	if able := map[bool]int{false: 1, true: 2}[s.second]; wish > able {
		wish = 0
	}
	if counts.level() < max(r.everyone, wish, 1) {
		return false
	}
	// A mail is no fresh proof where more than one factor stands (AU16).
	given := proven{s.here.password, s.here.app, s.here.paper, s.here.mail && now.level() < 2, s.here.key}
	return !r.anew || !given.none()
}

// The applications.
const (
	lunch   = "lunch"
	payroll = "payroll"
)

// rules are the policies of the matrix.
var rules = []rule{
	{name: "nothing but the built-in"},
	{name: "everybody proves two factors", everyone: 2},
	{name: "forbid unless level 2", least: 2},
	{name: "forbid unless phishing-resistant", key: true},
	{name: "deny always", never: true},
	{name: "payroll asks for a passkey", key: true, onlyApp: payroll},
	{name: "accounting proves two factors", least: 2, onlyIn: true},
	{name: "acr_values=aal2 max_age=60", wish: 2, anew: true},
	{name: "acr_values=aal3", wish: 3},
	{name: "prompt=login", anew: true},
}

// apps are where the rule is tried.
func (r rule) apps() []string {
	if r.onlyApp != "" {
		return []string{lunch, payroll}
	}
	return []string{lunch}
}

// state is one state of the person and the browser.
type state struct {
	name string
	standing
	bare     bool // the person has a password and nothing else
	disabled bool
	weak     bool // the session's strong time is over
	stolen   bool // the interaction is another browser's, and so is the session
	abroad   bool // the session is of another tenant
}

// states are the states of the matrix. Sessions are half an hour old.
var states = []state{
	{name: "nobody", standing: standing{second: true}},
	{name: "nobody, and nothing else set up", bare: true},
	{name: "password", standing: standing{second: true, here: proven{password: true}}},
	{name: "password, nothing else set up", bare: true, standing: standing{here: proven{password: true}}},
	{name: "password and app", standing: standing{second: true, here: proven{password: true, app: true}}},
	{name: "synced passkey", standing: standing{second: true, here: proven{key: true}}},
	{name: "mail", standing: standing{second: true, here: proven{mail: true}}},
	{name: "mail and app", standing: standing{second: true, here: proven{mail: true, app: true}}},
	{name: "mail, nothing else set up", bare: true, standing: standing{here: proven{mail: true}}},
	{name: "recovery code", standing: standing{second: true, here: proven{paper: true}}},
	{name: "password and recovery code", standing: standing{second: true, here: proven{password: true, paper: true}}},
	{name: "remembered browser", standing: standing{second: true, remembered: true}},
	{name: "remembered browser, password", standing: standing{second: true, remembered: true, here: proven{password: true}}},
	{name: "session of one factor", bare: true, standing: standing{session: true, before: proven{password: true}, whole: proven{password: true}}},
	{name: "session of two factors", standing: standing{second: true, session: true, before: proven{password: true, app: true}, whole: proven{password: true, app: true}}},
	{name: "session of a passkey", standing: standing{second: true, session: true, before: proven{key: true}, whole: proven{key: true}}},
	{name: "weakened session", weak: true, standing: standing{second: true, session: true, before: proven{password: true}, whole: proven{password: true, app: true}}},
	{name: "session and mail", standing: standing{second: true, session: true, before: proven{password: true, app: true}, whole: proven{password: true, app: true}, here: proven{mail: true}}},
	{name: "another browser's", stolen: true, standing: standing{second: true, nobody: true, session: true, here: proven{password: true, app: true}, before: proven{key: true}, whole: proven{key: true}}},
	{name: "disabled account", disabled: true, standing: standing{second: true, nobody: true, session: true, here: proven{password: true, app: true}, before: proven{key: true}, whole: proven{key: true}}},
	{name: "another tenant's", abroad: true, standing: standing{second: true, nobody: true, session: true, before: proven{key: true}, whole: proven{key: true}}},
}

func stateOf(name string) state {
	return states[slices.IndexFunc(states, func(s state) bool { return s.name == name })]
}
