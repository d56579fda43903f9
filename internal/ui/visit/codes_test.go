package visit_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
	"github.com/cardea-iam/cardea/internal/ui/code"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/web"
)

// codes are the factors of codes with their pages.
type codes struct {
	*world
	app   *totp.Room
	paper *recovery.Room
}

func eachWithCodes(t *testing.T, fn func(t *testing.T, w codes)) {
	t.Helper()
	var c codes
	var pages *code.Room
	var desk *own.Desk
	eachWith(t, func(w *world) ([]signin.Factor, []web.Route) {
		root := secret.NewRoot([32]byte{7})
		limits := must(throttle.New(w.g, root, throttle.Rules{}, nil))
		hook := func(*store.Tx, id.Tenant, account.ID) error { return nil }
		c = codes{world: w, app: must(totp.New(w.g, root, limits, totp.Hooks{Added: hook, Removed: hook}))}
		c.paper = must(recovery.New(w.g, root, limits, recovery.Hooks{Made: hook, Beside: c.app.Enrolled,
			Spent: func(*store.Tx, id.Tenant, account.ID, int) error { return nil }}))
		translate := func(rw http.ResponseWriter, r *web.Request, err error) bool {
			return notice.NewPages(w.visits).Translate(rw, r, err)
		}
		pages = &code.Room{TOTP: c.app, Recovery: c.paper, Translate: translate}
		desk = &own.Desk{Translate: translate}
		return []signin.Factor{c.app, c.paper}, append(pages.Routes(), (&security.Codes{Desk: desk, TOTP: c.app, Recovery: c.paper}).Routes()...)
	}, func(t *testing.T, w *world) {
		pages.Visits, desk.Visits = w.visits, w.visits
		fn(t, c)
	})
}

// phone is an authenticator app: it computes codes by itself from the key on the page.
type phone struct{ seed []byte }

func scan(t *testing.T, page answer) phone {
	t.Helper()
	seed, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(text(page.byID("totp-key")), " ", ""))
	if err != nil || len(seed) != 20 {
		t.Fatalf("no key on the page: %v\n%s", err, page.body)
	}
	u, err := url.Parse(attr(page.byID("totp-open"), "href"))
	if err != nil || u.Query().Get("secret") != base32.StdEncoding.EncodeToString(seed) {
		t.Fatalf("the link has another key: %s", u)
	}
	return phone{seed}
}

func (p phone) code(at time.Time) string {
	m := hmac.New(sha1.New, p.seed)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := m.Sum(nil)
	o := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[o:])&0x7fffffff)%1_000_000)
}

// wrongCode is six digits that no step around now has.
func (p phone) wrongCode(now time.Time) string {
	for n := 0; ; n++ {
		text := fmt.Sprintf("%06d", n)
		if !slices.Contains([]string{p.code(now.Add(-30 * time.Second)), p.code(now), p.code(now.Add(30 * time.Second))}, text) {
			return text
		}
	}
}

// setUp signs a person in, sets up their app and returns it with the recovery codes that come along.
func (c codes) setUp(b *browse, name string) (phone, []string) {
	t := c.t
	t.Helper()
	b.password(b.follow(b.get("/account")), name).expect(t, 303, "/account")
	b.get(security.PathAuthenticator).expect(t, 200, "").says(t, "No app is set up")
	page := b.get(security.PathAddAuthenticator).expect(t, 200, "")
	p := scan(t, page)
	if len(page.all(func(n *htmlNode) bool { return n.Data == "svg" && attr(n, "class") == "qr" })) != 1 {
		t.Fatal("no picture to scan")
	}
	if again := scan(t, b.submit(page, "submit", "code", p.wrongCode(c.clock.Now())).expect(t, 200, "").says(t, "not right")); !slices.Equal(again.seed, p.seed) {
		t.Fatal("after a wrong code the key is another")
	}
	page = b.follow(b.submit(page, "submit", "code", p.code(c.clock.Now())).expect(t, 303, security.PathRecoveryCodes)).says(t, "is set up")
	var sheet []string
	for _, n := range page.all(func(n *htmlNode) bool { return n.Data == "code" }) {
		sheet = append(sheet, text(n))
	}
	if len(sheet) != recovery.Codes {
		t.Fatalf("%d codes", len(sheet))
	}
	c.clock.Advance(time.Minute)
	return p, sheet
}

