package visit_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	accountrecovery "github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/store"
)

// crowd is how many ask for the same at once.
const crowd = 50

// shot is a form that a browser is about to send.
type shot struct {
	b    *browse
	path string
	form url.Values
}

// aim is what submit would send.
func (b *browse) aim(a answer, button string, typed ...string) shot {
	b.w.t.Helper()
	form := a.byID(button)
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	if form == nil {
		b.w.t.Fatalf("no form with #%s on the page %d:\n%s", button, a.StatusCode, a.body)
	}
	values := url.Values{}
	for _, n := range (answer{page: form}).all(func(n *htmlNode) bool { return n.Data == "input" || attr(n, "id") == button }) {
		if name := attr(n, "name"); name != "" {
			values.Add(name, attr(n, "value"))
		}
	}
	for i := 0; i+1 < len(typed); i += 2 {
		values.Set(typed[i], typed[i+1])
	}
	return shot{b, attr(form, "action"), values}
}

func (s shot) fire() (where string, err error) {
	req, err := http.NewRequest(http.MethodPost, s.b.w.http.URL+s.path, strings.NewReader(s.form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {s.b.w.http.URL}}
	res, err := s.b.http.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "", err
	}
	path, _, _ := strings.Cut(res.Header.Get("Location"), "?")
	return strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", path)), nil
}

// rush sends all forms at once and counts the answers. None may be a fault; 503 is a machine too busy
// to hash one more password, which says when to come back.
func (w *world) rush(shots []shot) map[string]int {
	w.t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	out, start := map[string]int{}, make(chan struct{})
	for _, s := range shots {
		wg.Go(func() {
			<-start
			where, err := s.fire()
			if err != nil {
				where = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			out[where]++
		})
	}
	close(start)
	wg.Wait()
	for where, n := range out {
		if !strings.HasPrefix(where, "2") && !strings.HasPrefix(where, "3") && !strings.HasPrefix(where, "4") && where != "503" {
			w.t.Errorf("%d answers are %s", n, where)
		}
	}
	return out
}

func (s shot) times(n int) (out []shot) {
	for range n {
		out = append(out, s)
	}
	return out
}

// count reads one number.
func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	w.read(func(r *store.Reader) error { return r.One([]any{&n}, sql, args...) })
	return n
}

// done is how often the log says that a verb was done.
func (w *world) done(verb string) int {
	w.t.Helper()
	return w.count("SELECT count(*) FROM event WHERE action = $1 AND outcome = 'done'", verb)
}

// begun is how many sessions an account ever had.
func (w *world) begun(who account.ID) int {
	w.t.Helper()
	return w.count("SELECT count(*) FROM session WHERE tenant = $1 AND account = $2", id.Default, who)
}

func (w *world) accounts() int {
	w.t.Helper()
	return w.count("SELECT count(*) FROM account WHERE tenant = $1", id.Default)
}

// wantOne asserts that one answer went there.
func wantOne(t *testing.T, got map[string]int, where string) {
	t.Helper()
	if got[where] != 1 {
		t.Errorf("%d times %s: %v", got[where], where, got)
	}
}

// AU04: fifty browsers accept one invitation at once.
func TestAU04_InvitationAcceptedByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		if _, err := d.joining.Invite(t.Context(), operator, id.Default, registration.Invited{Email: "eve@new.example", Tenant: "Acme"}); err != nil {
			t.Fatal(err)
		}
		link := pathOf(t, d.letter(notify.Invitation, "eve@new.example").Values["link"])
		var shots []shot
		for range crowd {
			b := d.browser()
			shots = append(shots, b.aim(b.follow(b.get(link)).expect(t, 200, ""), "submit", "new_password", good))
		}
		wantOne(t, d.rush(shots), "303 /account")
		if n, m := d.accounts(), d.count("SELECT count(*) FROM session"); n != 3 || m != 1 {
			t.Errorf("%d accounts, %d sessions", n, m)
		}
	})
}

