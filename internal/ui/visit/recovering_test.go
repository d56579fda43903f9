package visit_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	accountrecovery "github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/store"
)

const other = "seven lamps paint a quiet otter"

// recover begins a recovery and returns its interaction.
func (b *browse) recover(t *testing.T, identifier string) string {
	t.Helper()
	a := b.post("/recover", url.Values{"username": {identifier}}).expect(t, 303, "/recover/code")
	return query(t, a.Header.Get("Location"), "i")
}

// proved is recover with the code that came.
func (d *doors) proved(b *browse, identifier, to string) string {
	d.t.Helper()
	i := b.recover(d.t, identifier)
	b.post("/recover/code", url.Values{"i": {i}, "code": {code8(d.letter(notify.RecoveryCode, to))}}).expect(d.t, 303, "/recover/password")
	return i
}

func (d *doors) credentials(who account.ID) (out []credential.Kind) {
	d.t.Helper()
	d.read(func(r *store.Reader) (err error) { out, err = credential.Kinds(r, id.Default, who); return err })
	return out
}

func TestStoryOfARecovery(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example", "ada@two.example")
		home := d.browser()
		home.signIn("ada", good)
		if len(d.sessions(d.ada)) != 1 {
			t.Fatal("not signed in")
		}
		b := d.browser()
		i := b.begin(interaction.Authorize, interaction.About{})
		page := b.follow(b.post("/signin", url.Values{"i": {string(i)}, "username": {"ada"}}).expect(t, 303, "/signin"))
		page = b.get(attr(page.byID("forgot"), "href")).expect(t, 200, "").says(t, "Forgot your password?")
		page = b.follow(b.submit(page, "submit").expect(t, 303, "/recover/code")).says(t, "If there is an account")
		m := d.letter(notify.RecoveryCode, "ada@one.example")
		b.submit(page, "submit", "code", "0").expect(t, 200, "").says(t, "not right")
		// The link shows a button; only the button spends, and only here.
		link := pathOf(t, m.Values["link"])
		d.browser().get(link).expect(t, 400, "")
		page = b.get(link).expect(t, 200, "").says(t, "You opened the link")
		page = b.follow(b.submit(page, "submit").expect(t, 303, "/recover/password")).says(t, "Choose a new password")
		page = b.submit(page, "submit", "new_password", "short").expect(t, 200, "").says(t, "too short")
		end := b.submit(page, "submit", "new_password", other).expect(t, 303, "/signin")
		if query(t, end.Header.Get("Location"), "i") != string(i) {
			t.Errorf("it goes on at %s", end.Header.Get("Location"))
		}
		// No session was made, all others ended, and every address was told.
		if n := len(d.sessions(d.ada)); n != 0 {
			t.Errorf("%d sessions", n)
		}
		home.get("/account").expect(t, 303, "/signin")
		if got := kinds(d.post()); !slices.Equal(got, []string{"recovered ada@one.example", "recovered ada@two.example"}) {
			t.Errorf("letters %v", got)
		}
		if epoch := d.account(d.ada).Epoch; epoch != 2 {
			t.Errorf("epoch %d: tokens of before are alive", epoch)
		}
		page = b.follow(end)
		b.submit(page, "submit", "password", good).expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "password", other).expect(t, 303, "/oauth/authorize/resume")
	})
}