// password goes from the page that asks for a name to what follows the right password.
func (b *browse) password(page answer, name string) answer {
	b.w.t.Helper()
	if page.byID("password") == nil {
		page = b.follow(b.submit(page, "submit", "username", name))
	}
	return b.submit(page, "submit", "password", good)
}

// ask begins a sign-in that wants two factors and proves the password.
func (b *browse) ask(t *testing.T, name string) (answer, interaction.ID) {
	t.Helper()
	i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
	return b.password(b.get("/signin?i="+string(i)), name), i
}

func TestStoryOfAnAuthenticatorApp(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		home := c.browser()
		p, sheet := c.setUp(home, "ada")
		file := home.get(security.PathRecoveryCodesText).expect(t, 200, "")
		if !strings.Contains(file.body, strings.Join(sheet, "\n")) || !strings.Contains(file.Header.Get("Content-Disposition"), "attachment") || file.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v\n%s", file.Header, file.body)
		}
		kept := home.follow(home.submit(home.get(security.PathRecoveryCodes), "kept")).says(t, "not shown again", "Codes left: 10 of 10")
		if strings.Contains(kept.body, sheet[0]) {
			t.Error("the codes are shown after that")
		}
		home.get(security.PathRecoveryCodesText).expect(t, 303, security.PathRecoveryCodes)

		b := c.browser()
		a, _ := b.ask(t, "ada")
		page := b.follow(a.expect(t, 303, "/signin/totp")).says(t, "Code from your app", "ADA")
		page = b.submit(page, "submit", "code", p.wrongCode(c.clock.Now())).expect(t, 200, "").says(t, "not right")
		code := p.code(c.clock.Now())
		b.submit(page, "submit", "code", code[:3]+" "+code[3:]).expect(t, 303, "/oauth/authorize/resume")
		if s := c.sessions(c.ada)[0]; s.Strength().Level != 2 {
			t.Errorf("%+v", s.Facts)
		}
		// The same code in another sign-in, then a recovery code.
		d := c.browser()
		a, _ = d.ask(t, "ada")
		page = d.submit(d.follow(a), "submit", "code", code).expect(t, 200, "").says(t, "used already")
		page = d.get(attr(page.byID("paper"), "href")).expect(t, 200, "").says(t, "Recovery code")
		d.submit(page, "submit", "code", strings.ToLower(sheet[3])).expect(t, 303, "/oauth/authorize/resume")
		home.get(security.PathRecoveryCodes).says(t, "Codes left: 9 of 10")
		e := c.browser()
		a, i := e.ask(t, "ada")
		a.expect(t, 303, "/signin/totp")
		e.submit(e.get("/signin/recovery-code?i="+string(i)), "submit", "code", sheet[3]).expect(t, 200, "").says(t, "not right")
		c.clock.Advance(time.Minute)
		page = e.get("/signin/totp?i=" + string(i))
		e.submit(page, "submit", "code", p.code(c.clock.Now())).expect(t, 303, "/oauth/authorize/resume")
	})
}

// Changes need a fresh proof at the level that the account reaches; then they are made.
func TestChangesOfCodesNeedAFreshProof(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		b := c.browser()
		p, _ := c.setUp(b, "ada")
		b.get(security.PathAddAuthenticator).expect(t, 303, "/signin") // a password is not enough any more
		gone := b.submit(b.get(security.PathAuthenticator).says(t, "On"), "remove").expect(t, 303, "/signin")
		page := b.follow(gone)
		for page.StatusCode == 303 {
			page = b.follow(page)
		}
		b.submit(page, "submit", "code", p.code(c.clock.Now())).expect(t, 303, security.PathAuthenticator)
		b.follow(b.submit(b.get(security.PathAuthenticator), "remove").expect(t, 303, security.PathAuthenticator)).says(t, "was removed", "No app is set up")
		b.get(security.PathRecoveryCodes).says(t, "Set one up first")
		// Neither the app nor the codes are asked for now.
		d := c.browser()
		d.password(d.follow(d.get("/account")), "ada").expect(t, 303, "/account")
		d.get(security.PathAddAuthenticator).expect(t, 200, "")
	})
}

