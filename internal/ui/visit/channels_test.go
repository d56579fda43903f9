package visit_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	fphone "github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
	uiapproval "github.com/cardea-iam/cardea/internal/ui/approval"
	"github.com/cardea-iam/cardea/internal/ui/code"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/web"
)

// channels are the factors over other channels with their pages.
type channels struct {
	codes
	notify *notify.Room
	worker *outbox.Worker // of the letters that are asked for; what is told stays in the outbox
	denied []approval.Request
}

// local is a link's path, as a browser opens it at this server.
func local(t *testing.T, link string) string {
	t.Helper()
	path, ok := strings.CutPrefix(link, configured)
	if !ok {
		t.Fatalf("a link to %s", link)
	}
	return path
}

func eachWithChannels(t *testing.T, fn func(t *testing.T, c *channels)) {
	t.Helper()
	var c *channels
	var pages *code.Room
	var approvals *uiapproval.Room
	desk := &own.Desk{}
	eachWith(t, func(w *world) ([]signin.Factor, []web.Route) {
		root := secret.NewRoot([32]byte{7})
		limits := must(throttle.New(w.g, root, throttle.Rules{}, nil))
		hook := func(*store.Tx, id.Tenant, account.ID) error { return nil }
		c = &channels{codes: codes{world: w, app: must(totp.New(w.g, root, limits, totp.Hooks{Added: hook, Removed: hook}))}}
		c.paper = must(recovery.New(w.g, root, limits, recovery.Hooks{Made: hook, Beside: c.app.Enrolled,
			Spent: func(*store.Tx, id.Tenant, account.ID, int) error { return nil }}))
		c.notify = notify.New(root, configured, tenant.NewDirectory(w.store))
		boxes := mailbox.New(w.g, root, c.notify)
		c.worker = outbox.NewWorker(w.store, map[outbox.Kind]outbox.Carrier{mailbox.Carrier: boxes.Carry}, slog.New(slog.DiscardHandler))
		mail := email.New(w.g, boxes, limits, c.notify, true)
		phones := must(fphone.New(fphone.Options{Guard: w.g, Root: root, Throttle: limits, Notify: c.notify, SMS: []string{"+49"}, Voice: []string{"+49"}, Added: hook, Removed: hook}))
		approve := must(approval.New(approval.Options{Guard: w.g, Beside: c.app.Enrolled, Denied: func(_ *store.Tx, _ id.Tenant, _ account.ID, q approval.Request) error {
			c.denied = append(c.denied, q)
			return nil
		}}))
		translate := func(rw http.ResponseWriter, r *web.Request, err error) bool {
			return notice.NewPages(w.visits).Translate(rw, r, err)
		}
		desk.Translate = translate
		pages = &code.Room{TOTP: c.app, Recovery: c.paper, Email: mail, Phone: phones, Translate: translate}
		approvals = &uiapproval.Room{Desk: desk, Approvals: approve, Translate: translate}
		return []signin.Factor{c.app, approve, phones.SMS(), phones.Voice(), mail, c.paper},
			slices.Concat(pages.Routes(), approvals.Routes(), (&security.Codes{Desk: desk, TOTP: c.app, Recovery: c.paper}).Routes(), (&security.Phones{Desk: desk, Phone: phones}).Routes())
	}, func(t *testing.T, w *world) {
		pages.Visits, desk.Visits, approvals.Visits = w.visits, w.visits, w.visits
		desk.Asks = approvals.Asks
		c.set("factors", `{"offered":["password","passkey","totp","recovery_code","email","sms","voice","approval"]}`)
		must(account.AddEmail(t.Context(), w.g, operator, id.Default, w.ada, "ada@example.com", true))
		must(account.AddEmail(t.Context(), w.g, operator, id.Default, w.bob, "bob@example.com", false))
		fn(t, c)
	})
}

func (c *channels) set(name setting.Name, patch string) {
	c.t.Helper()
	must(setting.Update(c.t.Context(), c.g, operator, id.Default, name, json.RawMessage(patch), 0))
}

// carry has all letters written that were asked for.
func (c *channels) carry() {
	c.t.Helper()
	for n := 1; n > 0; {
		n = must(c.worker.Run(c.t.Context()))
	}
}

// letters are all messages that were told, newest first.
func (c *channels) letters() (out []notify.Message) {
	c.t.Helper()
	c.carry()
	c.read(func(r *store.Reader) error {
		list, err := outbox.List(r, id.Default, "", 200)
		for _, e := range list {
			if e.Kind == notify.Nobody { // the work of a mail, for a name that nobody has
				continue
			}
			out = append(out, must(c.notify.Open(e.Effect)))
		}
		return err
	})
	return out
}