// N15: one mail never recovers an account that has more than one factor.
func TestN15_OneMailNeverRecoversAnAccountWithTwoFactors(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		p, paper := d.setUp(d.browser(), "ada")
		d.post()
		b := d.browser()
		i := d.proved(b, "ada@one.example", "ada@one.example")
		form := url.Values{"i": {i}, "new_password": {other}, "forget": {"yes"}}
		b.get("/recover/password?i="+i).expect(t, 303, "/recover/second")
		b.post("/recover/password", form).expect(t, 303, "/recover/second")
		page := b.get("/recover/second?i="+i).expect(t, 200, "").says(t, "One more proof")
		if page.byID("address") != nil {
			t.Error("there is no second address")
		}
		b.post("/recover/second", url.Values{"i": {i}}).expect(t, 303, "/recover/second")
		// The password is no way to recover it, also where it is known.
		b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}})
		b.post("/recover/password", form).expect(t, 303, "/recover/second")
		// A bound factor is; the other factors stay.
		d.clock.Advance(time.Minute)
		b.get("/signin/other?i="+i).expect(t, 200, "").says(t, "Authenticator app")
		b.submit(b.get("/signin/totp?i="+i).expect(t, 200, ""), "submit", "code", p.code(d.clock.Now())).expect(t, 303, "/recover/password")
		b.post("/recover/password", form).expect(t, 303, "/recover/password") // nothing is lost: nothing is given up
		form.Del("forget")
		b.post("/recover/password", form).expect(t, 303, "/recover/done")
		if got := fmt.Sprint(d.credentials(d.ada)); got != "[password recovery_code totp]" {
			t.Errorf("credentials %s", got)
		}
		// A saved code is a second recovery way: what is lost can be given up.
		d.post()
		d.clock.Advance(3 * time.Hour)
		i = d.proved(b, "ada", "ada@one.example")
		b.submit(b.get("/signin/recovery-code?i="+i).expect(t, 200, ""), "submit", "code", paper[0]).expect(t, 303, "/recover/password")
		b.get("/recover/password?i="+i).says(t, "I have lost my passkeys")
		b.post("/recover/password", url.Values{"i": {i}, "new_password": {good}, "forget": {"yes"}}).expect(t, 303, "/recover/done")
		if got := fmt.Sprint(d.credentials(d.ada)); got != "[password]" {
			t.Errorf("credentials %s", got)
		}
	})
}

// N15: a code to a second address is a second way, to the first address again is none.
func TestN15_SecondAddress(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example", "ada@two.example")
		d.setUp(d.browser(), "ada")
		d.post()
		b := d.browser()
		i := d.proved(b, "ada@two.example", "ada@two.example")
		page := b.get("/recover/second?i="+i).says(t, "One more proof")
		page = b.follow(b.submit(page, "address").expect(t, 303, "/recover/code")).says(t, "We have sent a code to")
		mail := d.post()
		if got := kinds(mail); !slices.Equal(got, []string{"recovery_code ada@one.example"}) {
			t.Fatalf("letters %v", got)
		}
		b.submit(page, "submit", "code", "99999999").expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "code", code8(mail[0])).expect(t, 303, "/recover/password")
		b.post("/recover/password", url.Values{"i": {i}, "new_password": {other}}).expect(t, 303, "/recover/done")
		// Where the tenant wants it so, it is none.
		d.set("recovery", `{"second_address": false}`)
		d.clock.Advance(3 * time.Hour)
		i = d.proved(b, "ada@two.example", "ada@two.example")
		b.post("/recover/second", url.Values{"i": {i}}).expect(t, 303, "/recover/second")
	})
}