// AU12: a sign-in that wants more than the person has can set up an app, and nobody who has one
// comes in that way.
func TestAU12_SettingUpInASignIn(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		b := c.browser()
		_, i := b.ask(t, "bob")
		page := b.get("/signin/enrol/totp?i="+string(i)).expect(t, 200, "").says(t, "asks for more")
		p := scan(t, page)
		page = b.submit(page, "submit", "code", p.wrongCode(c.clock.Now())).expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "code", p.code(c.clock.Now())).expect(t, 303, "/oauth/authorize/resume")
		if s := c.sessions(c.bob); len(s) != 1 || s[0].Strength().Level != 2 {
			t.Fatalf("%+v", s)
		}
		thief := c.browser()
		_, i = thief.ask(t, "bob")
		thief.get("/signin/enrol/totp?i="+string(i)).expect(t, 303, "/signin")
		thief.post("/signin/enrol/totp", url.Values{"i": {string(i)}, "code": {"123456"}}).expect(t, 303, "/signin")
		if n := len(c.sessions(c.bob)); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// Before a first factor, and in another browser, there is no page for codes.
func TestAU10_NoCodePageBeforeTheFirstFactor(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		p, sheet := c.setUp(c.browser(), "ada")
		for _, path := range []string{"/signin/totp", "/signin/recovery-code", "/signin/enrol/totp"} {
			b := c.browser()
			i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
			b.get(path+"?i="+string(i)).expect(t, 303, "/signin?i=")
			for _, text := range []string{p.code(c.clock.Now()), sheet[0]} {
				b.post(path, url.Values{"i": {string(i)}, "code": {text}}).expect(t, 303, "/signin?i=")
			}
			other := c.browser()
			_, i = other.ask(t, "ada")
			b.get(path+"?i="+string(i)).expect(t, 400, "")
			b.post(path, url.Values{"i": {string(i)}, "code": {p.code(c.clock.Now())}}).expect(t, 400, "")
		}
		if n := len(c.sessions(c.ada)); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// AU11: whatever comes in place of a code, the step stays unsatisfied.
func TestAU11_BadCodesSatisfyNothing(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		p, _ := c.setUp(c.browser(), "ada")
		b := c.browser()
		_, i := b.ask(t, "ada")
		const form = "application/x-www-form-urlencoded"
		which := "i=" + string(i)
		for _, path := range []string{"/signin/totp", "/signin/recovery-code", "/signin/enrol/totp"} {
			for name, body := range map[string][2]string{
				"empty body":      {form, ""},
				"no code":         {form, which},
				"empty code":      {form, which + "&code="},
				"two codes":       {form, which + "&code=" + p.code(c.clock.Now()) + "&code=" + p.code(c.clock.Now())},
				"wrong type":      {"application/json", `{"i":"` + string(i) + `","code":` + p.code(c.clock.Now()) + `}`},
				"a list":          {form, which + "&code[]=" + p.code(c.clock.Now())},
				"true":            {form, which + "&code=true"},
				"1 MB":            {form, which + "&code=" + strings.Repeat("1", 1<<20)},
				"many digits":     {form, which + "&code=" + strings.Repeat("1", 4000)},
				"bad UTF-8":       {form, which + "&code=%ff%fe123"},
				"NUL":             {form, which + "&code=123456%00"},
				"other digits":    {form, which + "&code=" + url.QueryEscape("１２３４５６")},
				"no interaction":  {form, "code=" + p.code(c.clock.Now())},
				"bad interaction": {form, "i=int_%27&code=" + p.code(c.clock.Now())},
			} {
				a := b.raw(path, body[0], body[1])
				if a.StatusCode >= 500 || strings.HasPrefix(a.Header.Get("Location"), "/oauth") {
					t.Errorf("%s, %s: %d %s", path, name, a.StatusCode, a.Header.Get("Location"))
				}
				if facts := b.interaction(i).Facts; len(facts) != 1 {
					t.Errorf("%s, %s: facts %v", path, name, facts)
				}
			}
		}
		if n := len(c.sessions(c.ada)); n != 1 {
			t.Errorf("%d sessions", n)
		}
		b.post("/signin/totp", url.Values{"i": {string(i)}, "code": {p.code(c.clock.Now())}}).expect(t, 303, "/oauth/authorize/resume") // none of that was a try
	})
}

// Codes are shown to the session that made them and to no other of the same person.
func TestCodesAreShownInOneSession(t *testing.T) {
	eachWithCodes(t, func(t *testing.T, c codes) {
		_, sheet := c.setUp(c.browser(), "ada")
		other := c.browser()
		other.password(other.follow(other.get("/account")), "ada")
		for _, path := range []string{security.PathRecoveryCodes, security.PathRecoveryCodesText} {
			if a := other.get(path); strings.Contains(a.body, sheet[0]) {
				t.Errorf("%s shows the codes of another session", path)
			}
		}
	})
}
