package access

// person is whose window it is.
type person string

const (
	guest person = ""     // nobody is signed in, in a new browser each time
	ann   person = "ann"  // signed in before the first step
	bob   person = "bob"  // signed in; for pages behind a change that ann's other pages would feel
	tom   person = "tom"  // signed in, with a passkey and an authenticator app as soon as he has set them up
	joe   person = "joe"  // has a password and nothing else until he goes
	may   person = "may"  // has a telephone
	zoe   person = "zoe"  // loses her password
	boss  person = "boss" // signed in, an administrator; the pages of set-up come before theirs
)

// people have accounts, all with the same password.
var people = []person{ann, bob, tom, joe, may, zoe, boss}

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
	signUp := func(email string) step {
		return func(w *window) {
			for _, s := range []step{fill("email", email), tick("terms"), press("submit")} {
				s(w)
			}
		}
	}
	offer := command("setting", "set", "factors", `offered=["password","passkey","totp","recovery_code","email","sms","voice","approval"]`)
	stronger := asks("acr_values", "aal2", "resource", api, "scope", "openid read")
	return []page{
		at("sign-in", "Username or e-mail", guest, open("/account")),
		at("sign-in for an app", "to continue to HireMe123", guest, authorize(asks())),
		at("sign-in in French", "Nom d’utilisateur", guest, open("/account"), press("a[hreflang=fr]")),
		at("sign-in, wrong password", "is not right", guest, open("/account"), signIn("nobody", "not the password")),
		at("sign-in, too many attempts", "too many attempts", guest, open("/account"), signIn("nobody", "not the password"), until("too many attempts", fill("password", "not the password"), press("submit"))),
		at("sign-in again", "HireMe123 wants to be sure", ann, authorize(asks("prompt", "login"))),
		at("sign-in again, wrong password", "is not right", ann, authorize(asks("prompt", "login")), fill("password", "not the password"), press("submit")),
		at("sign in as somebody else", "Choose an account", ann, open("/signin/switch")),
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

		at("activity", "What happened with your account", ann, open("/account/activity")),
		at("your data", "is yours to take along", ann, open("/account/data")),

		at("security", "These are the ways in which you sign in", tom, open("/account/security")),
		at("passkeys, none", "No passkeys yet", tom, open("/account/security/passkeys")),
		at("recovery codes, of no use", "Nothing to stand in for", tom, open("/account/security/recovery-codes")),
		at("add a passkey", "keeps the passkey", tom, open("/account/security/passkeys/add")),
		at("passkeys", "Your passkey is added", tom, withKey, open("/account/security/passkeys/add"), press("passkey-start:not([hidden])")),
		at("passkey", "Remove this passkey", tom, open("/account/security/passkeys"), press("change-0")),
		at("authenticator, none", "No app is set up", tom, open("/account/security/authenticator")),
		at("passkey for safety", "Use your passkey", tom, open("/account/security/authenticator/add")),
		at("set up an authenticator", "If you cannot scan it", tom, open("/account/security/authenticator/add"), press("passkey-start:not([hidden])")),
		at("set up an authenticator, wrong code", "not right", tom, open("/account/security/authenticator/add"), fill("code", "000000"), press("submit")),
		at("recovery codes, shown", "They are shown only now", tom, open("/account/security/authenticator/add"), confirmApp, press("submit")),
		at("recovery codes", "They are not shown again", tom, open("/account/security/recovery-codes"), press("kept")),
		at("authenticator", "Set up another app", tom, open("/account/security/authenticator")),

		at("sign-in with a passkey", "Use your passkey", guest, open("/account"), signIn("tom", password)),
		at("another way", "Choose how to sign in", guest, open("/account"), signIn("tom", password), press("other")),
		at("code from the app", "Code from your app", guest, open("/account"), signIn("tom", password), press("other"), press("main a[href*=totp]")),
		at("code from the app, wrong", "not right", guest, open("/account"), signIn("tom", password), press("other"), press("main a[href*=totp]"), fill("code", "000000"), press("submit")),
		at("recovery code", "one of the recovery codes", guest, open("/account"), signIn("tom", password), press("other"), press("main a[href*=recovery]")),
		at("set up one more way", "Set up one of these now", guest, authorize(stronger), signIn("joe", password)),
		at("set up an authenticator to go on", "asks for more than a password", guest, authorize(stronger), signIn("joe", password), press("main a[href*=totp]")),
		at("set up a passkey to go on", "asks for a safer way", guest, authorize(stronger), signIn("joe", password), press("main a[href*=passkey]")),

		at("phone number, not offered", "are not offered here", ann, open("/account/security/phone")),
		at("phone number", "With the country code", may, offer, open("/account/security/phone")),
		at("phone number, no number", "This is no phone number", may, open("/account/security/phone"), fill("number", "12"), press("submit")),
		at("phone number, code sent", "Confirm the number", may, open("/account/security/phone"), fill("number", "+49 30 1234567"), press("submit")),
		at("phone number confirmed", "Your phone number is confirmed", may, open("/account/security/phone"), fill("number", "+49 30 1234568"), press("submit"), enterCode("+49301234568"), press("confirm")),
		at("code by text message", "We send a code to", guest, authorize(stronger), signIn("may", password)),
		at("code by text message, sent", "Enter the code", guest, authorize(stronger), signIn("may", password), press("send")),
		at("code by call", "read a code aloud", guest, authorize(stronger), signIn("may", password), press("other"), press("main a[href*=call]")),

		at("code by e-mail", "We send a code and a link", guest, open("/account"), fill("username", "bob"), press("submit"), openMore, press("main a[href*='signin/email']")),
		at("code by e-mail, sent", "Code, 8 letters", guest, open("/account"), fill("username", bob.mail()), press("submit"), openMore, press("main a[href*='signin/email']"), press("send")),
		at("code by e-mail, wrong", "This code is not right", guest, open("/account"), fill("username", bob.mail()), press("submit"), openMore, press("main a[href*='signin/email']"), press("send"), fill("code", "AAAAAAAA"), press("submit")),
		at("link of a mail, elsewhere", "Go back to the browser", guest, openLetter(bob.mail(), "/signin/email/link")),

		at("approval", "Ask on my other device", guest, open("/account"), signIn("tom", password), press("other"), press("main a[href*=approval]")),
		at("approval, waiting", "choose this number", guest, open("/account"), signIn("tom", password), press("other"), press("main a[href*=approval]"), press("ask")),
		at("approve a sign-in", "Which number does the other screen show?", tom, open("/account/approve")),

		at("registration", "Create an account", guest, command("setting", "set", "registration", "open=true", `terms_version="1"`, "terms_url=https://hireme.example/terms"), open("/signup")),
		at("registration, wrong address", "like name@example.com", guest, open("/signup"), signUp("eve..adams@mail.example")),
		at("registration, code", "We have written to this address", guest, open("/signup"), signUp("eve@mail.example")),
		at("registration, wrong code", "is not right, or too old", guest, open("/signup"), signUp("kim@mail.example"), fill("code", "AAAAAAAA"), press("submit")),
		at("registration, account", "Almost done", guest, open("/signup"), signUp("lee@mail.example"), enterCode("lee@mail.example"), press("submit")),
		at("invitation", "You are invited", guest, command("account", "invite", "pat@mail.example"), openLetter("pat@mail.example", "/invitation")),
		at("registration, later", "New terms of use", guest, command("setting", "set", "registration", `terms_version="2"`, `ask_later=["nickname"]`), open("/account"), signIn("bob", password)),

		at("recovery", "Say who you are", guest, command("setting", "set", "registration", `terms_version=""`, "ask_later=[]"), open("/recover")),
		at("recovery, code", "Type it here", guest, open("/recover"), fill("username", "may"), press("submit")),
		at("recovery, wrong code", "is not right, or too old", guest, open("/recover"), fill("username", "nobody"), press("submit"), fill("code", "AAAAAAAA"), press("submit")),
		at("recovery, one more proof", "One more proof", guest, open("/recover"), fill("username", "tom"), press("submit"), enterCode(tom.mail()), press("submit")),
		at("recovery, new password", "Choose a new password", guest, open("/recover"), fill("username", "zoe"), press("submit"), enterCode(zoe.mail()), press("submit")),
		at("recovery, link", "Choose a new password", guest, recoveryLink(zoe)),
		at("recovery, done", "Your password is set", guest, recoveryLink(zoe), fill("new-password", "another pass phrase of hers"), press("submit")),
		at("not me", "That wasn’t you?", guest, openLetter(zoe.mail(), "/not-me")),
		at("password of another's choice", "Choose another, and you are in", guest, temporary(zoe), open("/account"), signIn("zoe", password)),

		at("addresses", "Each verified address signs you in", bob, open("/account/addresses")),
		at("addresses, wrong", "like name@example.com", bob, open("/account/addresses"), fill("email", "bob..hope@mail.example"), press("submit")),
		at("addresses, code", "Confirm the address", bob, open("/account/addresses"), fill("email", "robert@mail.example"), press("submit")),

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
		at("look and wording", "Look and wording", boss, open("/brand/preview")),
		at("inbox", "Development inbox", guest, open("/inbox")),
		at("message", "Show as HTML", guest, open("/inbox"), press("main li a")),

		at("delete the account?", "This is what happens if you do", joe, open("/account/data"), press("delete")),
		at("account deleted", "You are signed out everywhere", joe, open("/account/data/delete"), press("delete-yes")),
		at("account that is leaving", "Until then you can keep it", guest, open("/account"), signIn("joe", password)),
	}
}
