package ui_test

import (
	"io"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/account"
	"github.com/cardea-iam/cardea/internal/ui/approval"
	"github.com/cardea-iam/cardea/internal/ui/code"
	"github.com/cardea-iam/cardea/internal/ui/consent"
	"github.com/cardea-iam/cardea/internal/ui/data"
	"github.com/cardea-iam/cardea/internal/ui/inbox"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/passkey"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/ui/signin"
)

type renderer interface{ Render(io.Writer) error }

type sample struct {
	name string
	page renderer
}

var now = time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)

func base(l part.Locale) part.Base {
	return part.Base{
		Locale: l, TenantName: "Larkspur Studio", Path: "/signin?flow=int_01", RequestID: "req_01jd7v3k9x5c",
		Now: now, Hidden: []part.Field{{Name: "flow", Value: "int_01jd7v3k9x"}},
	}
}

// samples are all pages, in their states, filled as on a good day.
func samples(l part.Locale) []sample {
	b := base(l)
	app := part.App{Name: "HireMe123", Host: "localhost:8081", PrivacyURL: "https://hireme.example/privacy", TermsURL: "https://hireme.example/terms"}
	verified := app
	verified.Verified = true
	mira := part.Person{Name: "Mira Lindqvist", Username: "mira", Email: "mira@larkspur.example"}
	tom := part.Person{Username: "tom"}
	read := part.Scope{Name: "read:events", Text: "See the events in your calendar"}
	write := part.Scope{Name: "write:events", Text: "Add events and change them"}
	granted := read
	granted.Granted = true
	frame := own.Frame{Base: b, Person: mira, SignOutAction: "/oauth/logout"}
	at := func(path string) own.Frame { f := frame; f.Page = path; return f }
	done := func(path string, d account.Done) own.Frame { f := at(path); f.Done = d; return f }
	connected := account.ConnectedApp{
		App: app, Identity: []string{"openid", "profile", "offline_access"},
		APIs:  []part.API{{Name: "MyCalApp", Scopes: []part.Scope{read, write}}},
		Since: now.AddDate(0, -2, -3), LastUsed: now.Add(-20 * time.Minute), WithdrawURL: "/account/apps/con_1",
	}
	planner := account.ConnectedApp{
		App: part.App{Name: "Plan My Today", Host: "plan.example", Verified: true}, Identity: []string{"openid", "email"},
		Since: now.AddDate(0, 0, -1), WithdrawURL: "/account/apps/con_2",
	}
	claims := account.Claims{Name: "Mira Lindqvist", GivenName: "Mira", FamilyName: "Lindqvist", Nickname: "Mi",
		Zoneinfo: "Europe/Berlin", PhoneNumber: "030 1234567", Locality: "Berlin", Country: "Germany"}
	var everyWay []signin.Way
	for _, k := range factor.Kinds() {
		everyWay = append(everyWay, signin.WayTo(k, "/signin/"+string(k)))
	}
	list := []sample{
		{"signin", &signin.Page{Frame: signin.Frame{Base: b, App: app, Action: "/signin", CancelAction: "/signin/cancel"}, Username: "mira", OtherURL: "/signin?other=1", Ways: everyWay}},
		{"signin-wrong", &signin.Page{Frame: signin.Frame{Base: b, App: app, Action: "/signin"}, Username: "mira", Problem: signin.Wrong}},
		{"signin-throttled", &signin.Page{Frame: signin.Frame{Base: b, Action: "/signin"}, Username: "mira", Problem: signin.Throttled, Wait: 40 * time.Second}},
		{"signin-puzzle", &signin.Page{Frame: signin.Frame{Base: b, App: app, Action: "/signin"}, Username: "mira", Problem: signin.Unproved, Puzzle: part.Puzzle{Challenge: "17.1795343200.c2l4dGVlbmJ5dGVz.YW5kYXNpZ25hdHVyZQ", Bits: 17}}},
		{"signin-name", &signin.Identifier{Frame: signin.Frame{Base: b, App: app, Action: "/signin", CancelAction: "/signin/cancel"}}},
		{"signin-name-passkey", &signin.Identifier{Frame: signin.Frame{Base: b, App: app, Action: "/signin"}, Passkey: &part.Passkey{Use: part.PasskeyAutofill, Action: "/signin/passkey", OptionsURL: "/signin/passkey/anyone", Hidden: b.Hidden}}},
		{"signin-other", &signin.Other{Frame: signin.Frame{Base: b, App: app, CancelAction: "/signin/cancel"}, Ways: everyWay}},
		{"signin-enrol", &signin.Enrol{Frame: signin.Frame{Base: b, App: app, CancelAction: "/signin/cancel"}, Ways: everyWay[:3]}},
		{"signin-again", &signin.Again{Frame: signin.Frame{Base: b, App: app, Action: "/signin", CancelAction: "/signin/cancel"}, Person: mira, Reason: signin.ForApp, OtherURL: "/signin?other=1"}},
		{"signin-again-safety", &signin.Again{Frame: signin.Frame{Base: b, Action: "/signin"}, Person: tom, Reason: signin.ForSafety, Problem: signin.Wrong}},
		{"signin-choose", &signin.Chooser{Frame: signin.Frame{Base: b, App: app, Action: "/signin/choose", CancelAction: "/signin/cancel"}, Choices: []signin.Choice{{Person: mira, Value: "ses_1"}, {Person: tom, Value: "ses_2"}}}},
		{"consent", &consent.Page{Base: b, App: app, Person: mira, SwitchURL: "/signin?other=1", Action: "/consent", Identity: []string{"openid", "profile", "email", "address", "phone", "offline_access"}, APIs: []part.API{{Name: "MyCalApp", Scopes: []part.Scope{granted, write}}}}},
		{"consent-withheld", &consent.Page{Base: b, App: verified, Person: tom, SwitchURL: "/signin?other=1", Action: "/consent", Identity: []string{"openid"}, APIs: []part.API{{Name: "MyCalApp", Scopes: []part.Scope{read}}}, Withheld: []part.API{{Name: "MyCalApp", Scopes: []part.Scope{write}}}}},
		{"consent-nothing", &consent.Page{Base: b, App: app, Person: tom, Action: "/consent", Withheld: []part.API{{Name: "MyCalApp", Scopes: []part.Scope{{Name: "write:events"}}}}}},
		{"overview", &account.Overview{Frame: at(own.PathOverview), Sessions: 3, Apps: 2, PasswordChangedAt: now.AddDate(0, -5, 0), LastSignIn: now.AddDate(0, 0, -1)}},
		{"overview-new", &account.Overview{Frame: at(own.PathOverview), Sessions: 1}},
		{"profile", &account.Profile{Frame: done(own.PathProfile, account.ProfileSaved), Action: "/account/profile", Claims: claims, Email: mira.Email, EmailVerified: true, PictureAction: "/picture", Preferences: account.Preferences{Action: "/preferences", Language: l, Theme: "dark"}}},
		{"profile-problems", &account.Profile{Frame: at(own.PathProfile), Action: "/account/profile", Claims: claims, Email: mira.Email, Problems: map[string]account.Problem{"": account.ChangedElsewhere, "phone_number": account.BadPhoneNumber, "name": account.TooLong}}},
		{"password", &account.Password{Frame: at(own.PathPassword), Action: "/account/password", MinLength: 15}},
		{"password-problems", &account.Password{Frame: at(own.PathPassword), Action: "/account/password", MinLength: 15, CurrentProblem: account.CurrentWrong, NewProblem: account.PasswordShort, RepeatProblem: account.RepeatDiffers}},
		{"sessions", &account.Sessions{Frame: at(own.PathSessions), EndAction: "/account/sessions/end", EndOthersAction: "/account/sessions/end-others", EndAllAction: "/account/sessions/end-all", LeaveAction: "/account/sessions/leave", Sessions: []account.Session{
			{ID: "ses_1", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Address: "203.0.113.7", FirstUsed: now.AddDate(0, 0, -1), LastUsed: now, Current: true},
			{ID: "ses_2", UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1", Address: "2001:db8::7:1", FirstUsed: now.AddDate(0, -1, 0), LastUsed: now.Add(-26 * time.Hour)},
			{ID: "ses_3", UserAgent: "something else", Address: "198.51.100.23", FirstUsed: now.AddDate(0, 0, -9), LastUsed: now.AddDate(0, 0, -8)},
		}}},
		{"sessions-one", &account.Sessions{Frame: done(own.PathSessions, account.OthersEnded), EndAction: "/e", EndOthersAction: "/o", EndAllAction: "/a", LeaveAction: "/l", Sessions: []account.Session{{ID: "ses_1", UserAgent: "curl/8", FirstUsed: now, LastUsed: now, Current: true}}}},
		{"apps", &account.Apps{Frame: at(own.PathApps), Apps: []account.ConnectedApp{connected, planner}}},
		{"apps-none", &account.Apps{Frame: done(own.PathApps, account.AccessWithdrawn)}},
		{"withdraw", &account.Withdraw{Frame: at(own.PathApps), App: connected, Action: "/account/apps/con_1/withdraw"}},
		{"activity", &data.Activity{Frame: at(own.PathActivity), Path: "/account/activity", Older: "/account/activity?before=9", Entries: []data.Entry{
			{Action: "session.start", Said: part.Say("activity.session_start"), At: now.Add(-time.Hour), Address: "203.0.113.7", Device: &own.Device{Browser: "Firefox", System: "Linux", Icon: "computer"}},
			{Action: "password.verify", Said: part.Say("activity.password_wrong"), At: now.Add(-2 * time.Hour), Address: "198.51.100.23", Bad: true},
			{Action: "account.set_password", Said: part.Say("activity.account_set_password"), At: now.AddDate(0, 0, -1)},
			{Action: "consent.give", Said: part.Say("activity.consent_give"), At: now.AddDate(0, -1, 0), App: "HireMe123", Address: "2001:db8::7:1"},
		}}},
		{"activity-none", &data.Activity{Frame: at(own.PathActivity), Path: "/account/activity", Sort: data.Apps}},
		{"activity-end", &data.Activity{Frame: at(own.PathActivity), Path: "/account/activity", Later: true}},
		{"data", &data.Data{Frame: at(own.PathData), DownloadAction: "/account/data/download", DeleteURL: "/account/data/delete"}},
		{"data-no-deletion", &data.Data{Frame: at(own.PathData), DownloadAction: "/account/data/download"}},
		{"delete", &data.Delete{Frame: at(data.PathDelete), Action: "/account/data/delete", Days: 14, Due: now.AddDate(0, 0, 14)}},
		{"delete-owner", &data.Delete{Frame: at(data.PathDelete), Action: "/account/data/delete", LastOwner: true}},
		{"deletion-asked", &data.Asked{Base: b, Days: 14, SignInURL: "/account"}},
		{"deletion-soon", &data.Asked{Base: b}},
		{"deletion-leaving", &data.Leaving{Base: b, Person: mira, Due: now.AddDate(0, 0, 9), KeepAction: "/account/deletion/keep", SignOutAction: "/account/deletion/signout"}},
		{"signout", &notice.SignOut{Base: b, App: app, Person: mira, Action: "/oauth/logout"}},
		{"signedout", &notice.SignedOut{Base: b, App: app, ContinueURL: "https://hireme.example/bye", SignInURL: "/account"}},
		{"signedin", &notice.SignedIn{Base: b, Person: mira, ContinueURL: "/account", SignOutAction: "/oauth/logout"}},
		{"inbox", &inbox.List{Base: b, AllURL: "/inbox", Entries: []inbox.Entry{
			{URL: "/inbox/out_2", Channel: "mail", To: "mira@larkspur.example", Subject: "Your password was changed", At: now.Add(-time.Minute)},
			{URL: "/inbox/out_1", Channel: "sms", To: "+493012345678", Subject: "482913 is your code to sign in to HireMe123. It is valid for 10 minutes.", At: now.Add(-time.Hour)},
		}}},
		{"inbox-narrowed", &inbox.List{Base: b, AllURL: "/inbox", To: "mira@larkspur.example"}},
		{"inbox-message", &inbox.Message{Base: b, Entry: inbox.Entry{URL: "/inbox/out_2", Channel: "mail", To: "mira@larkspur.example", Subject: "Your password was changed", At: now.Add(-time.Minute)},
			Text: "The password of your account at Larkspur Studio was changed.\n\nThis wasn’t you?\n<https://id.example.com/not-me?t=cdr_nm_x>\n", Links: []string{"https://id.example.com/not-me?t=cdr_nm_x"},
			HTMLURL: "/inbox/out_2/html", ListURL: "/inbox", RecipientURL: "/inbox?to=mira%40larkspur.example"}},
		{"setup", &notice.Setup{Base: b, Action: "/setup", MinLength: 15, Until: now.Add(12 * time.Minute)}},
		{"setup-problems", &notice.Setup{Base: b, Action: "/setup", Username: "root user", MinLength: 15, UsernameProblem: notice.UsernameInvalid, PasswordProblem: notice.PasswordCommon}},
		{"formpost", &notice.FormPost{Base: b, App: app, Target: "https://hireme.example/cb", Fields: []part.Field{{Name: "code", Value: "crd_c0de"}, {Name: "state", Value: "xyz"}, {Name: "iss", Value: "http://localhost:8080"}}}},
	}
	list = append(list, brandSamples(b, app, mira)...)
	setup, err := part.NewAppSetup("otpauth://totp/Larkspur%20Studio:mira?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Larkspur%20Studio",
		[]string{"GEZD", "GNBV", "GY3T", "QOJQ", "GEZD", "GNBV", "GY3T", "QOJQ"})
	if err != nil {
		panic(err)
	}
	sheet := []string{"7K3M-9QXA-2WPD-H4TC", "0V8R-JN5E-6ZBG-Y1SF", "Q2C7-XM4K-8DHT-3PWA", "N9E5-0RVZ-1GBJ-S6YF", "4TCH-D2PW-A7K3-M9QX",
		"BG61-ZE5N-JR8V-0SFY", "HT3P-WA8D-K4XM-C7Q2", "JS6Y-FGB1-VZ0R-E5N9", "P7WK-3M9Q-XA2D-H4TC", "5E6Z-BGY1-SF0V-8RJN"}
	list = append(list,
		sample{"code-app", &code.Page{Base: b, Way: code.App, App: app, Person: mira, Action: "/signin/totp", PaperURL: "/signin/recovery-code?i=1", OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"code-app-wrong", &code.Page{Base: b, Way: code.App, Person: tom, Action: "/signin/totp", Problem: code.Wrong, ResendAction: "/resend"}},
		sample{"code-app-throttled", &code.Page{Base: b, Way: code.App, Person: tom, Action: "/signin/totp", Problem: code.Throttled, Wait: 3 * time.Minute}},
		sample{"code-app-stopped", &code.Page{Base: b, Way: code.App, Person: tom, Action: "/signin/totp", Problem: code.Stopped, PaperURL: "/p"}},
		sample{"email-ask", &code.Send{Base: b, Way: code.Mail, App: app, Person: part.Person{Username: "mira"}, Action: "/signin/email/send", OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"email-ask-to", &code.Send{Base: b, Way: code.Mail, Person: part.Person{Username: "mira@larkspur.example"}, To: "m…@larkspur.example", Action: "/signin/email/send", PaperURL: "/p"}},
		sample{"email", &code.Page{Base: b, Way: code.Mail, App: app, Person: part.Person{Username: "mira"}, Action: "/signin/email", ResendAction: "/signin/email/send", OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"email-wrong", &code.Page{Base: b, Way: code.Mail, Person: part.Person{Username: "mira@larkspur.example"}, To: "m…@larkspur.example", Action: "/signin/email", ResendAction: "/signin/email/send", Problem: code.MailWrong}},
		sample{"email-link", &code.Link{Base: b, App: app, Action: "/signin/email/link"}},
		sample{"email-away", &code.Link{Base: b, Code: "BCDF-GHJK"}},
		sample{"sms-ask", &code.Send{Base: b, Way: code.Text, App: app, Person: mira, To: "+49…67", Action: "/signin/sms/send", OtherURL: "/signin/other?i=1"}},
		sample{"sms", &code.Page{Base: b, Way: code.Text, App: app, Person: mira, To: "+49…67", Action: "/signin/sms", ResendAction: "/signin/sms/send", RememberDays: 30, OtherURL: "/signin/other?i=1"}},
		sample{"call", &code.Page{Base: b, Way: code.Call, Person: mira, To: "+49…67", Action: "/signin/call", ResendAction: "/signin/call/send", RememberDays: 1, Problem: code.SentWrong}},
		sample{"call-ask", &code.Send{Base: b, Way: code.Call, Person: mira, To: "+49…67", Action: "/signin/call/send"}},
		sample{"phone", &security.Phone{Frame: at(security.PathPhone), Offered: true, ClaimAction: "/a"}},
		sample{"phone-pending", &security.Phone{Frame: at(security.PathPhone), Number: "+49301234567", Pending: "+4915112345678", Offered: true, Problem: security.PhoneWrong, ClaimAction: "/a", ConfirmAction: "/b", RemoveAction: "/c"}},
		sample{"phone-verified", &security.Phone{Frame: at(security.PathPhone), Number: "+49301234567", Since: now, Offered: true, Typed: "030", Problem: security.PhoneMalformed, ClaimAction: "/a", RemoveAction: "/c"}},
		sample{"phone-off", &security.Phone{Frame: at(security.PathPhone)}},
		sample{"approval-ask", &approval.Wait{Base: b, App: app, Person: mira, AskAction: "/signin/approval/ask", OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"approval-again", &approval.Wait{Base: b, Person: mira, AskAction: "/signin/approval/ask", Problem: approval.Denied}},
		sample{"approval-wait", &approval.Wait{Base: b, App: app, Person: mira, Number: 47, ApproveURL: "https://id.larkspur.example/account/approve", State: "open", StateURL: "/state", DoneState: "approved", Action: "/signin/approval", RememberDays: 30, OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"approve", &approval.Answer{Frame: at(own.PathApprove), Action: own.PathApprove, StateURL: "/w", Asked: &approval.Asked{ID: "apr_1", Choices: []int{12, 47, 83}, App: "HireMe123", Browser: "Firefox, Windows", Place: "198.51.100.7", At: now}}},
		sample{"approve-none", &approval.Answer{Frame: at(own.PathApprove), Action: own.PathApprove, StateURL: "/w"}},
		sample{"code-paper", &code.Page{Base: b, Way: code.Paper, App: app, Person: mira, Action: "/signin/recovery-code", OtherURL: "/signin/other?i=1", CancelAction: "/signin/cancel"}},
		sample{"code-enrol", &code.Enrol{Base: b, App: app, Person: mira, Setup: setup, Action: "/signin/enrol/totp", OtherURL: "/o", CancelAction: "/signin/cancel"}},
		sample{"code-enrol-wrong", &code.Enrol{Base: b, Person: tom, Setup: setup, Action: "/signin/enrol/totp", Problem: code.SetupWrong}},
		sample{"totp", &security.Authenticator{Frame: frame, Since: now.AddDate(0, -2, 0), Used: now.Add(-3 * time.Hour), AddURL: "/add", RemoveAction: "/remove"}},
		sample{"totp-none", &security.Authenticator{Frame: done(security.PathAuthenticator, security.AppRemoved), AddURL: "/add", RemoveAction: "/remove"}},
		sample{"totp-add", &security.AddAuthenticator{Frame: frame, Setup: setup, Action: "/add", BackURL: "/back"}},
		sample{"totp-add-wrong", &security.AddAuthenticator{Frame: frame, Setup: setup, Action: "/add", BackURL: "/back", Problem: security.SetupWrong}},
		sample{"codes-shown", &security.RecoveryCodes{Frame: done(security.PathRecoveryCodes, security.AppAdded), Made: now, Left: 10, Of: 10, OfUse: true, Codes: sheet, MakeAction: "/make", HideAction: "/hide", DownloadURL: "/text"}},
		sample{"codes", &security.RecoveryCodes{Frame: frame, Made: now.AddDate(0, -1, 0), Left: 8, Of: 10, OfUse: true, MakeAction: "/make"}},
		sample{"codes-few", &security.RecoveryCodes{Frame: frame, Made: now.AddDate(0, -1, 0), Left: 1, Of: 10, OfUse: true, MakeAction: "/make"}},
		sample{"codes-none", &security.RecoveryCodes{Frame: frame, Of: 10, OfUse: true, MakeAction: "/make"}},
		sample{"codes-alone", &security.RecoveryCodes{Frame: frame, Of: 10, AuthenticatorURL: "/add"}},
	)
	list = append(list, passkeySamples(b, app, mira, at)...)
	list = append(list, doorSamples(b, app, at)...)
	long := part.App{Name: strings.Repeat("Donaudampfschifffahrts", 4), Host: strings.Repeat("very-long-label.", 6) + "example"}
	longPerson := part.Person{Name: strings.Repeat("Wolfeschlegelsteinhausen", 3), Username: "w", Email: strings.Repeat("wolfeschlegel", 5) + "@example.org"}
	longFrame := own.Frame{Base: b, Person: longPerson, SignOutAction: "/oauth/logout"}
	longFrame.TenantName = strings.Repeat("Reichsgesetzblatt", 3)
	longScopes := []part.API{{Name: long.Name, Scopes: []part.Scope{{Text: strings.Repeat("unbreakable", 9)}}}}
	list = append(list,
		sample{"long-signin", &signin.Again{Frame: signin.Frame{Base: longFrame.Base, App: long, Action: "/signin", CancelAction: "/c"}, Person: longPerson, Reason: signin.ForApp, OtherURL: "/o"}},
		sample{"long-choose", &signin.Chooser{Frame: signin.Frame{Base: longFrame.Base, App: long, Action: "/c"}, Choices: []signin.Choice{{Person: longPerson, Value: "1"}}}},
		sample{"long-code", &code.Page{Base: longFrame.Base, Way: code.App, App: long, Person: longPerson, Action: "/c", PaperURL: "/p", CancelAction: "/c"}},
		sample{"long-enrol", &code.Enrol{Base: longFrame.Base, App: long, Person: longPerson, Setup: setup, Action: "/c", CancelAction: "/c"}},
		sample{"long-codes", &security.RecoveryCodes{Frame: longFrame, Made: now, Left: 10, Of: 10, OfUse: true, Codes: sheet, HideAction: "/h", DownloadURL: "/t"}},
		sample{"long-consent", &consent.Page{Base: longFrame.Base, App: long, Person: longPerson, Action: "/consent", APIs: longScopes, Withheld: longScopes}},
		sample{"long-apps", &account.Apps{Frame: longFrame, Apps: []account.ConnectedApp{{App: long, APIs: longScopes, Since: now, WithdrawURL: "/w"}}}},
		sample{"long-withdraw", &account.Withdraw{Frame: longFrame, App: account.ConnectedApp{App: long, APIs: longScopes}, Action: "/w"}},
		sample{"long-profile", &account.Profile{Frame: longFrame, Action: "/p", Email: longPerson.Email}},
		sample{"long-error", &notice.Error{Base: longFrame.Base, Kind: notice.BadRequest, Code: strings.Repeat("code", 40), Detail: strings.Repeat("detail", 40), App: long}},
	)
	for _, k := range notice.Kinds() {
		list = append(list, sample{"error-" + string(k), &notice.Error{Base: b, Kind: k, Code: "invalid_request", Detail: "redirect_uri is not registered for this client", App: app, Wait: 3 * time.Minute, ContinueURL: "/account"}})
	}
	return append(list, sample{"error-bare", &notice.Error{Base: part.Base{Locale: l, Now: now}, Kind: notice.NotFound}})
}

// passkeySamples are the pages of passkeys and the overview that leads to them.
func passkeySamples(b part.Base, app part.App, mira part.Person, at func(string) own.Frame) []sample {
	form := func(use part.PasskeyUse, name *part.Input) part.Passkey {
		return part.Passkey{Use: use, Action: "/signin/passkey", OptionsURL: "/signin/passkey/options", Hidden: b.Hidden, Name: name}
	}
	keys := []security.Passkey{
		{ID: "k1", Name: "My phone", Provider: "iCloud Keychain", Synced: true, Created: now.AddDate(0, -3, 0), Used: now.Add(-time.Hour), URL: "/account/security/passkeys/key?key=k1"},
		{ID: "k2", Provider: "YubiKey 5 NFC", Created: now.AddDate(0, 0, -1), URL: "/account/security/passkeys/key?key=k2"},
		{ID: "k3", Copied: true, Created: now.AddDate(-1, 0, 0), Used: now.AddDate(0, -1, 0), URL: "/account/security/passkeys/key?key=k3"},
	}
	list := &security.Passkeys{Frame: at(security.PathPasskeys), Keys: keys, AddURL: security.PathAddPasskey}
	list.Done = security.PasskeyAdded
	page := func(k security.Passkey, p passkey.Problem) *security.KeyPage {
		return &security.KeyPage{Frame: at(security.PathPasskey), Key: k, RenameAction: security.PathRenamePasskey, RemoveAction: security.PathRemovePasskey, NameInput: passkey.NameInput(k.Name, p), Problem: p}
	}
	return []sample{
		{"passkey", &passkey.Page{Base: b, App: app, Person: mira, Known: true, Passkey: form(part.PasskeyGet, nil), OtherURL: "/signin?other=1"}},
		{"passkey-refused", &passkey.Page{Base: b, Passkey: form(part.PasskeyAutofill, nil), Problem: passkey.Refused}},
		{"passkey-enrol", &passkey.Enrol{Base: b, App: app, Person: mira, Passkey: form(part.PasskeyCreate, passkey.NameInput("", "")), BackURL: "/signin/enrol"}},
		{"passkey-enrol-problems", &passkey.Enrol{Base: b, Person: mira, Passkey: form(part.PasskeyCreate, passkey.NameInput("x", passkey.BadName)), Problem: passkey.Unwanted}},
		{"security", &security.Overview{Frame: at(own.PathSecurity), Ways: []security.Way{security.PasskeysWay(2, security.PathPasskeys), security.PasswordWay(now.AddDate(0, -5, 0), own.PathPassword)}}},
		{"security-none", &security.Overview{Frame: at(own.PathSecurity), Ways: []security.Way{security.PasskeysWay(0, security.PathPasskeys), security.PasswordWay(time.Time{}, own.PathPassword)}}},
		{"passkeys", list},
		{"passkeys-none", &security.Passkeys{Frame: at(security.PathPasskeys), AddURL: security.PathAddPasskey}},
		{"passkeys-full", &security.Passkeys{Frame: at(security.PathPasskeys), Keys: keys[:1], Full: true}},
		{"passkeys-add", &security.AddPasskey{Frame: at(security.PathAddPasskey), Passkey: form(part.PasskeyCreate, passkey.NameInput("", ""))}},
		{"passkeys-add-late", &security.AddPasskey{Frame: at(security.PathAddPasskey), Passkey: form(part.PasskeyCreate, passkey.NameInput("My phone", "")), Problem: passkey.Late}},
		{"passkeys-key", page(keys[0], security.LastWay)},
		{"passkeys-key-copied", page(keys[2], passkey.BadName)},
	}
}
