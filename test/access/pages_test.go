package access

// person is whose window it is.
type person string

const (
	guest person = ""    // nobody is signed in, in a new browser each time
	ann   person = "ann" // signed in before the first step
	bob   person = "bob" // signed in; for pages behind a change that ann's other pages would feel
)

// people have accounts, all with the same password.
var people = []person{ann, bob}

// page is one page in one state, and how to come to it.
type page struct {
	name  string
	who   person
	steps []step
}

func at(name string, who person, steps ...step) page { return page{name, who, steps} }

// pages is every page that the server shows, in each of its states. A new page is a new line.
func (w *world) pages() []page {
	signIn := func(name, with string) step {
		return func(w *window) {
			for _, s := range []step{fill("username", name), fill("password", with), press("submit")} {
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
		at("sign-in", guest, open("/account")),
		at("sign-in for an app", guest, authorize(asks())),
		at("sign-in in French", guest, open("/account"), press("a[hreflang=fr]")),
		at("sign-in, wrong password", guest, open("/account"), signIn("nobody", "not the password")),
		at("sign-in, too many attempts", guest, open("/account"), again(12, signIn("nobody", "not the password"))),
		at("sign-in again", ann, authorize(asks("prompt", "login"))),
		at("sign-in again, wrong password", ann, authorize(asks("prompt", "login")), fill("password", "not the password"), press("submit")),
		at("account chooser", ann, authorize(asks("prompt", "select_account"))),
		at("consent", ann, authorize(asks("prompt", "consent", "resource", api, "scope", "openid profile email offline_access read write"))),
		at("consent, nothing to give", ann, authorize(asks("resource", api, "scope", "write"))),
		at("form post", ann, withoutScripts, authorize(own("response_mode", "form_post"))),

		at("account", ann, open("/")),
		at("profile", ann, open("/account/profile")),
		at("profile saved", ann, open("/account/profile"), fill("claim-name", "Ann Example"), press("submit")),
		at("profile, a wrong date", ann, open("/account/profile"), fill("claim-birthdate", "yesterday"), press("submit")),
		at("password", ann, open("/account/password")),
		at("password, wrong", ann, change("not the password", "a new pass phrase of mine", "a new pass phrase of mine")),
		at("password, too short", ann, change(password, "short", "short")),
		at("password, not the same twice", ann, change(password, "a new pass phrase of mine", "another pass phrase of mine")),
		at("sessions", ann, open("/account/sessions")),
		at("apps, none", bob, open("/account/apps")),
		at("apps", ann, authorize(asks("prompt", "consent", "resource", api, "scope", "openid profile read")), press("approve"), open("/account/apps")),
		at("withdraw an app", ann, open("/account/apps"), press("main a")),

		at("sign out?", ann, open("/oauth/logout")),
		at("signed out", bob, open("/account"), press("signout")),
		at("signed out already", guest, open("/oauth/logout")),
		at("sign-out confirmed in vain", guest, open("/oauth/logout/confirm?i=int_0")),
		at("sign-out done", guest, open("/oauth/logout/done")),

		at("error: no such page", guest, open("/no-such-page")),
		at("error: request", guest, authorize(func(w *world) string { return w.URL + "/oauth/authorize" })),
		at("error: unknown app", guest, authorize(asks("client_id", "unknown"))),
		at("error: redirect URI", guest, authorize(asks("redirect_uri", "https://elsewhere.example/"))),
		at("error: expired", guest, open("/signin?i=int_0")),
		at("error: consent expired", guest, open("/consent?i=int_0")),
		at("error: nothing to resume", guest, open("/oauth/authorize/resume?i=int_0")),
		at("error: link spent", guest, open("/setup?t=spent")),

		at("setup", guest, open(w.setup)),
		at("setup, wrong name", guest, open(w.setup), fill("username", "no good!"), fill("password", "short"), press("submit")),
	}
}
