package app

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
)

// guesses is how many attempts a siege has.
const guesses = 500

// siege is a server behind a proxy, so that attempts come from wherever they say.
func siege(t *testing.T) *bench {
	t.Helper()
	return newBench(t, map[string]string{"trusted-proxies": "192.0.2.254"})
}

// from is a browser at an address of its own behind the proxy.
func (b *bench) from(n int) (w *window, forwarded []string) {
	w = b.window()
	w.address = "192.0.2.254:4000"
	return w, []string{"X-Forwarded-For", fmt.Sprintf("198.%d.%d.%d", 18+n%2, n/2%256, n*37%256), "X-Forwarded-Proto", "http"}
}

// begins a sign-in for the account pages.
func (w *window) account(headers []string) {
	w.b.t.Helper()
	res := w.send("GET", "/account", nil, headers...)
	u, err := url.Parse(res.Header.Get("Location"))
	if err != nil || u.Path != "/signin" {
		w.b.t.Fatalf("no sign-in begins: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	w.begun = u.Query().Get("i")
}

func (w *window) password(name, text string, headers []string) *http.Response {
	return w.send("POST", "/signin", url.Values{"i": {w.begun}, "username": {name}, "password": {text}}, headers...)
}

// says reads a page as a person does.
func says(r *http.Response) string { return html.UnescapeString(body(r)) }

// told carries the outbox out and counts what the inbox shows with a subject.
func (b *bench) told(subject string) int {
	b.t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = b.outbox.Run(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
	w := b.window()
	return strings.Count(says(w.send("GET", "/inbox", nil)), subject)
}

// Acceptance 3; AU06, AU07: 500 guesses at one account, in every spelling of its names and from as many
// addresses, are one count. A right password from elsewhere waits with them; the owner in a browser that
// is known gets in at once, and with the second factor too.
func TestAU06_AU07_OwnersGetInWhileStrangersGuess(t *testing.T) {
	b := siege(t)
	owner := b.human(id.Default, false)
	home, here := b.from(1000)
	signIn := func(w *window, headers []string) {
		t.Helper()
		w.account(headers)
		if res := w.password(owner.name, pass, headers); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/signin/passkey") {
			t.Fatalf("the password: %d %s", res.StatusCode, res.Header.Get("Location"))
		}
		res := w.send("POST", "/signin/totp", url.Values{"i": {w.begun}, "code": {appCode(t, owner.groups, b.clock.Now())}}, headers...)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/account" || w.cookies[sessionCookie] == "" {
			t.Fatalf("the code: %d %s", res.StatusCode, res.Header.Get("Location"))
		}
	}
	b.clock.Advance(time.Minute)
	signIn(home, here)
	delete(home.cookies, sessionCookie) // the browser was closed
	spellings := []string{owner.name, strings.ToUpper(owner.name), strings.ToUpper(owner.name[:1]) + owner.name[1:], owner.name + "@example.com",
		strings.ToUpper(owner.name) + "@EXAMPLE.COM", " " + owner.name + " ", owner.name + "\u200b"}
	looked, waited := 0, 0
	for n := range guesses {
		b.clock.Advance(200 * time.Millisecond)
		w, headers := b.from(n)
		w.account(headers)
		res := w.password(spellings[n%len(spellings)], fmt.Sprintf("quiet otter paints %d lamps", n), headers)
		switch text := says(res); {
		case w.cookies[sessionCookie] != "":
			t.Fatal("a guess opened the door")
		case res.StatusCode == http.StatusOK && strings.Contains(text, "is not right"):
			looked++
		case res.StatusCode == http.StatusSeeOther && strings.Contains(res.Header.Get("Location"), "proof="), strings.Contains(text, "too many attempts"), strings.Contains(text, "This browser has to"):
			waited++
		default:
			t.Fatalf("guess %d: %d %s\n%s", n, res.StatusCode, res.Header.Get("Location"), text)
		}
	}
	// Ten at once and one more a minute, for an account; a spelling that is nobody's name has ten of its own.
	if looked > 24 || waited < guesses-24 {
		t.Errorf("%d of %d guesses were looked at, %d waited", looked, guesses, waited)
	}
	stranger, headers := b.from(2000)
	stranger.account(headers)
	if res := stranger.password(owner.name, pass, headers); res.StatusCode == http.StatusSeeOther && !strings.Contains(res.Header.Get("Location"), "proof=") {
		t.Errorf("AU07: the right password from elsewhere did not wait: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	signIn(home, here)
	t.Logf("%d of %d guesses were looked at, %d waited; the owner was in at once", looked, guesses, waited)
}

// AU08: 500 attempts at the second factor with the right password, at app and recovery codes by turns and
// from many addresses: ten in 15 minutes are looked at, whatever the factor.
func TestAU08_SecondFactorsShareTheirTries(t *testing.T) {
	b := siege(t)
	owner := b.human(id.Default, false)
	looked := 0
	for n := range guesses {
		b.clock.Advance(15 * time.Minute / guesses)
		c := b.guessing(owner, n)
		text := c.guess(n%2 == 0)
		if strings.Contains(text, "is not right") {
			looked++
		} else if !strings.Contains(text, "too many wrong codes") {
			t.Fatalf("guess %d: %s", n, text)
		}
	}
	if looked > 10 || looked < 5 {
		t.Errorf("%d of %d codes were looked at within 15 minutes", looked, guesses)
	}
	if got := len(b.sessions(owner)); got != 0 {
		t.Errorf("%d sessions", got)
	}
}

// guessing is a stranger who knows the password, before the second factor.
func (b *bench) guessing(owner *human, n int) try {
	b.t.Helper()
	c := b.stand(owner, stateOf("password"), rules[0], lunch)
	c.address = fmt.Sprintf("198.%d.%d.%d:4000", 18+n%2, n/2%256, n*37%256)
	return c
}

// guess offers a wrong code, of the app or of paper, and returns what the page says.
func (c try) guess(app bool) string {
	if app {
		code := "000000"
		if appCode(c.b.t, c.h.groups, c.b.clock.Now()) == code {
			code = "000001"
		}
		return says(c.post("/signin/totp", "i", c.begun, "code", code))
	}
	return says(c.post("/signin/recovery-code", "i", c.begun, "code", "0000-0000-0000-0000"))
}

// AU08: whoever guesses patiently, one code an hour for weeks, has a hundred guesses, and then the app
// takes none any more. The owner is told twice; a passkey lets them in at once, a recovery code as well,
// and an app that is bound anew goes on.
func TestAU08_PatientGuessesStopTheAppAndTheOwnerGoesOn(t *testing.T) {
	b := siege(t)
	owner := b.human(id.Default, false)
	before := b.told("Failed sign-ins")
	looked, stopped := 0, 0
	for n := range guesses {
		b.clock.Advance(61 * time.Minute)
		switch text := b.guessing(owner, n).guess(true); {
		case strings.Contains(text, "is not right"):
			looked++
		case strings.Contains(text, "this way no longer works"):
			stopped++
		default:
			t.Fatalf("guess %d: %s", n, text)
		}
	}
	if looked != 100 || stopped != guesses-100 {
		t.Errorf("%d codes were looked at and %d not", looked, stopped)
	}
	if got := b.told("Failed sign-ins") - before; got < 2 {
		t.Errorf("the owner was told %d times", got)
	}
	enter := func(what string, route string) {
		t.Helper()
		for _, d := range doors {
			if d.route != route || d.name == "the right key" {
				continue
			}
			c := b.guessing(owner, 1)
			if route == "POST /signin/passkey" {
				c = b.stand(owner, stateOf("nobody"), rules[0], lunch)
			}
			d.do(c)
			if c.cookies[sessionCookie] == "" {
				t.Errorf("%s does not open: %s", what, says(c.answers[len(c.answers)-1]))
			}
		}
	}
	app := b.guessing(owner, 2)
	if res := app.post("/signin/totp", "i", app.begun, "code", appCode(t, owner.groups, b.clock.Now())); app.cookies[sessionCookie] != "" || !strings.Contains(says(res), "this way no longer works") {
		t.Error("the app that was stopped goes on")
	}
	enter("a passkey", "POST /signin/passkey")
	enter("a recovery code", "POST /signin/recovery-code")
	// The owner sets the app up anew.
	in := session.ID("ses_00000000000000000000000002")
	me := caller.Person(string(owner.id), string(in), "aal2", "192.0.2.1", "")
	setup, err := b.TOTP.Begin(t.Context(), me, id.Default, owner.id, string(in))
	if owner.groups = setup.Groups(); err == nil {
		err = b.TOTP.Add(t.Context(), me, id.Default, owner.id, string(in), appCode(t, owner.groups, b.clock.Now()))
	}
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(31 * time.Second)
	enter("the app that was bound anew", "POST /signin/totp")
}