// AU02: a model of the steps. Whatever is called out of its turn leads back to the step that is due,
// and nothing changes.
func TestAU02_RecoveryStepsOutOfTurn(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example", "ada@two.example")
		d.setUp(d.browser(), "ada")
		d.post()
		before := d.account(d.ada).Epoch
		type call struct{ method, path string }
		calls := []call{
			{"GET", "/recover/code"}, {"POST", "/recover/code"}, {"POST", "/recover/code/again"}, {"GET", "/recover/second"}, {"POST", "/recover/second"},
			{"GET", "/recover/password"}, {"POST", "/recover/password"}, {"GET", "/signin"}, {"POST", "/signin"}, {"GET", "/signin/other"}, {"GET", "/signin/totp"},
			{"POST", "/signin/totp"}, {"POST", "/signin/recovery-code"}, {"GET", "/signin/password-change"}, {"POST", "/signin/password-change"}, {"POST", "/signup"}, {"POST", "/signup/account"}, {"POST", "/invitation"},
		}
		// what each state answers with success: the step's own pages
		own := map[string][]string{
			"mail":   {"GET /recover/code", "POST /recover/code", "POST /recover/code/again"},
			"second": {"GET /recover/second", "POST /recover/second", "GET /recover/code", "POST /recover/code", "GET /signin/other", "GET /signin/totp", "POST /signin/totp", "POST /signin/recovery-code", "GET /signin", "POST /signin"},
		}
		for _, state := range []string{"none", "mail", "second", "over"} {
			for _, c := range calls {
				b := d.browser()
				i := "int_00000000000000000000000000"
				switch state {
				case "mail":
					d.clock.Advance(4 * time.Hour)
					i = b.recover(t, "nobody@one.example")
				case "second":
					d.clock.Advance(4 * time.Hour)
					i = d.proved(b, "ada@one.example", "ada@one.example")
				case "over":
					i = b.recover(t, "ada@one.example")
					d.clock.Advance(time.Hour)
				}
				form := url.Values{"i": {i}, "code": {"12345678"}, "username": {"ada"}, "password": {"wrong"}, "new_password": {other}, "email": {"a@b.example"}}
				a := b.get(c.path + "?i=" + i)
				if c.method == "POST" {
					a = b.post(c.path, form)
				}
				name := c.method + " " + c.path
				if a.StatusCode == 200 && !slices.Contains(own[state], name) && !strings.Contains(c.path, "/signin") {
					t.Errorf("%s: %s answers 200:\n%s", state, name, a.body)
				}
				if to := a.Header.Get("Location"); a.StatusCode == 303 && strings.HasPrefix(to, "/recover/password") && b.get(to).StatusCode == 200 {
					t.Errorf("%s: %s leads to a new password", state, name)
				}
				// Whatever happened, the password cannot be set now.
				if a := b.post("/recover/password", form); a.StatusCode == 200 || strings.HasPrefix(a.Header.Get("Location"), "/recover/done") {
					t.Errorf("%s, then %s: the password was set: %d %s", state, name, a.StatusCode, a.Header.Get("Location"))
				}
				if len(b.cookie("cardea-session")) > 0 {
					t.Errorf("%s: %s gives a session", state, name)
				}
			}
		}
		if a := d.account(d.ada); a.Epoch != before {
			t.Errorf("epoch %d, was %d", a.Epoch, before)
		}
	})
}

// AU02: facts of somebody else take the place of those that were proved: the recovery begins again.
func TestAU02_RecoveryOfOneWithTheFactorsOfAnother(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		d.owning(d.bob, "bob@one.example")
		d.setUp(d.browser(), "ada")
		p, _ := d.setUp(d.browser(), "bob")
		d.post()
		b := d.browser()
		i := d.proved(b, "ada@one.example", "ada@one.example")
		d.clock.Advance(time.Minute)
		// Bob's password makes the interaction Bob's; his app is not enough for Ada's account, nor for his.
		b.post("/signin", url.Values{"i": {i}, "username": {"bob"}, "password": {good}})
		b.post("/signin/totp", url.Values{"i": {i}, "code": {p.code(d.clock.Now())}})
		b.post("/recover/password", url.Values{"i": {i}, "new_password": {other}}).expect(t, 303, "/recover/code")
		b.post("/recover/code/again", url.Values{"i": {i}}).expect(t, 400, "")
		for _, who := range []string{"ada", "bob"} {
			d.browser().signIn(who, good).expect(t, 303, "")
		}
	})
}

// AU18: what a browser sees is the same for an account, for none, and for one that is disabled or has
// no address. AU19: the same rows are written for all.
func TestAU18_RecoveryTellsNothing(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@known.example")
		d.setUp(d.browser(), "ada")
		d.post()
		var first string
		for _, who := range []string{"ada@known.example", "xyz@known.example", "bob", "not a name"} {
			b := d.browser()
			rows := func() (n [3]int) {
				d.read(func(r *store.Reader) error {
					return r.One([]any{&n[0], &n[1], &n[2]}, "SELECT (SELECT count(*) FROM interaction), (SELECT count(*) FROM mailbox_code), (SELECT count(*) FROM outbox)")
				})
				return n
			}
			before := rows()
			a := b.post("/recover", url.Values{"username": {who}})
			after := rows()
			i := query(t, a.Header.Get("Location"), "i")
			all := wire(a) + fmt.Sprint(after[0]-before[0], after[1]-before[1], after[2]-before[2])
			d.post() // the letter is there, or none is
			for _, step := range []func() answer{
				func() answer { return b.get("/recover/code?i=" + i) },
				func() answer { return b.post("/recover/code/again", url.Values{"i": {i}}) },
				func() answer { return b.post("/recover/code", url.Values{"i": {i}, "code": {"12345678"}}) },
				func() answer { return b.get("/recover/second?i=" + i) },
				func() answer { return b.get("/recover/password?i=" + i) },
				func() answer { return b.get("/signin/other?i=" + i) },
				func() answer { return b.get("/signin/totp?i=" + i) },
			} {
				all += wire(step())
			}
			all = strings.NewReplacer(i, "INT", url.QueryEscape(who), "WHO", who, "WHO").Replace(all)
			if first == "" {
				first = all
			} else if all != first {
				t.Errorf("%s differs:\n%s\n----\n%s", who, first, all)
			}
			d.post()
		}
	})
}