// mail asks for a message in a new sign-in of a name and returns the page for the code.
func (b *browse) mail(t *testing.T, name string) (answer, interaction.ID) {
	t.Helper()
	b.w.clock.Advance(time.Second) // messages are told apart by their time
	i := b.begin(interaction.Authorize, interaction.About{})
	b.submit(b.get("/signin?i="+string(i)), "submit", "username", name)
	page := b.get("/signin/email?i="+string(i)).expect(t, 200, "")
	return b.follow(b.submit(page, "send").expect(t, 303, "/signin/email")).expect(t, 200, ""), i
}

func TestStoryOfMail(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		b := c.browser()
		page, _ := b.mail(t, "ada")
		m := c.letters()[0]
		if len(c.letters()) != 1 || m.To != "ada@example.com" || m.Account != c.ada || !m.ExpiresAt.Equal(m.CreatedAt.Add(10*time.Minute)) {
			t.Fatalf("%+v", m)
		}
		if strings.Contains(page.body, "example.com") {
			t.Error("a username tells an address")
		}
		page = b.submit(page, "submit", "code", "BBBB-BBBB").expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "code", strings.ToLower(strings.ReplaceAll(m.Values["code"], "-", " "))).expect(t, 303, "/oauth/authorize/resume")
		s := c.sessions(c.ada)
		if len(s) != 1 || len(s[0].Facts) != 1 || s[0].Facts[0].Kind() != factor.Email || s[0].Facts[0].Failures() != 1 || s[0].Strength().Level != 1 {
			t.Errorf("%+v", s)
		}
		b.get(local(t, m.Values["link"])).expect(t, 404, "") // the link died with the code

		// The link, with an address that was typed.
		d := c.browser()
		page, _ = d.mail(t, "ADA@example.com")
		page.says(t, "A…@example.com")
		m = c.letters()[0]
		link := local(t, m.Values["link"])
		far := c.browser()
		away := far.get(link).expect(t, 200, "").says(t, "Go back to the browser", m.Values["code"])
		if away.byID("submit") != nil {
			t.Error("another browser has a button")
		}
		u := must(url.Parse(link))
		far.post("/signin/email/link", url.Values{"t": {u.Query().Get("t")}}).expect(t, 200, "").says(t, "Go back to the browser")
		for range 3 {
			page = d.get(link).expect(t, 200, "") // a scanner looks as often as it likes
		}
		if strings.Contains(page.body, m.Values["code"]) {
			t.Error("the browser of the sign-in is shown the code")
		}
		d.submit(page, "submit").expect(t, 303, "/oauth/authorize/resume")
		if n := len(c.sessions(c.ada)); n != 2 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestAU04_LinkOfMailWorksOnceForItsSignIn(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		ask := func() (*browse, answer, string, string) {
			b := c.browser()
			page, _ := b.mail(t, "ada")
			m := c.letters()[0]
			return b, page, local(t, m.Values["link"]), m.Values["code"]
		}
		dead := func(why string, b *browse, page answer, link, code string) {
			t.Helper()
			token := must(url.Parse(link)).Query().Get("t")
			if a := b.get(link); a.StatusCode != 404 {
				t.Errorf("%s: the link shows %d", why, a.StatusCode)
			}
			if a := b.post("/signin/email/link", url.Values{"t": {token}}); a.StatusCode == 303 && strings.HasPrefix(a.Header.Get("Location"), "/oauth") {
				t.Errorf("%s: the link signs in", why)
			}
			if a := b.submit(page, "submit", "code", code); a.StatusCode == 303 && strings.HasPrefix(a.Header.Get("Location"), "/oauth") {
				t.Errorf("%s: the code signs in", why)
			}
		}
		b, page, link, code := ask()
		b.submit(b.get(link), "submit").expect(t, 303, "/oauth")
		dead("used", b, page, link, code)

		b, page, link, code = ask()
		b.submit(page, "resend").expect(t, 303, "/signin/email")
		c.carry()
		dead("replaced", b, page, link, code)

		c.clock.Advance(4 * time.Hour)
		b, page, link, code = ask()
		c.clock.Advance(10 * time.Minute)
		dead("expired, to the second", b, page, link, code)

		b, page, link, code = ask()
		// The code in another sign-in of the same person and browser.
		other := b.begin(interaction.Authorize, interaction.About{})
		b.submit(b.get("/signin?i="+string(other)), "submit", "username", "ada")
		elsewhere := b.get("/signin/email?sent=1&i=" + string(other))
		b.submit(elsewhere, "submit", "code", code).expect(t, 200, "").says(t, "not right")
		// Of another kind.
		b.get("/setup?t="+url.QueryEscape(must(url.Parse(link)).Query().Get("t"))).expect(t, 404, "")
		c.clock.Advance(time.Second)
		if err := c.passwords.Set(t.Context(), operator, id.Default, c.ada, wrong, false); err != nil {
			t.Fatal(err)
		}
		if a := b.submit(b.get(link), "submit"); a.StatusCode != 404 {
			t.Errorf("after a change of the password: %d", a.StatusCode)
		}
		b.submit(page, "submit", "code", code).expect(t, 200, "").says(t, "not right")
	})
}