// AU04: one registration is finished fifty times at once, and fifty begun with one address.
func TestAU04_RegistrationFinishedByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		b := d.browser()
		page := d.signUp(b, "eve@new.example")
		code := code8(d.letter(notify.VerifyCode, "eve@new.example"))
		d.rush(b.aim(page, "submit", "code", code).times(crowd))
		if n := d.done("registration.confirm"); n != 1 {
			t.Errorf("%d proofs", n)
		}
		i := query(t, page.Request.URL.String(), "i")
		last := b.get("/signup/account?i="+i).expect(t, 200, "")
		d.rush(b.aim(last, "submit", "new_password", good, "name", "Eve").times(crowd))
		if n, m := d.accounts(), d.count("SELECT count(*) FROM session"); n != 3 || m != 1 {
			t.Errorf("%d accounts, %d sessions", n, m)
		}
	})
}

// AU04, CG05: one recovery gives one new password, whoever asks at once.
func TestAU04_RecoveryEndedByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		b := d.browser()
		i := b.recover(t, "ada")
		d.rush(shot{b, "/recover/code", url.Values{"i": {i}, "code": {code8(d.letter(notify.RecoveryCode, "ada@one.example"))}}}.times(crowd))
		if n := d.done("recovery.mail"); n != 1 {
			t.Errorf("%d proofs", n)
		}
		before := d.account(d.ada).Epoch
		wantOne(t, d.rush(shot{b, "/recover/password", url.Values{"i": {i}, "new_password": {other}}}.times(crowd)), "303 /recover/done")
		if after := d.account(d.ada).Epoch; after != before+1 {
			t.Errorf("epoch %d, was %d", after, before)
		}
		// An administrator's link, in fifty browsers.
		d.clock.Advance(4 * time.Hour)
		l, err := d.recovering.MakeLink(t.Context(), operator, id.Default, d.ada, accountrecovery.Wish{})
		if err != nil {
			t.Fatal(err)
		}
		var shots []shot
		for range crowd {
			c := d.browser()
			shots = append(shots, c.aim(c.get(pathOf(t, l.URL.Reveal())).expect(t, 200, ""), "submit", "new_password", good))
		}
		wantOne(t, d.rush(shots), "303 /recover/done")
		if after := d.account(d.ada).Epoch; after != before+2 {
			t.Errorf("epoch %d, was %d", after, before)
		}
	})
}

// AU04: fifty browsers say "this wasn't me" by one link.
func TestAU04_NotMeSaidByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		link := d.notMe(d.ada, "ada@one.example")
		before := d.account(d.ada).Epoch
		var shots []shot
		for range crowd {
			b := d.browser()
			shots = append(shots, b.aim(b.get(link).expect(t, 200, ""), "submit"))
		}
		wantOne(t, d.rush(shots), "303 /recover/code")
		if after := d.account(d.ada).Epoch; after != before+1 {
			t.Errorf("epoch %d, was %d", after, before)
		}
		if got := kinds(d.post()); len(got) != 1 {
			t.Errorf("letters %v", got)
		}
	})
}

// notMe gives an account an address and changes its password by a recovery; it returns the path of the
// link "this wasn't me" in the notice.
func (d *doors) notMe(who account.ID, to string) string {
	d.t.Helper()
	d.owning(who, to)
	d.post()
	b := d.browser()
	i := d.proved(b, to, to)
	b.post("/recover/password", url.Values{"i": {i}, "new_password": {other}}).expect(d.t, 303, "/recover/done")
	link := pathOf(d.t, d.letter(notify.Recovered, to).NotMe)
	d.clock.Advance(4 * time.Hour)
	return link
}

// AU04, AU09: one mail signs in once, by its link and by its code.
func TestAU04_MailUsedByACrowd(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		b := c.browser()
		b.mail(t, "ada")
		page := b.get(local(t, c.letters()[0].Values["link"])).expect(t, 200, "")
		wantOne(t, c.rush(b.aim(page, "submit").times(crowd)), "303 /oauth/authorize/resume")
		if n := c.begun(c.ada); n != 1 {
			t.Errorf("%d sessions by a link", n)
		}
		d := c.browser()
		page, _ = d.mail(t, "ada")
		wantOne(t, c.rush(d.aim(page, "submit", "code", c.letters()[0].Values["code"]).times(crowd)), "303 /oauth/authorize/resume")
		if n := c.begun(c.ada); n != 2 {
			t.Errorf("%d sessions by link and code", n)
		}
	})
}

