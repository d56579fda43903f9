package access

// person is whose window it is.
type person string

const (
	guest person = ""     // nobody is signed in, in a new browser each time
	ann   person = "ann"  // signed in before the first step
	bob   person = "bob"  // signed in; for pages behind a change that ann's other pages would feel
	boss  person = "boss" // signed in, an administrator; the pages of set-up come before theirs
)

// people have accounts, all with the same password.
var people = []person{ann, bob, boss}

// page is one page in one state, and how to come to it.
type page struct {
	name  string
	says  string // words of its content, by which one knows to be there
	who   person
	steps []step
}

// at is a line of the list: a page's name, words that it says, who sees it, and what they do until
// they see it.
func at(name, says string, who person, steps ...step) page { return page{name, says, who, steps} }

// pages is every page that the server shows, in each of its states. A new page is a new line.
func (w *world) pages() []page {
	signIn := func(name, with string) step {
		return func(w *window) {
			for _, s := range []step{fill("username", name), press("submit"), fill("password", with), press("submit")} {
				s(w)
			}
		}
	}
	change := func(current, with, repeat string) step {
		return func(w *window) {
			for _, s := range []step{open("/account/password"), fill("current-password", current), fill("new-password", with), fill("repeat-password", repeat), press("submit")} {
				s(w)
			}
		}
	}
	return []page{
		at("sign-in", "Username or e-mail", guest, open("/account")),
		at("sign-in for an app", "to continue to HireMe123", guest, authorize(asks())),
		at("sign-in in French", "Nom d’utilisateur", guest, open("/account"), press("a[hreflang=fr]")),
		at("sign-in, wrong password", "is not right", guest, open("/account"), signIn("nobody", "not the password")),
		at("sign-in, too many attempts", "too many attempts", guest, open("/account"), until("too many attempts", signIn("nobody", "not the password"))),
		at("sign-in again", "HireMe123 wants to be sure", ann, authorize(asks("prompt", "login"))),
		at("sign-in again, wrong password", "is not right", ann, authorize(asks("prompt", "login")), fill("password", "not the password"), press("submit")),
		at("account chooser", "Choose an account", ann, authorize(asks("prompt", "select_account"))),
		at("consent", "HireMe123 asks for access", ann, authorize(asks("prompt", "consent", "resource", api, "scope", "openid profile email offline_access read write"))),
		at("consent, nothing to give", "Not included", ann, authorize(asks("resource", api, "scope", "write"))),
		at("form post", "If nothing happens", ann, withoutScripts, authorize(own("response_mode", "form_post"))),

		at("account", "Hello, ann", ann, open("/")),
		at("profile", "Apps see these details only if", ann, open("/account/profile")),
		at("profile saved", "Your profile is saved", ann, open("/account/profile"), fill("claim-name", "Ann Example"), press("submit")),
		at("profile, a wrong date", "Please write the date", ann, open("/account/profile"), fill("claim-birthdate", "yesterday"), press("submit")),
		at("password", "Change your password", ann, open("/account/password")),
		at("password, wrong", "not your current password", ann, change("not the password", "a new pass phrase of mine", "a new pass phrase of mine")),
		at("password, too short", "too short", ann, change(password, "short", "short")),
		at("password, not the same twice", "are not the same", ann, change(password, "a new pass phrase of mine", "another pass phrase of mine")),
		at("sessions", "This browser", ann, open("/account/sessions")),
		at("preferences saved", "Your preferences are saved", bob, open("/account/profile"), press("preferences-submit")),
		at("apps, none", "No connected apps", bob, open("/account/apps")),
		at("apps", "Withdraw access", ann, authorize(asks("prompt", "consent", "resource", api, "scope", "openid profile read")), press("approve"), open("/account/apps")),
		at("withdraw an app", "can no longer do anything", ann, open("/account/apps"), press("main a")),

		at("phone number, not offered", "are not offered here", ann, open("/account/security/phone")),
		at("approve, nothing waits", "Nothing waits for you", ann, open("/account/approve")),
		at("error: link of a mail spent", "This link no longer works", guest, open("/signin/email/link?t=spent")),
		at("error: mail expired", "This step is over", guest, open("/signin/email?i=int_0")),
		at("error: text message expired", "This step is over", guest, open("/signin/sms?i=int_0")),
		at("error: call expired", "This step is over", guest, open("/signin/call?i=int_0")),
		at("error: approval expired", "This step is over", guest, open("/signin/approval?i=int_0")),

		at("sign out?", "Sign out?", ann, open("/oauth/logout")),
		at("signed out", "You are signed out", bob, open("/account"), press("signout")),
		at("signed out already", "You are signed out", guest, open("/oauth/logout")),
		at("sign-out confirmed in vain", "This step is over", guest, open("/oauth/logout/confirm?i=int_0")),
		at("sign-out done", "You are signed out", guest, open("/oauth/logout/done")),

		at("error: no such page", "There is no page here", guest, open("/no-such-page")),
		at("error: request", "The app’s request has an error", guest, open("/oauth/authorize?client_id=one&client_id=two")),
		at("error: no app", "This app is not known here", guest, open("/oauth/authorize")),
		at("error: unknown app", "This app is not known here", guest, authorize(asks("client_id", "unknown"))),
		at("error: redirect URI", "not registered", guest, authorize(asks("redirect_uri", "https://elsewhere.example/"))),
		at("error: expired", "This step is over", guest, open("/signin?i=int_0")),
		at("error: consent expired", "This step is over", guest, open("/consent?i=int_0")),
		at("error: nothing to resume", "This step is over", guest, open("/oauth/authorize/resume?i=int_0")),
		at("error: another site", "This form came from another site", guest, postFromElsewhere("/signin")),
		at("error: link spent", "This link no longer works", guest, open("/setup?t=spent")),

		at("setup", "Create the first administrator", guest, open(w.setup)),
		at("setup, wrong name", "cannot be used", guest, open(w.setup), fill("username", "no good!"), fill("password", "short"), press("submit")),

		at("account of an administrator", "Hello, boss", boss, open("/account")),
	}
}
