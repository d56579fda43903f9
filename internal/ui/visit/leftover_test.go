package visit_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/notify"
	accountrecovery "github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// halfway is a sign-in of ada's in which the password was proved and the app is asked for.
func (d *doors) halfway(t *testing.T, password string) (*browse, interaction.ID) {
	t.Helper()
	b := d.browser()
	i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
	b.submit(b.get("/signin?i="+string(i)), "submit", "username", "ada")
	b.submit(b.get("/signin?i="+string(i)).expect(t, 200, ""), "submit", "password", password).expect(t, 303, "/signin/totp")
	return b, i
}

// AU27: a password that was proved before it changed opens nothing after, whoever changed it.
func TestAU27_AHalfSignInEndsWithItsPassword(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		home := d.browser()
		p, _ := d.setUp(home, "ada")
		d.post()
		now := good
		for _, who := range []string{"an administrator", "an administrator who ends all", "a recovery"} {
			next := map[string]string{good: other, other: good}[now]
			d.clock.Advance(4 * time.Hour)
			b, back := d.browser(), ""
			if who == "a recovery" {
				back = d.recoverable(b, p)
			}
			thief, i := d.halfway(t, now)
			d.clock.Advance(time.Minute)
			if back == "" {
				if err := d.passwords.Set(t.Context(), operator, id.Default, d.ada, next, strings.HasSuffix(who, "all")); err != nil {
					t.Fatal(err)
				}
			} else {
				b.post("/recover/password", url.Values{"i": {back}, "new_password": {next}}).expect(t, 303, "/recover/done")
			}
			now = next
			d.clock.Advance(time.Minute)
			before := d.begun(d.ada)
			a := thief.post("/signin/totp", url.Values{"i": {string(i)}, "code": {p.code(d.clock.Now())}})
			if n := d.begun(d.ada) - before; n != 0 {
				t.Errorf("%s: a session began with the old password: %d %s", who, a.StatusCode, a.Header.Get("Location"))
			}
			thief.get("/signin/totp?i="+string(i)).expect(t, 303, "/signin")
			thief.get("/account").expect(t, 303, "/signin")
			if facts := thief.interaction(i).Facts; len(facts) != 0 {
				t.Errorf("%s: proved: %v", who, facts)
			}
		}
	})
}

// recoverable is a recovery of ada's, by mail and by her app, that waits for the new password.
func (d *doors) recoverable(b *browse, p phone) string {
	d.t.Helper()
	i := d.proved(b, "ada", "ada@one.example")
	d.clock.Advance(time.Minute)
	b.post("/signin/totp", url.Values{"i": {i}, "code": {p.code(d.clock.Now())}}).expect(d.t, 303, "/recover/password")
	return i
}

// AU04: of recoveries under way one ends with a new password; codes and proofs of the others are worth
// nothing after it, and nothing after another change or "this wasn't me".
func TestAU04_ARecoveryEndsTheOthers(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		link := d.notMe(d.ada, "ada@one.example")
		for name, end := range map[string]func(){
			"a recovery": func() {
				b := d.browser()
				i := d.proved(b, "ada", "ada@one.example")
				b.post("/recover/password", url.Values{"i": {i}, "new_password": {good}}).expect(t, 303, "/recover/done")
			},
			"an administrator's link": func() {
				l, err := d.recovering.MakeLink(t.Context(), operator, id.Default, d.ada, accountrecovery.Wish{})
				if err != nil {
					t.Fatal(err)
				}
				b := d.browser()
				b.submit(b.get(pathOf(t, l.URL.Reveal())), "submit", "new_password", good).expect(t, 303, "/recover/done")
			},
			"a change": func() {
				if err := d.passwords.Set(t.Context(), operator, id.Default, d.ada, good, false); err != nil {
					t.Fatal(err)
				}
			},
			"this wasn't me": func() { b := d.browser(); b.submit(b.get(link), "submit").expect(t, 303, "/recover/code") },
		} {
			d.clock.Advance(4 * time.Hour)
			d.post()
			thief, early := d.browser(), d.browser()
			i := d.proved(thief, "ada", "ada@one.example")
			j := early.recover(t, "ada")
			code := code8(d.letter(notify.RecoveryCode, "ada@one.example"))
			d.clock.Advance(time.Second)
			end()
			epoch := d.account(d.ada).Epoch
			thief.post("/recover/password", url.Values{"i": {i}, "new_password": {other}}).expect(t, 303, "/recover/code")
			early.post("/recover/code", url.Values{"i": {j}, "code": {code}})
			early.post("/recover/password", url.Values{"i": {j}, "new_password": {other}}).expect(t, 303, "/recover/code")
			if now := d.account(d.ada).Epoch; now != epoch {
				t.Errorf("after %s: epoch %d, was %d", name, now, epoch)
			}
		}
	})
}