func TestAU11_EmptyCodesLeaveMailUnproved(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		b := c.browser()
		_, i := b.mail(t, "ada")
		for _, body := range []string{
			"", "i=" + string(i), "i=" + string(i) + "&code=", "i=" + string(i) + "&code=%00%ff", "i=" + string(i) + "&code[]=x",
			"i=" + string(i) + "&code=" + strings.Repeat("B", 1<<20), "i=" + string(i) + "&code=BBBBBBBB&code=BBBBBBBB", "code=BBBBBBBB",
		} {
			if a := b.raw("/signin/email", "application/x-www-form-urlencoded", body); a.StatusCode == 303 {
				t.Errorf("%.40q: %s", body, a.Header.Get("Location"))
			}
		}
		for _, body := range []string{"", "t=", "t=%00", "t=cdr_sl_" + strings.Repeat("A", 57)} {
			if a := b.raw("/signin/email/link", "application/x-www-form-urlencoded", body); a.StatusCode == 303 {
				t.Errorf("%.40q: %s", body, a.Header.Get("Location"))
			}
		}
		if facts := b.interaction(i).Facts; len(facts) > 0 || len(c.sessions(c.ada)) > 0 {
			t.Errorf("proved: %v", facts)
		}
	})
}

func TestAU18_MailTellsNotWhoExists(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		run := func(name string) (out []string) {
			b := c.browser()
			i := b.begin(interaction.Authorize, interaction.About{})
			same := func(a answer) answer {
				body := a.body
				for _, of := range []string{string(i), name, strings.ToUpper(name[:1]), a.Header.Get("X-Request-Id")} {
					if len(of) > 3 {
						body = strings.ReplaceAll(body, of, "…")
					}
				}
				var cookies []string
				for _, k := range a.Cookies() {
					cookies = append(cookies, k.Name)
				}
				out = append(out, strings.Join(append([]string{a.Status, strings.ReplaceAll(a.Header.Get("Location"), string(i), "…"), body}, cookies...), "\n"))
				return a
			}
			b.submit(same(b.get("/signin?i="+string(i))), "submit", "username", name)
			page := same(b.follow(same(b.submit(same(b.get("/signin/email?i="+string(i))), "send"))))
			for range 6 {
				page = same(b.submit(page, "submit", "code", "BBBBBBBB"))
			}
			return out
		}
		known, unknown, unverified := run("ada@example.com"), run("eve@example.com"), run("bob@example.com")
		hue := func(s string) string { // a portrait's colour follows from the name
			for _, h := range strings.Split(s, "\"") {
				if strings.Contains(h, "hue-") {
					s = strings.ReplaceAll(s, h, "hue")
				}
			}
			return strings.NewReplacer(">A<", ">x<", ">E<", ">x<", ">B<", ">x<", "a…@", "x…@", "e…@", "x…@", "b…@", "x…@").Replace(s)
		}
		for n := range known {
			if hue(known[n]) != hue(unknown[n]) || hue(known[n]) != hue(unverified[n]) {
				t.Errorf("answer %d differs:\n%s\n---\n%s\n---\n%s", n, hue(known[n]), hue(unknown[n]), hue(unverified[n]))
			}
		}
		if l := c.letters(); len(l) != 1 || l[0].Account != c.ada {
			t.Errorf("%d messages", len(l))
		}
	})
}

func TestAU33_ThreeMessagesAnHour(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		for range 40 {
			c.browser().mail(t, "ada")
		}
		if n := len(c.letters()); n != 3 {
			t.Errorf("%d messages by mail", n)
		}
		// A telephone gets nothing without a first proof, and as few.
		c.verified("+4930123456")
		before := len(c.letters())
		b := c.browser()
		i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
		b.submit(b.get("/signin?i="+string(i)), "submit", "username", "ada")
		for range 5 {
			b.post("/signin/sms/send", url.Values{"i": {string(i)}})
		}
		if n := len(c.letters()) - before; n != 0 {
			t.Errorf("%d messages to somebody who proved nothing", n)
		}
		b.password(b.get("/signin?i="+string(i)), "ada").expect(t, 303, "/signin/sms")
		for range 10 {
			b.post("/signin/sms/send", url.Values{"i": {string(i)}}).expect(t, 303, "/signin/sms")
		}
		if n := len(c.letters()) - before; n != 3 {
			t.Errorf("%d messages to a telephone", n)
		}
	})
}

