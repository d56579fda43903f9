package visit_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/ui/security"
)

// devices are ada's: home has a session with an authenticator app, away is in the middle of a
// sign-in, at the page that asks.
func (c *channels) devices(t *testing.T) (home, away *browse, page answer) {
	t.Helper()
	home, away = c.browser(), c.browser()
	p, _ := c.setUp(home, "ada")
	// The session in which the app was set up was begun with a password alone: it may not approve.
	a, _ := away.ask(t, "ada")
	i := must(url.Parse(a.Header.Get("Location"))).Query().Get("i")
	away.get("/signin/approval?i="+i).expect(t, 303, "/signin/totp")
	j := home.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}})
	home.submit(home.follow(home.get("/signin?i="+string(j))), "submit", "code", p.code(c.clock.Now())).expect(t, 303, "/oauth")
	c.clock.Advance(time.Minute)
	return home, away, away.get("/signin/approval?i="+i).expect(t, 200, "").says(t, "signed in on another device")
}

// choose presses the button of the number, or of another one.
func (b *browse) choose(t *testing.T, number string, right bool) answer {
	t.Helper()
	page := b.get("/account/approve").expect(t, 200, "").says(t, "Approve it only if you see")
	for _, n := range page.all(func(n *htmlNode) bool { return strings.HasPrefix(attr(n, "id"), "number-") }) {
		if (attr(n, "value") == number) == right {
			return b.follow(b.submit(page, attr(n, "id")).expect(t, 303, "/account/approve"))
		}
	}
	t.Fatalf("no such number:\n%s", page.body)
	return answer{}
}

func TestStoryOfAnApproval(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		home, away, page := c.devices(t)
		home.get("/account/approve").says(t, "Nothing waits for you")
		page = away.follow(away.submit(page, "ask").expect(t, 303, "/signin/approval")).expect(t, 200, "")
		number := text(page.byID("number"))
		away.submit(page, "submit").expect(t, 200, "").says(t, "no approval yet")
		if a := away.get(attr(page.byID("go"), "data-wait")); !strings.Contains(a.body, `"open"`) {
			t.Error(a.body)
		}
		home.get(security.PathAuthenticator).says(t, "waits for your approval")
		home.choose(t, number, true).says(t, "Approved")
		if a := away.get(attr(page.byID("go"), "data-wait")); !strings.Contains(a.body, `"approved"`) {
			t.Error(a.body)
		}
		away.submit(page, "submit").expect(t, 303, "/oauth")
		s := c.sessions(c.ada)[0]
		if s.Strength().Level != 2 || s.Facts[1].Kind() != factor.Approval {
			t.Errorf("%+v", s.Facts)
		}
		// One that was approved itself approves nobody.
		third := c.browser()
		a, _ := third.ask(t, "ada")
		page = third.get(strings.Replace(a.Header.Get("Location"), "/signin/totp", "/signin/approval", 1))
		third.follow(third.submit(page, "ask"))
		away.get("/account/approve").says(t, "Nothing waits for you")
		home.get("/account/approve").says(t, "Approve it only if")
	})
}

func TestApprovalsEndAtAWrongNumberAndAtNo(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		home, away, page := c.devices(t)
		page = away.follow(away.submit(page, "ask"))
		number := text(page.byID("number"))
		home.choose(t, number, false).says(t, "That was another number")
		away.submit(page, "submit").expect(t, 200, "").says(t, "no approval yet")
		away.get(attr(page.byID("go"), "data-wait")).expect(t, 200, "")
		page = away.follow(away.submit(away.get(page.Request.URL.RequestURI()).says(t, "Another number was chosen"), "ask"))

		// A request that nobody answers in time.
		id := attr(home.get("/account/approve").all(func(n *htmlNode) bool { return attr(n, "name") == "request" })[0], "value")
		c.clock.Advance(approval.Life)
		home.get("/account/approve").says(t, "Nothing waits for you")
		home.follow(home.post("/account/approve", url.Values{"request": {id}, "number": {text(page.byID("number"))}})).says(t, "This request is over")
		page = away.get(page.Request.URL.RequestURI()).says(t, "Nobody answered in time")

		// "It wasn't me" ends it, and no other is taken for a while.
		page = away.follow(away.submit(page, "ask"))
		home.follow(home.submit(home.get("/account/approve"), "deny").expect(t, 303, "/account/approve")).says(t, "Denied")
		if len(c.denied) == 0 || c.denied[0].Account != c.ada {
			t.Error("nobody is told")
		}
		page = away.get(page.Request.URL.RequestURI()).says(t, "was denied")
		away.submit(page, "ask").expect(t, 200, "").says(t, "too many requests")
		c.clock.Advance(approval.Window)
		if s := c.sessions(c.ada); s[0].Strength().Level > 1 && s[0].Facts[1].Kind() == factor.Approval {
			t.Error("signed in")
		}
	})
}

func TestApprovalsAreFewAndNeverOfTheAskingBrowser(t *testing.T) {
	eachWithChannels(t, func(t *testing.T, c *channels) {
		home, away, page := c.devices(t)
		// Two sign-ins at once: the second waits.
		second := c.browser()
		a, _ := second.ask(t, "ada")
		other := second.get(strings.Replace(a.Header.Get("Location"), "/signin/totp", "/signin/approval", 1)).expect(t, 200, "")
		page = away.follow(away.submit(page, "ask"))
		second.submit(other, "ask").expect(t, 200, "").says(t, "Another sign-in to this account waits")
		for n := 1; n < approval.Most; n++ {
			c.clock.Advance(approval.Life)
			page = away.get(page.Request.URL.RequestURI())
			page = away.follow(away.submit(page, "ask").expect(t, 303, ""))
		}
		c.clock.Advance(approval.Life)
		page = away.get(page.Request.URL.RequestURI())
		away.submit(page, "ask").expect(t, 200, "").says(t, "too many requests")
		// The browser whose session could approve asks itself: nobody else is there to answer.
		c.clock.Advance(approval.Window)
		j := home.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2, NotOlder: c.clock.Now()}})
		home.get("/signin?i="+string(j)).expect(t, 303, "/signin/totp") // a password typed anew would be no step-up
		home.submit(home.get("/signin/approval?i="+string(j)).expect(t, 200, ""), "ask").expect(t, 200, "").says(t, "on no other device")
		// Somebody else's session answers nothing.
		eve := c.browser()
		eve.password(eve.follow(eve.get("/account")), "bob")
		eve.get("/account/approve").says(t, "Nothing waits for you")
	})
}