// AU04: a link or code of one tenant or person opens nothing in another's hands.
func TestAU04_LinksOfOthers(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.bob, "bob@one.example")
		notMe := d.notMe(d.ada, "ada@one.example")
		l, err := d.recovering.MakeLink(t.Context(), operator, id.Default, d.ada, accountrecovery.Wish{})
		if err != nil {
			t.Fatal(err)
		}
		link := pathOf(t, l.URL.Reveal())
		const beta = "beta"
		if _, err := tenant.Create(t.Context(), d.g, operator, id.Default, tenant.Tenant{Name: beta}); err != nil {
			t.Fatal(err)
		}
		// Each kind at each other's door, and at its own door of another tenant.
		for _, path := range []string{link, notMe} {
			token := query(t, path, "t")
			for _, door := range []string{"/recover/link", "/not-me", "/invitation", "/setup"} {
				own := len(path) > len(door) && path[:len(door)] == door
				if !own {
					d.browser().get(door+"?t="+url.QueryEscape(token)).expect(t, 404, "")
					b := d.browser()
					i := string(b.begin(interaction.Account, interaction.About{}))
					b.post(door, url.Values{"i": {i}, "t": {token}, "new_password": {other}, "username": {"zoe"}, "name": {"x"}}).expect(t, 404, "")
				}
				d.browser().get("/t/"+beta+door+"?t="+url.QueryEscape(token)).expect(t, 404, "")
				if a := d.browser().post("/t/"+beta+door, url.Values{"t": {token}, "new_password": {other}}); a.StatusCode != 404 && a.StatusCode != 400 {
					t.Errorf("%s in another tenant: %d %s", door, a.StatusCode, a.Header.Get("Location"))
				}
			}
		}
		// What a browser has begun for bob, ada's link does not end; and a code for ada proves nothing there.
		b, c := d.browser(), d.browser()
		i, j := b.recover(t, "bob"), ""
		d.post()
		j = c.recover(t, "ada")
		code := code8(d.letter(notify.RecoveryCode, "ada@one.example"))
		b.post("/recover/code", url.Values{"i": {i}, "code": {code}}).expect(t, 200, "").says(t, "not right")
		b.post("/recover/code", url.Values{"i": {j}, "code": {code}}).expect(t, 400, "") // another browser's
		b.post("/t/"+beta+"/recover/code", url.Values{"i": {j}, "code": {code}}).expect(t, 400, "")
		if d.done("recovery.mail") != 1 { // that of notMe
			t.Error("a code was taken")
		}
		// "This wasn't me" outlives a change of the password: whoever changed it may be who it is about.
		if err := d.passwords.Set(t.Context(), operator, id.Default, d.ada, good, true); err != nil {
			t.Fatal(err)
		}
		d.browser().get(notMe).expect(t, 200, "")
		d.browser().get(link).expect(t, 404, "")
		// It has its end, too.
		d.clock.Advance(notify.NotMeLife)
		d.browser().get(notMe).expect(t, 404, "")
	})
}