// verified gives ada a number on the operator's word.
func (c *channels) verified(number string) {
	c.t.Helper()
	a := c.account(c.ada)
	a.Claims.PhoneNumber = number
	must(account.Update(c.t.Context(), c.g, operator, id.Default, a))
	if err := account.ConfirmPhone(c.t.Context(), c.g, operator, id.Default, c.ada); err != nil {
		c.t.Fatal(err)
	}
}

func TestStoryOfATelephone(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		c.set("assurance", `{"remember_days":30}`)
		home := c.browser()
		home.password(home.follow(home.get("/account")), "ada").expect(t, 303, "/account")
		page := home.get(security.PathPhone).expect(t, 200, "")
		page = home.submit(page, "submit", "number", "12").expect(t, 200, "").says(t, "no phone number")
		page = home.submit(page, "submit", "number", "+1 425 555 1212").expect(t, 200, "").says(t, "numbers of this country")
		if len(c.letters()) > 0 {
			t.Fatal("a message to a country that is not listed")
		}
		page = home.follow(home.submit(page, "submit", "number", "0049 (0)30 123456").expect(t, 303, security.PathPhone)).says(t, "+4930123456")
		m := c.letters()[0]
		if m.Channel != notify.SMS || m.To != "+4930123456" || m.Kind != notify.VerifyCode {
			t.Fatalf("%+v", m)
		}
		if !c.account(c.ada).PhoneVerifiedAt.IsZero() || c.account(c.ada).Claims.PhoneNumber != "" {
			t.Fatal("the number is the account's before it is confirmed")
		}
		page = home.submit(page, "confirm", "code", wrongDigits(m)).expect(t, 200, "").says(t, "not right")
		home.follow(home.submit(page, "confirm", "code", m.Values["code"]).expect(t, 303, security.PathPhone)).says(t, "is confirmed", "+4930123456")
		if a := c.account(c.ada); a.PhoneVerifiedAt.IsZero() || a.Claims.PhoneNumber != "+4930123456" {
			t.Fatalf("%+v", a)
		}

		c.clock.Advance(time.Second)
		b := c.browser()
		a, _ := b.ask(t, "ada")
		page = b.follow(a.expect(t, 303, "/signin/sms")).says(t, "+49…56")
		n := len(c.letters())
		page = b.follow(b.submit(page, "send").expect(t, 303, "/signin/sms")).says(t, "we sent to")
		if len(c.letters()) != n+1 {
			t.Fatal("no message, or one at a look at the page")
		}
		m = c.letters()[0]
		page = b.submit(page, "submit", "code", wrongDigits(m)).expect(t, 200, "").says(t, "not right")
		// The code is this browser's alone.
		other := c.browser()
		a, _ = other.ask(t, "ada")
		other.follow(a)
		i := must(url.Parse(a.Header.Get("Location"))).Query().Get("i")
		other.post("/signin/sms", url.Values{"i": {i}, "code": {m.Values["code"]}}).expect(t, 200, "").says(t, "not right")
		c.clock.Advance(time.Minute) // tries are counted over both sign-ins
		b.submit(page, "submit", "code", m.Values["code"], "remember", "1").expect(t, 303, "/oauth")
		s := c.sessions(c.ada)[0]
		if s.Strength().Level != 2 || s.Facts[1].Kind() != factor.SMS {
			t.Errorf("%+v", s.Facts)
		}
		c.read(func(r *store.Reader) error {
			var remembered int
			err := r.One([]any{&remembered}, "SELECT COUNT(*) FROM remembered_device WHERE tenant = $1 AND account = $2", id.Default, c.ada)
			if remembered != 1 {
				t.Errorf("%d browsers are remembered", remembered)
			}
			return err
		})
		// A number that is removed serves no longer.
		home.submit(home.get(security.PathPhone), "remove").expect(t, 303, "/signin") // a password alone is not enough any more
		b.follow(b.submit(b.get(security.PathPhone), "remove").expect(t, 303, security.PathPhone)).says(t, "was removed")
		if got := c.account(c.ada); got.Claims.PhoneNumber != "" || !got.PhoneVerifiedAt.IsZero() {
			t.Errorf("%+v", got)
		}
	})
}

func wrongDigits(m notify.Message) string {
	if m.Values["code"] == "000000" {
		return "000001"
	}
	return "000000"
}