// AU09: one code of a text message, spent fifty times at once, is one proof.
func TestAU09_TextMessageUsedByACrowd(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		c.verified("+4930123456")
		b := c.browser()
		i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
		b.submit(b.get("/signin?i="+string(i)), "submit", "username", "ada")
		b.password(b.get("/signin?i="+string(i)), "ada").expect(t, 303, "/signin/sms")
		b.post("/signin/sms/send", url.Values{"i": {string(i)}}).expect(t, 303, "/signin/sms")
		wantOne(t, c.rush(shot{b, "/signin/sms", url.Values{"i": {string(i)}, "code": {c.letters()[0].Values["code"]}}}.times(crowd)), "303 /oauth/authorize/resume")
		if n := c.begun(c.ada); n != 1 {
			t.Errorf("%d sessions", n)
		}
		if n := c.done("phone.verify"); n != 1 {
			t.Errorf("%d proofs", n)
		}
	})
}

// AU09: one approval is given once and used once.
func TestAU09_ApprovalAnsweredByACrowd(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		home, away, page := c.devices(t)
		page = away.follow(away.submit(page, "ask"))
		number := text(page.byID("number"))
		ask := home.get("/account/approve").expect(t, 200, "")
		request := attr(ask.all(func(n *htmlNode) bool { return attr(n, "name") == "request" })[0], "value")
		c.rush(shot{home, "/account/approve", url.Values{"request": {request}, "number": {number}}}.times(crowd))
		if n := c.done("account.answer_approval"); n != 1 {
			t.Errorf("%d answers", n)
		}
		before := c.begun(c.ada)
		wantOne(t, c.rush(away.aim(page, "submit").times(crowd)), "303 /oauth/authorize/resume")
		if n := c.begun(c.ada) - before; n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// AU04: of two recoveries that have come as far, and of two links of administrators, one wins, however
// they meet: the other was for the password of before.
func TestAU04_TwoRecoveriesMeet(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.ada, "ada@one.example")
		var shots []shot
		for _, password := range []string{good + " one", good + " two"} {
			b := d.browser()
			i := d.proved(b, "ada", "ada@one.example")
			shots = append(shots, shot{b, "/recover/password", url.Values{"i": {i}, "new_password": {password}}}.times(crowd/2)...)
		}
		before := d.account(d.ada).Epoch
		wantOne(t, d.rush(shots), "303 /recover/done")
		shots = nil
		for _, password := range []string{good + " three", good + " four"} {
			l, err := d.recovering.MakeLink(t.Context(), operator, id.Default, d.ada, accountrecovery.Wish{})
			if err != nil {
				t.Fatal(err)
			}
			b := d.browser()
			shots = append(shots, b.aim(b.get(pathOf(t, l.URL.Reveal())).expect(t, 200, ""), "submit", "new_password", password).times(crowd/2)...)
		}
		wantOne(t, d.rush(shots), "303 /recover/done")
		if after := d.account(d.ada).Epoch; after != before+2 {
			t.Errorf("epoch %d, was %d", after, before)
		}
	})
}

// AU25: one link sets up one owner.
func TestAU25_SetUpByACrowd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l, err := w.setup.Link(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var shots []shot
		for n := range crowd {
			b := w.browser()
			shots = append(shots, b.aim(b.get(l.Reveal()).expect(t, 200, ""), "submit", "username", fmt.Sprint("root", n), "password", good))
		}
		wantOne(t, w.rush(shots), "303 /account")
		if n, m := w.accounts(), w.count("SELECT count(*) FROM account_role WHERE role = 'owner'"); n != 3 || m != 1 {
			t.Errorf("%d accounts, %d owners", n, m)
		}
	})
}

// AU22: one code makes one address the account's, once.
func TestAU22_AddressConfirmedByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		b := d.browser()
		b.signIn("ada", good)
		page := b.get("/account/addresses").expect(t, 200, "")
		page = b.follow(b.submit(page, "submit", "email", "ada@new.example").expect(t, 303, "/account/addresses"))
		code := code8(d.letter(notify.VerifyCode, "ada@new.example"))
		d.rush(b.aim(page, "submit", "code", code).times(crowd))
		if a := d.account(d.ada); len(a.Verified()) != 1 || a.Verified()[0] != "ada@new.example" {
			t.Errorf("addresses %v", a.Emails)
		}
		if got := kinds(d.post()); len(got) != 1 {
			t.Errorf("letters %v", got)
		}
	})
}