// AU01: the links of letters come from the configuration alone.
func TestAU01_RecoveryLinkFromTheConfiguredOrigin(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		for _, h := range []http.Header{
			{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-Port": {"81"}, "X-Forwarded-Prefix": {"/evil"}},
			{"Forwarded": {"host=evil.example;proto=http"}}, {"X-Original-Host": {"evil.example"}}, {"Referer": {"https://evil.example/"}},
		} {
			d.clock.Advance(4 * time.Hour)
			b := d.browser()
			b.send("POST", "/recover", url.Values{"username": {"ada"}}, h).expect(t, 303, "/recover/code")
			if m := d.letter(notify.RecoveryCode, "ada@one.example"); !strings.HasPrefix(m.Values["link"], configured+"/recover/code?code=") {
				t.Errorf("%v: %s", h, m.Values["link"])
			}
		}
		if a := d.browser().send("POST", "/recover", url.Values{"username": {"ada"}}, http.Header{"Host": {"evil.example"}}); a.StatusCode != 421 {
			t.Errorf("unknown host: %d", a.StatusCode)
		}
		if got := kinds(d.post()); len(got) != 0 {
			t.Errorf("letters %v", got)
		}
	})
}

// AU03: one parameter, one value, of a form.
func TestAU03_RecoveryTakesOneAddress(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		d.set("registration", openRules)
		b := d.browser()
		i := string(b.begin(interaction.Account, interaction.About{}))
		for _, path := range []string{"/recover", "/signup"} {
			b.post(path, url.Values{"i": {i}, "terms": {"2026-11"}, "username": {"ada@one.example", "evil@one.example"}, "email": {"ada@one.example", "evil@one.example"}}).expect(t, 400, "")
			if a := b.raw(path, "application/json", `{"i":"`+i+`","username":["ada@one.example","evil@one.example"],"email":["ada@one.example"]}`); a.StatusCode != 415 {
				t.Errorf("%s takes JSON: %d", path, a.StatusCode)
			}
			b.post(path, url.Values{"i": {i}, "username[]": {"ada@one.example"}, "email[]": {"ada@one.example"}})
			b.post(path, url.Values{"i": {i}, "username": {"ada@one.example,evil@one.example"}, "email": {"ada@one.example,evil@one.example"}})
			b.post(path, url.Values{"i": {i}, "username": {"ada@one.example\nBcc: evil@one.example"}, "email": {"ada@one.example\r\nBcc: evil@one.example"}})
		}
		if got := kinds(d.post()); len(got) != 0 {
			t.Errorf("letters %v", got)
		}
	})
}

// AU33: a thousand wishes send at most three letters an hour, and each gets the same answer.
func TestAU33_AThousandRecoveries(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		b := d.browser()
		sent := 0
		for n := range 1000 {
			if b.post("/recover", url.Values{"username": {"ada"}}).StatusCode != 303 {
				t.Fatal("refused")
			}
			if n%50 == 0 {
				sent += len(d.post())
			}
			d.clock.Advance(3 * time.Second)
		}
		if sent += len(d.post()); sent != 3 {
			t.Errorf("%d letters in 50 minutes", sent)
		}
	})
}