// AU27: after a recovery, and after "this wasn't me", nothing is left of what was running.
func TestAU27_NothingOutlivesARecovery(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("assurance", `{"remember_days":30}`)
		d.set("registration", `{"open": true}`)
		link := d.notMe(d.ada, "ada@one.example")
		for name, end := range map[string]func(){
			"this wasn't me": func() { b := d.browser(); b.submit(b.get(link), "submit").expect(t, 303, "/recover/code") },
			"a recovery": func() {
				b := d.browser()
				i := d.proved(b, "ada", "ada@one.example")
				b.post("/recover/password", url.Values{"i": {i}, "new_password": {other}}).expect(t, 303, "/recover/done")
			},
		} {
			d.clock.Advance(4 * time.Hour)
			d.post()
			thief := d.browser()
			thief.signIn("ada", other).expect(t, 303, "")
			s := d.sessions(d.ada)[0]
			epoch := d.account(d.ada).Epoch
			grants := []issued.GrantID{d.grantAt("HireMe123 "+name, string(s.ID), epoch), d.grantAt("Offline "+name, "", epoch)}
			d.write(func(tx *store.Tx) error {
				_, err := assurance.Remember(tx, id.Default, d.ada, s.Device)
				return err
			})
			for _, g := range grants {
				if !d.stands(g) {
					t.Fatal("a grant does not stand before")
				}
			}
			d.clock.Advance(time.Second)
			end()
			for n, g := range grants {
				if d.stands(g) {
					t.Errorf("%s: grant %d stands", name, n)
				}
			}
			if n := len(d.sessions(d.ada)); n != 0 {
				t.Errorf("%s: %d sessions", name, n)
			}
			d.read(func(r *store.Reader) error {
				if is, err := assurance.Remembered(r, id.Default, d.ada, s.Device); err != nil || is {
					t.Errorf("%s: the browser is remembered: %v %v", name, is, err)
				}
				return nil
			})
			if n := d.count("SELECT count(*) FROM password_device WHERE account = $1", d.ada); n != 0 {
				t.Errorf("%s: %d browsers are known", name, n)
			}
			if now := d.account(d.ada).Epoch; now != epoch+1 {
				t.Errorf("%s: epoch %d, was %d: tokens live", name, now, epoch)
			}
			thief.get("/account").expect(t, 303, "/signin")
		}
	})
}

// grantAt is grant of an account's present epoch.
func (d *doors) grantAt(name, in string, epoch int64) issued.GrantID {
	d.t.Helper()
	far := d.clock.Now().Add(time.Hour)
	g := issued.Grant{ID: issued.NewGrantID(d.clock.Now()), Client: d.world.app(name).ID, Account: d.ada, Epoch: epoch, Session: in, ExpiresAt: far, IdleUntil: far}
	d.write(func(tx *store.Tx) error { return issued.InsertGrant(tx, id.Default, g) })
	return g.ID
}

// AU04: the mail of a sign-in is worth nothing in another person's sign-in, another tenant, in a sign-in
// that is about somebody else, and for an account that was disabled meanwhile.
func TestAU04_LinkOfMailInOtherHands(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		if _, err := tenant.Create(t.Context(), c.g, operator, id.Default, tenant.Tenant{Name: "beta"}); err != nil {
			t.Fatal(err)
		}
		b, eve := c.browser(), c.browser()
		page, _ := b.mail(t, "ada")
		m := c.letters()[0]
		link := local(t, m.Values["link"])
		token := query(t, link, "t")
		theirs, j := eve.mail(t, "bob")
		eve.submit(theirs, "submit", "code", m.Values["code"]).expect(t, 200, "").says(t, "not right")
		eve.post("/signin/email/link", url.Values{"t": {token}, "i": {string(j)}}).expect(t, 200, "").says(t, "Go back to the browser")
		for _, at := range []*browse{b, eve} {
			at.get("/t/beta"+link).expect(t, 404, "")
			at.post("/t/beta/signin/email/link", url.Values{"t": {token}}).expect(t, 404, "")
		}
		// A sign-in that is about bob takes no mail of ada's, whoever is typed.
		c.clock.Advance(time.Minute)
		before := len(c.letters())
		about := eve.begin(interaction.Authorize, interaction.About{Account: c.bob})
		eve.post("/signin", url.Values{"i": {string(about)}, "username": {"ada"}})
		eve.post("/signin/email/send", url.Values{"i": {string(about)}})
		if n := len(c.letters()) - before; n != 0 {
			t.Errorf("%d letters to somebody whom the sign-in is not about", n)
		}
		if len(c.sessions(c.ada))+len(c.sessions(c.bob)) != 0 {
			t.Error("signed in")
		}
		c.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, c.ada, tx.Now()) })
		b.submit(page, "submit", "code", m.Values["code"]).expect(t, 200, "").says(t, "not right")
		b.post("/signin/email/link", url.Values{"t": {token}}).expect(t, 404, "")
		// A refusal uses nothing up: the owner, enabled again in time, goes on.
		c.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, c.ada, time.Time{}) })
		b.submit(b.get(link).expect(t, 200, ""), "submit").expect(t, 303, "/oauth/authorize/resume")
	})
}