// AU04: the link of an administrator is worth one password, while the account is what it was.
func TestAU04_RecoveryLink(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		d.setUp(d.browser(), "ada")
		make := func(w accountrecovery.Wish) string {
			l, err := d.recovering.MakeLink(t.Context(), operator, id.Default, d.ada, w)
			if err != nil {
				t.Fatal(err)
			}
			if w.Mail {
				return pathOf(t, d.letter(notify.RecoveryLink, "ada@one.example").Values["link"])
			}
			return pathOf(t, l.URL.Reveal())
		}
		open := func(link string) answer { return d.browser().get(link) }
		use := func(link, with string) answer {
			b := d.browser()
			return b.submit(b.get(link).expect(t, 200, ""), "submit", "new_password", with)
		}
		link := make(accountrecovery.Wish{})
		open(link).expect(t, 200, "").says(t, "Choose a new password")
		use(link, other).expect(t, 303, "/recover/done")
		open(link).expect(t, 404, "") // second use
		if got := fmt.Sprint(d.credentials(d.ada)); got != "[password recovery_code totp]" {
			t.Errorf("credentials %s", got)
		}
		// The password changed by another way; another link was used.
		link, more := make(accountrecovery.Wish{}), make(accountrecovery.Wish{})
		use(more, good).expect(t, 303, "/recover/done")
		open(link).expect(t, 404, "")
		link = make(accountrecovery.Wish{})
		if err := d.passwords.Set(t.Context(), operator, id.Default, d.ada, other, false); err != nil {
			t.Fatal(err)
		}
		open(link).expect(t, 404, "")
		// The exact second of its end; by mail.
		d.post()
		link = make(accountrecovery.Wish{Mail: true, WithoutFactors: true})
		d.clock.Advance(24*time.Hour - time.Second)
		open(link).expect(t, 200, "").says(t, "also removes the passkeys")
		d.clock.Advance(time.Second)
		open(link).expect(t, 404, "")
		// With the factors.
		use(make(accountrecovery.Wish{WithoutFactors: true}), good).expect(t, 303, "/recover/done")
		if got := fmt.Sprint(d.credentials(d.ada)); got != "[password]" {
			t.Errorf("credentials %s", got)
		}
		// Of another kind, and in another tenant's hands nothing.
		link = make(accountrecovery.Wish{})
		open(strings.Replace(link, "/recover/link", "/invitation", 1)).expect(t, 404, "")
		open(strings.Replace(link, "/recover/link", "/not-me", 1)).expect(t, 404, "")
		d.browser().post("/recover/link", url.Values{"t": {"cdr_rl_x"}, "new_password": {good}}).expect(t, 404, "")
	})
}

// "This wasn't me" ends what is running, once, and leads into a recovery.
func TestAU04_NotMe(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		if err := d.passwords.Set(t.Context(), operator, id.Default, d.ada, good, false); err != nil {
			t.Fatal(err)
		}
		d.clock.Advance(4 * time.Hour)
		b := d.browser()
		done := d.proved(b, "ada", "ada@one.example")
		b.post("/recover/password", url.Values{"i": {done}, "new_password": {other}}).expect(t, 303, "/recover/done")
		link := pathOf(t, d.letter(notify.Recovered, "ada@one.example").NotMe)
		thief := d.browser()
		thief.signIn("ada", other)
		thief.get("/account").expect(t, 200, "")

		d.clock.Advance(4 * time.Hour)
		thief.signIn("ada", other)
		b = d.browser()
		page := b.get(link).expect(t, 200, "").says(t, "That wasn’t you?")
		if len(d.sessions(d.ada)) == 0 {
			t.Error("looking ended sessions")
		}
		page = b.follow(b.submit(page, "submit").expect(t, 303, "/recover/code")).says(t, "If there is an account")
		if n := len(d.sessions(d.ada)); n != 0 {
			t.Errorf("%d sessions", n)
		}
		thief.get("/account").expect(t, 303, "/signin")
		b.submit(page, "submit", "code", code8(d.letter(notify.RecoveryCode, "ada@one.example"))).expect(t, 303, "/recover/password")
		// Once; the password is what it was, the account is enabled.
		d.browser().get(link).expect(t, 404, "")
		d.browser().post("/not-me", url.Values{"t": {query(t, link, "t")}}).expect(t, 404, "")
		d.browser().signIn("ada", other).expect(t, 303, "")
		d.browser().get("/not-me?t=x").expect(t, 404, "")
	})
}
